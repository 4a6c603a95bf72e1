import { type ChildProcess, spawn } from 'node:child_process';
import { frameHead, frameKinds, frameReader } from './launcher-frames.ts';
import { openGate, stdioOf } from './gate.ts';
import { type PacedReading, readPaced } from './pace.ts';
import { endAtOnce, killGroup } from './process-family.ts';

/** The program behind `launcher.ts`: starts commands for another process, and ends them all when that one is gone. */
const running = new Map<number, { readonly child: ChildProcess; readonly readings: readonly PacedReading[] }>();
let isFull = false;

process.stdin.on(
  'data',
  frameReader(({ kind, command, content }) => {
    if (kind === frameKinds.start) start(command, JSON.parse(content.toString('utf8')) as Wanted);
    else if (kind === frameKinds.open) openGate(running.get(command)?.child);
    else deafen(running.get(command)?.child);
  }),
);
process.stdin.once('close', () => {
  for (const { child } of running.values()) if (child.pid !== undefined && child.exitCode === null) endAtOnce(child.pid);
  process.exit();
});
process.stdout.on('error', () => process.exit());
tell('ready', 0, null);

interface Wanted {
  readonly argv: readonly [string, ...string[]];
  readonly cwd: string;
  readonly variables: { readonly [name: string]: string };
  readonly isGated?: boolean;
}

function start(command: number, { argv: [program, ...rest], cwd, variables, isGated = false }: Wanted): void {
  const child = spawn(program, rest, { cwd, env: variables, detached: true, stdio: stdioOf(isGated) });
  child.once('error', (error: NodeJS.ErrnoException) => {
    const { code, errno, syscall, path, message } = error;
    tell('failed', command, { code, errno, syscall, path, message });
  });
  if (child.pid === undefined) return;
  tell('started', command, child.pid);
  const readings = (['stdout', 'stderr'] as const).map((stream) =>
    readPaced(child[stream], (chunk) => send(frameKinds[stream], command, chunk)),
  );
  running.set(command, { child, readings });
  if (isFull) for (const reading of readings) reading.hold();
  child.once('exit', (code, signal) => {
    tell('exit', command, { code, signal }); // first of all: somebody waits for its cores
    killGroup(child.pid, 'SIGKILL'); // what it left behind in its group, before the number can mean another one
  });
  child.once('close', () => {
    running.delete(command);
    tell('close', command, null);
  });
}

function deafen(child: ChildProcess | undefined): void {
  child?.stdout?.destroy();
  child?.stderr?.destroy();
}

function tell(kind: keyof typeof frameKinds, command: number, content: unknown): void {
  send(frameKinds[kind], command, Buffer.from(JSON.stringify(content)));
}

/** While the reader has more than it takes, the commands wait as they would for a pipe of their own. */
function send(kind: number, command: number, content: Buffer): void {
  process.stdout.cork(); // head and content in one call: else the reader wakes up for the head alone
  process.stdout.write(frameHead({ kind, command, content }));
  const hasRoom = process.stdout.write(content);
  process.stdout.uncork();
  if (hasRoom || isFull) return;
  isFull = true;
  for (const { readings } of running.values()) for (const reading of readings) reading.hold();
  process.stdout.once('drain', () => {
    isFull = false;
    for (const { readings } of running.values()) for (const reading of readings) reading.goOn();
  });
}
