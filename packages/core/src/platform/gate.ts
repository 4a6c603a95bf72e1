import type { ChildProcess, StdioNull, StdioPipe } from 'node:child_process';
import { Writable } from 'node:stream';
import { capture } from './capture.ts';

/**
 * Number of the open file that a gated command waits for a byte from. To start a shell, and to make a sandbox around it, takes longer than to begin a
 * command in it, so it is done while the cores are still with others. Only a byte lets the command begin: when whoever holds the other end dies, the
 * shell reads the end of the file and goes.
 */
const gateFile = 3;

export interface GatedCommand {
  /** The whole environment that it will have. */
  readonly variables: { readonly [name: string]: string };
  /** Whether it waits in a sandbox, which tells it its folder in a variable. */
  readonly isSandbox: boolean;
}

/**
 * The command line of a command that waits at its gate, and then runs in the same process as if it had been started by itself: with the same variables, open
 * files and folder. Null where a shell cannot wait for it, for it would change or lose one of its variables.
 */
export async function atGate(argv: readonly string[], { variables, isSandbox }: GatedCommand): Promise<readonly string[] | null> {
  if (/^-|=/.test(argv[0] ?? '') || Object.keys(variables).some((name) => !/^[A-Za-z_]\w*$/.test(name) || ofShell.test(name))) return null;
  found ??= findBeginning();
  const begin = await found;
  if (begin === null) return null;
  const wait = `read -r _ <&${gateFile} || exit; exec ${gateFile}<&-; unset OLDPWD SHLVL${isSandbox ? '' : ' PWD'}`;
  return [shell, '-c', `${wait}; ${begin} "$@"`, shellName, ...argv];
}

const shell = '/bin/sh';
/** What the shell calls itself where it cannot begin the command, see {@link faultAtGate}. */
const shellName = 'tidegate-gate';

/** Variables that one shell or another sets anew, complains of, or obeys, as it does the time that bash's `read` may take; and those by which its own libraries would be others. */
const ofShell =
  /^(_|IFS|PPID|OPT[A-Z]+|LINENO|PWD|OLDPWD|SHLVL|PS\d|S?RANDOM|SECONDS|E?UID|GROUPS|DIRSTACK|FUNCNAME|HISTCMD|EPOCH\w+|SHELLOPTS|BASH\w*|POSIXLY_CORRECT|TMOUT|LC_\w+|LD_\w+|DYLD_\w+)$/;

/** How the shell becomes the command: by itself, or where it leaves a variable of its own, as bash does, by a program that takes it away. */
const beginnings = ['exec', 'exec /usr/bin/env -u SHLVL -u _'];
let found: Promise<string | null> | null = null;

/** The first way by which a command has its own variables and no other; null when none does. Tried once in the life of this process. */
async function findBeginning(): Promise<string | null> {
  const variables = { PATH: '/usr/bin:/bin' };
  for (const begin of beginnings) {
    const argv = [shell, '-c', `unset OLDPWD SHLVL PWD; ${begin} /usr/bin/env`];
    const { code, stdout } = await capture(argv, { cwd: '/', variables, timeoutMs: 10_000 });
    if (code === 0 && stdout === `PATH=${variables.PATH}\n`) return begin;
  }
  return null;
}

/** Why a program could not be begun when its gate was opened, by the only line that was said; null when it was. */
export function faultAtGate(program: string, { code, line }: { readonly code: number; readonly line: string }): 'ENOENT' | 'EACCES' | null {
  const [, said = '', why] =
    /^(?:tidegate-gate|(?:\/usr\/bin\/)?env): (.*): (not found|No such file or directory|Permission denied)$/.exec(line) ?? [];
  if ((code !== 126 && code !== 127) || why === undefined || !said.includes(program)) return null;
  return why === 'Permission denied' ? 'EACCES' : 'ENOENT';
}

/** What a command has open: nothing to read, two pipes to print to, and a third one as its gate. */
export function stdioOf(isGated: boolean): [StdioNull, StdioPipe, StdioPipe] {
  const stdio: [StdioNull, StdioPipe, StdioPipe] = ['ignore', 'pipe', 'pipe'];
  if (isGated) stdio.push('pipe'); // which no type of Node's has a place for
  return stdio;
}

/** Lets a gated command begin; one that is not gated, or has ended, is left alone. */
export function openGate(child: ChildProcess | undefined): void {
  const gate = child?.stdio[gateFile];
  if (!(gate instanceof Writable)) return;
  gate.on('error', () => {}); // the command has ended
  gate.end('\n', () => gate.destroy());
}
