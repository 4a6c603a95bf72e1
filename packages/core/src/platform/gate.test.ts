import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { atGate, faultAtGate, stdioOf } from './gate.ts';
import { openLauncher } from './launcher.ts';
import { type CommandOptions, identityOf, isRunning, runCommand } from './process.ts';
import { sandboxed, sandboxFault } from './sandbox.ts';

/** Of tests that are skipped where there is none. */
const program = '/usr/bin/bwrap';
const variables = { PATH: '/usr/local/bin:/usr/bin:/bin' };

function folderOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-gate-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

const options = (more: Partial<CommandOptions>): CommandOptions => ({
  cwd: '/',
  variables,
  onText: () => undefined,
  signal: new AbortController().signal,
  timeoutMs: null,
  ...more,
});

/** At its gate, without a sandbox. */
async function gated(script: string): Promise<readonly [string, ...string[]]> {
  const [program, ...rest] = (await atGate(['sh', '-c', script], { variables, isSandbox: false })) ?? [];
  return [program ?? assert.fail(), ...rest];
}

test('a gated command is started at once, and begins when it may', async (t) => {
  const begun = join(folderOf(t), 'begun');
  const pid = Promise.withResolvers<number>();
  const gate = Promise.withResolvers<void>();
  const begin = { isGated: true, wait: () => gate.promise };
  const ended = runCommand(await gated(`touch ${begun}; exit 7`), options({ onStart: pid.resolve, begin }));

  await pid.promise;
  await sleep(20);
  const hadBegun = existsSync(begun);
  gate.resolve();

  assert.equal((await ended).code, 7);
  assert.deepEqual([hadBegun, existsSync(begun)], [false, true]);
});

test('a command that may not begin is ended, gated or not, and what forbade it is told', async (t) => {
  const begun = join(folderOf(t), 'begun');
  for (const isGated of [true, false]) {
    const pids: number[] = [];
    const wait = async (): Promise<void> => {
      throw new Error('it may not');
    };
    const argv = isGated ? await gated(`touch ${begun}`) : ['touch', begun];

    await assert.rejects(runCommand(argv, options({ begin: { isGated, wait }, onStart: (pid) => pids.push(pid) })), /it may not/);

    assert.equal(pids.length, isGated ? 1 : 0);
    assert.equal(existsSync(begun), false);
    for (const pid of pids) assert.equal(identityOf(pid), null);
  }
});

test('the time that a command may take begins with it, not while it waits at its gate', async () => {
  const wait = (): Promise<void> => sleep(300);

  const result = await runCommand(await gated('exit 7'), options({ begin: { isGated: true, wait }, timeoutMs: 200 }));

  assert.deepEqual([result.code, result.timedOut], [7, false]);
});

/** All that a process has without asking for it. */
const everything = `
import json, os
status = dict(line.split(":\\t", 1) for line in open("/proc/self/status").read().splitlines())
signals = {name: status[name] for name in ("SigBlk", "SigIgn", "SigCgt", "SigPnd", "Umask", "NoNewPrivs")}
links = {}
for fd in os.listdir("/proc/self/fd"):
    try: links[fd] = os.readlink(f"/proc/self/fd/{fd}").split(":")[0]
    except OSError: pass
leads = [os.getpid() == os.getpgid(0), os.getsid(0) == os.getpid()]
arguments = open("/proc/self/cmdline").read()
print(json.dumps([dict(os.environb and {k.decode(): v.decode() for k, v in os.environb.items()}), signals, links, leads, os.getcwd(), arguments], sort_keys=True))
`;

