import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { FromServer, ToServer } from '@tidegate/formats';
import type { BoundedLog } from './bounded-log.ts';
import type { Listener } from './listener.ts';

export interface ServerCommand {
  readonly argv: readonly string[];
  /** The whole environment. */
  readonly variables: { readonly [name: string]: string };
}

/** A model server as its supervisor sees it (`ToServer`, `FromServer` in formats/supervision.ts). */
export interface ModelServer {
  readonly pid: number | undefined;
  /** How it ended, in words; never rejects. */
  readonly ended: Promise<string>;
  readonly hasEnded: () => boolean;
  /** Waits until it is loaded and warmed up. @throws Error when it ends before, takes too long, or the signal comes */
  readonly ready: (withinMs: number, signal: AbortSignal) => Promise<void>;
  readonly accept: () => void;
  /** Lets it finish what it has taken; ends it the hard way when that takes longer than the protocol allows. */
  readonly drain: () => Promise<void>;
  readonly kill: () => Promise<void>;
  /** Its last lines of output. */
  readonly output: () => readonly string[];
}

const drainMs = 11_000; // the protocol gives it 10 s
const keptLines = 30;
const longestLine = 4_000;

/** Starts a model server in a group of its own and gives it the address, which it does not accept from yet. */
export function startServer(command: ServerCommand, listener: Listener, log: BoundedLog): ModelServer {
  const [program = '', ...rest] = command.argv;
  const child = spawn(program, rest, { env: { ...command.variables }, stdio: ['ignore', 'pipe', 'pipe', 'ipc'], detached: true });
  const lines: string[] = [];
  let end: string | null = null;
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve((end ??= `could not be started: ${error.message}`)));
    child.once('exit', (code, signal) => {
      killGroup(child); // what it started itself
      end ??= signal === null ? `ended with ${code}` : `was ended by ${signal}`;
    });
    child.once('close', () => resolve(end ?? 'ended'));
  });
  const keep = (line: string): void => {
    log.line(line.slice(0, longestLine));
    lines.push(line.slice(0, longestLine));
    if (lines.length > keptLines) lines.shift();
  };
  for (const stream of [child.stdout, child.stderr]) if (stream !== null) createInterface({ input: stream }).on('line', keep);
  const isReady = new Promise<void>((resolve) => {
    child.on('message', (message) => isReadyMessage(message) && resolve());
  });
  const send = (message: ToServer, handle?: Listener['handle']): void => {
    if (child.connected) child.send(message, handle, () => {}); // an error here means that it has ended, which `ended` tells
  };
  send({ type: 'listen' }, listener.handle);

  const kill = async (): Promise<void> => {
    if (end === null) killGroup(child);
    await ended;
  };
  return {
    pid: child.pid,
    ended,
    hasEnded: () => end !== null,
    ready: (withinMs, signal) => firstOf(isReady, ended, { withinMs, signal }),
    accept: () => send({ type: 'accept' }),
    drain: async () => {
      send({ type: 'drain' });
      const timer = setTimeout(() => void kill(), drainMs);
      await ended;
      clearTimeout(timer);
    },
    kill,
    output: () => [...lines],
  };
}

function isReadyMessage(message: unknown): message is FromServer {
  return typeof message === 'object' && message !== null && 'type' in message && message.type === 'ready';
}

function firstOf(
  ready: Promise<void>,
  ended: Promise<string>,
  { withinMs, signal }: { readonly withinMs: number; readonly signal: AbortSignal },
): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => settle(new Error(`was not ready within ${Math.round(withinMs / 1000)} s`)), withinMs);
    const onAbort = (): void => settle(new Error('was called off'));
    const settle = (error: Error | null): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      if (error === null) resolve();
      else reject(error);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    void ready.then(() => settle(null));
    void ended.then((how) => settle(new Error(how)));
  });
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // ESRCH: the group is gone, which is what was wanted
  }
}
