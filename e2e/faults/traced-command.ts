import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { Ended } from '../rig/play.ts';
import { type CallName, type FaultPoint, namedCalls, pathBelow, type SystemCall, systemCallsIn, type Thread } from './system-calls.ts';
import type { Place } from './place.ts';

/** What is done to the nth call: the process is killed just before it, or it fails with this error. */
export type Fault = 'kill' | 'EIO' | 'ENOSPC';

export interface TracedEnd extends Ended {
  readonly killed: boolean;
  /** Whether it had to be ended, because it came to no end by itself. */
  readonly hung: boolean;
  /** The calls that were traced, in the order of each thread. */
  readonly calls: readonly SystemCall[];
}

/** Runs a command of `tidegate` and lists the calls of {@link namedCalls} that its two threads with file operations make. */
export async function traceCommand(place: Place, words: readonly string[]): Promise<TracedEnd> {
  const { trace, threads, ...end } = await underStrace(place, words, ({ main, pool }) => [
    ...attach(main),
    ...attach(pool),
    ...tracing(namedCalls),
  ]);
  return { ...end, calls: systemCallsIn(trace, (id) => (id === threads.pool ? 'pool' : 'main')) };
}

/** Runs a command of `tidegate` with a fault at one of its calls. Of the calls, only those of this thread and name are in the answer. */
export async function injectFault(
  place: Place,
  words: readonly string[],
  { fault, point }: { readonly fault: Fault; readonly point: Pick<FaultPoint, 'thread' | 'call' | 'nth'> },
): Promise<TracedEnd> {
  const what = fault === 'kill' ? 'signal=SIGKILL' : `error=${fault}`;
  const {
    trace,
    threads: _,
    ...end
  } = await underStrace(place, words, (threads) => [
    ...attach(threads[point.thread]),
    ...tracing([point.call]),
    '-e',
    `inject=${point.call}:${what}:when=${point.nth}`,
  ]);
  return { ...end, calls: systemCallsIn(trace, () => point.thread) };
}

interface Traced extends Omit<TracedEnd, 'calls'> {
  readonly trace: string;
  readonly threads: Threads;
}

type Threads = { readonly [thread in Thread]: number };

const attach = (thread: number): readonly string[] => ['-p', String(thread)];
const tracing = (calls: readonly CallName[]): readonly string[] => ['-e', `trace=${calls.join(',')}`];

async function underStrace(place: Place, words: readonly string[], options: (threads: Threads) => readonly string[]): Promise<Traced> {
  const gate = join(import.meta.dirname, 'wait-for-tracer.ts');
  const child = spawn(process.execPath, ['--import', gate, place.program, ...words], {
    cwd: place.project,
    env: { ...place.variables, UV_THREADPOOL_SIZE: '1' }, // so that the nth call of a thread is the same one every time
    stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe'],
  });
  const trace = join(place.folder, 'trace');
  const ended = endOf(child, () => isAstray(trace, place));
  const [line] = (await once(createInterface({ input: child.stdio[3] as Readable }), 'line')) as [string];
  const threads = JSON.parse(line) as Threads;
  const argv = options(threads);
  const strace = spawn('strace', ['-y', '-s', '0', '-o', trace, ...argv], { stdio: ['ignore', 'ignore', 'pipe'] });
  const straceEnded = once(strace, 'close');
  await attached(strace, argv.filter((word) => word === '-p').length);
  (child.stdio[4] as Writable).end('x');
  const end = await ended;
  await straceEnded;
  return { ...end, trace: readFileSync(trace, 'utf8'), threads };
}

async function attached(strace: ChildProcess, threads: number): Promise<void> {
  const found: string[] = [];
  for await (const line of createInterface({ input: strace.stderr as Readable })) {
    found.push(line);
    if (found.filter((text) => text.endsWith(' attached')).length === threads) return;
  }
  throw new Error(`Cannot trace: ${found.join('; ')}`);
}

/** Whether an error was put at a call on something else than the place, a pipe of Node's own for instance: then the command may never end. */
function isAstray(trace: string, place: Place): boolean {
  const calls = existsSync(trace) ? systemCallsIn(readFileSync(trace, 'utf8'), () => 'main') : [];
  const struck = calls.find((call) => call.arguments.includes('(INJECTED)'));
  return struck !== undefined && pathBelow(struck, place.folder) === null;
}

function endOf(child: ChildProcess, isAstray: () => boolean): Promise<Omit<TracedEnd, 'calls'>> {
  const { promise, resolve } = Promise.withResolvers<Omit<TracedEnd, 'calls'>>();
  let hung = false;
  const [longestMs, doubtfulMs] = [120_000, 5_000]; // beside others that need the machine more
  const end = (): boolean => (hung = child.kill('SIGKILL'));
  const limit = setTimeout(end, longestMs);
  const doubts = setInterval(() => isAstray() && end(), doubtfulMs);
  const printed = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const)
    child[stream]?.setEncoding('utf8').on('data', (text: string) => (printed[stream] += text));
  child.once('close', (code, signal) => {
    clearTimeout(limit);
    clearInterval(doubts);
    resolve({ ...printed, code: code ?? 1, hung, killed: signal === 'SIGKILL' && !hung });
  });
  return promise;
}