test('a command that has waited has what it would have had: variables, open files, signals, folder, arguments', async (t) => {
  const folder = folderOf(t);
  const seen = async (argv: readonly string[], isGated: boolean): Promise<string> => {
    let text = '';
    const onText = (_: string, more: string): void => void (text += more);
    const begin = { isGated, wait: () => sleep(10) };
    assert.equal((await runCommand(argv, options({ cwd: folder, variables: declared, onText, begin }))).code, 0, text);
    return text;
  };
  const declared = { ...variables, HOME: '/tmp', LANG: 'C.UTF-8', GIVEN: 'ä  b\n$c"\'', EMPTY: '', TIDEGATE_STEP: 'x' };
  const argv = ['python3', '-c', everything, 'a b', '', '$(touch x)', '-'];
  const waiting = (await atGate(argv, { variables: declared, isSandbox: false })) ?? assert.fail();

  assert.equal(await seen(waiting, true), await seen(argv, false));

  if ((await sandboxFault(program)) !== null) return t.diagnostic('no sandbox here');
  const sandbox = { program, workspace: folder, scratch: folder, shown: [], sealed: [], network: false };
  const inside = (await atGate(argv, { variables: declared, isSandbox: true })) ?? assert.fail();

  assert.equal(await seen(sandboxed(inside, sandbox), true), await seen(sandboxed(argv, sandbox), false));
});

test('no command waits at a gate whose variables or name a shell would take for something else', async () => {
  for (const program of ['a=b', '-x']) assert.equal(await atGate([program], { variables, isSandbox: false }), null, program);
  for (const name of ['PWD', 'LINENO', 'IFS', 'PPID', '_', 'LC_ALL', 'TMOUT', 'LD_PRELOAD', 'a.b', 'with blank'])
    assert.equal(await atGate(['true'], { variables: { ...variables, [name]: 'x' }, isSandbox: false }), null, name);
});

test('a program that cannot be begun when its gate is opened is known from a command that fails', async () => {
  const fault = async (argv: readonly string[]): Promise<ReturnType<typeof faultAtGate>> => {
    const lines: string[] = [];
    const waiting = (await atGate(argv, { variables, isSandbox: false })) ?? assert.fail();
    const begin = { isGated: true, wait: async () => undefined };
    const { code } = await runCommand(waiting, options({ onText: (_, text) => lines.push(text.trimEnd()), begin }));
    return faultAtGate(argv[0] ?? '', { code, line: lines.join('\n') });
  };

  assert.equal(await fault(['no-such-program']), 'ENOENT');
  assert.equal(await fault(['/no/such/program']), 'ENOENT');
  assert.equal(await fault(['/etc/passwd']), 'EACCES');
  assert.equal(await fault(['sh', '-c', 'exec no-such-program']), null);
  assert.equal(await fault(['env', 'no-such-program']), null);
});

test('when whoever would open the gate is gone, the command ends without having begun, in a sandbox or not', async (t) => {
  const folder = folderOf(t);
  const begun = join(folder, 'begun');
  const plain = await gated(`touch ${begun}`);
  const waiting = (await atGate(['touch', 'begun'], { variables, isSandbox: true })) ?? assert.fail();
  const sandbox = { program, workspace: folder, scratch: folder, shown: [], sealed: [], network: false };
  const isThere = (await sandboxFault(program)) === null;
  for (const [file = '', ...rest] of [plain, ...(isThere ? [sandboxed(waiting, sandbox)] : [])]) {
    const child = spawn(file, rest, { cwd: folder, env: variables, stdio: stdioOf(true) });
    const gate = child.stdio[3];
    assert.ok(gate instanceof Writable);
    gate.end(); // as the system does where the process is killed

    await once(child, 'exit');

    assert.equal(existsSync(begun), false, file);
  }
});

test('the launcher opens gates, and takes commands that wait at theirs with it', async (t) => {
  const begun = join(folderOf(t), 'begun');
  const launcher = openLauncher();
  while (!launcher.works()) await sleep(5);
  const argv = await gated(`touch ${begun}; exit 7`);
  const start = async () => launcher.start({ argv, cwd: '/', variables, isGated: true });
  const first = await start();
  const end = new Promise((resolve) => first.once('exit', resolve));
  await sleep(20);
  const hadBegun = existsSync(begun);
  first.open();

  assert.equal(await end, 7);
  assert.deepEqual([hadBegun, existsSync(begun)], [false, true]);

  const second = await start();
  const identity = identityOf(second.pid) ?? assert.fail();
  process.kill(second.pid, 'SIGKILL');
  second.open();
  while (isRunning(identity)) await sleep(5);
});
