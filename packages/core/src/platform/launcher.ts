import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { extname } from 'node:path';
import { Readable, type Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { compileCacheVariables } from './compile-cache.ts';
import { type Frame, frameHead, frameKinds, frameReader } from './launcher-frames.ts';

/** What of a child process the callers need, whoever started it. */
export interface StartedCommand {
  readonly pid: number;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Whether somebody sees to it already that no more comes than can be taken. */
  readonly isPaced: boolean;
  /** Lets a gated command begin; nothing for one that is not. */
  readonly open: () => void;
  readonly exitCode: number | null;
  readonly signalCode: NodeJS.Signals | null;
  /** As of `ChildProcess`: `exit` when it ends, `close` when nothing more can come from its pipes. */
  readonly once: (event: 'exit' | 'close', told: (code: number | null, signal: NodeJS.Signals | null) => void) => unknown;
}

export interface CommandToStart {
  readonly argv: readonly [string, ...string[]];
  readonly cwd: string;
  /** The whole environment. */
  readonly variables: { readonly [name: string]: string };
  /** Whether it waits for its gate to be opened, see `atGate`. Default no. */
  readonly isGated?: boolean;
}

/**
 * Starts commands through a small process of its own. To start one, the system copies the tables of all memory that a process has: at 300 MB
 * that takes 15 ms, and the whole engine waits meanwhile; for the small process it is a millisecond, beside the engine's own work. The
 * process is in a session of its own, and when this one is gone it ends with every command that it has started.
 */
export interface Launcher {
  /** From the moment it is ready, which takes longer than to start a few commands, until it has ended. */
  readonly works: () => boolean;
  /** @throws the error of spawn when the command cannot be started */
  readonly start: (command: CommandToStart) => Promise<StartedCommand>;
}

export function openLauncher(): Launcher {
  const { child, setWaiting } = startProgram();
  const launched = new Map<number, Launched>();
  let works = false;
  let count = 0;
  const send = (kind: number, command: number, content: unknown): void => {
    const bytes = Buffer.from(JSON.stringify(content));
    child.stdin.write(Buffer.concat([frameHead({ kind, command, content: bytes }), bytes]));
  };
  const settle = (command: number): void => {
    launched.delete(command);
    if (launched.size === 0) setWaiting(false);
  };
  const gone = (): void => {
    works = false;
    for (const one of launched.values()) one.lose();
    launched.clear();
  };
  child.once('error', gone);
  child.once('close', gone);
  child.stdin.on('error', () => {}); // it is gone, which is told above
  child.stdout.on(
    'data',
    frameReader((frame) => {
      if (frame.kind === frameKinds.ready) works = true;
      launched.get(frame.command)?.take(frame);
      if (frame.kind === frameKinds.close || frame.kind === frameKinds.failed) settle(frame.command);
    }),
  );
  return {
    works: () => works,
    start: (command) => {
      const number = ++count % 0x1_0000_0000;
      const one = launch({ deafen: () => send(frameKinds.deafen, number, null), open: () => send(frameKinds.open, number, null) });
      if (!works) one.lose();
      else {
        launched.set(number, one);
        setWaiting(true);
        send(frameKinds.start, number, command);
      }
      return one.started;
    },
  };
}

/** The process behind it; nobody waits for its end unless a command is under way. */
function startProgram(): {
  readonly child: ChildProcessByStdio<Writable, Readable, null>;
  readonly setWaiting: (isNeeded: boolean) => void;
} {
  const program = fileURLToPath(new URL(`launcher-process${extname(import.meta.url)}`, import.meta.url));
  const child = spawn(process.execPath, [program], {
    cwd: '/',
    env: { ...compileCacheVariables() },
    detached: true,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const parts = [child, child.stdin, child.stdout].filter((part) => 'unref' in part) as { ref: () => void; unref: () => void }[];
  const setWaiting = (isNeeded: boolean): void => {
    for (const part of parts)
      if (isNeeded) part.ref();
      else part.unref();
  };
  setWaiting(false);
  return { child, setWaiting };
}

/** One command on its way. */
interface Launched {
  readonly started: Promise<StartedCommand>;
  readonly take: (frame: Frame) => void;
  /** The launcher has ended, and with it the command. */
  readonly lose: () => void;
}

function launch({ deafen, open: openGate }: { readonly deafen: () => void; readonly open: () => void }): Launched {
  const { promise, resolve, reject } = Promise.withResolvers<StartedCommand>();
  const events = new EventEmitter();
  const end: { code: number | null; signal: NodeJS.Signals | null } = { code: null, signal: null };
  const [stdout, stderr] = [pipeOf(deafen), pipeOf(deafen)];
  let open = 2;
  for (const stream of [stdout, stderr]) stream.once('close', () => --open === 0 && events.emit('close', end.code, end.signal));
  let group: number | null = null;
  // In a turn of their own: who waits for the start hears of the end only after that
  const exit = (how: typeof end): void => {
    Object.assign(end, how);
    setImmediate(() => events.emit('exit', end.code, end.signal));
  };
  const close = (): void => {
    setImmediate(() => [stdout, stderr].forEach((stream) => stream.push(null)));
  };
  const start = (pid: number): void => {
    group = pid;
    resolve({
      pid,
      stdout,
      stderr,
      isPaced: true,
      open: openGate,
      get exitCode() {
        return end.code;
      },
      get signalCode() {
        return end.signal;
      },
      once: (event, told) => events.once(event, told),
    });
  };
  const told = ({ content }: Frame): unknown => JSON.parse(content.toString('utf8'));
  return {
    started: promise,
    take: (frame) => {
      if (frame.kind === frameKinds.started) start(told(frame) as number);
      else if (frame.kind === frameKinds.stdout) stdout.push(frame.content);
      else if (frame.kind === frameKinds.stderr) stderr.push(frame.content);
      else if (frame.kind === frameKinds.exit) exit(told(frame) as typeof end);
      else if (frame.kind === frameKinds.close) close();
      else if (frame.kind === frameKinds.failed) reject(Object.assign(new Error(), told(frame)));
    },
    lose: () => {
      reject(new Error('Cannot start a command: the process that starts them has ended'));
      if (group !== null) endGroup(group);
      exit({ code: null, signal: 'SIGKILL' });
      close();
    },
  };
}

/** What a command prints, as it comes: it is read at once, so nothing piles up here. */
function pipeOf(deafen: () => void): Readable {
  return new Readable({
    read: () => {},
    destroy(error, done) {
      if (!this.readableEnded) deafen();
      done(error);
    },
  });
}

function endGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // it has ended
  }
}
