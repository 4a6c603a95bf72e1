import { setTimeout as wait } from 'node:timers/promises';
import { failure } from '@tidegate/formats';
import { eachLine, type HttpClient, peakMemory, runCommand } from '../../platform/index.ts';

export interface ServerStart {
  /** The whole command of the model server. */
  readonly argv: readonly string[];
  readonly variables: { readonly [name: string]: string };
  readonly folder: string;
  /** What is tried, for messages: `services.delay-api`. */
  readonly name: string;
  readonly http: () => HttpClient;
  readonly signal: AbortSignal;
  readonly ownProcess: (pid: number) => void;
  readonly log: (stream: 'stdout' | 'stderr', text: string) => void;
}

/** A model server on a port of its own, which ends when it is disposed of. */
export interface ThrowAwayServer {
  readonly address: string;
  /** Milliseconds from the start of the process to its readiness. */
  readonly coldStartMs: number;
  /** The most bytes that it and what it has started had in memory so far; null where the system does not tell. */
  readonly peakBytes: () => number | null;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
}

const readyWithinMs = 60_000;
const keptLines = 30;

/** @throws TG-DEPLOY-NOT-READY when it ends or is not ready in time, with what it wrote */
export async function startThrowAway(start: ServerStart): Promise<ThrowAwayServer> {
  const { argv, variables, folder, signal } = start;
  using http = start.http();
  const over = new AbortController();
  const output: string[] = [];
  const seen: { pid: number | null; port: number | null; end: string | null } = { pid: null, port: null, end: null };
  const started = performance.now();
  const running = runCommand(argv, {
    cwd: folder,
    variables,
    timeoutMs: null,
    onStart: (pid) => {
      seen.pid = pid;
      start.ownProcess(pid);
    },
    signal: AbortSignal.any([signal, over.signal]),
    onText: (stream, text) => {
      start.log(stream, text);
      eachLine(text, (line) => {
        if (stream === 'stdout') seen.port ??= portIn(line);
        output.push(line);
        if (output.length > keptLines) output.shift();
      });
    },
  }).then(
    ({ code, signal: by }) => void (seen.end = by === null ? `ended with ${code}` : `was ended by ${by}`),
    (error: unknown) => void (seen.end = `could not be started: ${error instanceof Error ? error.message : String(error)}`),
  );
  const stop = async (): Promise<void> => {
    over.abort();
    await running;
  };
  while (performance.now() - started < readyWithinMs) {
    if (signal.aborted || seen.end !== null) break;
    if (seen.port !== null && (await isReady(http, seen.port, signal)))
      return {
        address: `http://127.0.0.1:${seen.port}`,
        coldStartMs: performance.now() - started,
        peakBytes: () => (seen.pid === null ? null : peakMemory(seen.pid)),
        [Symbol.asyncDispose]: stop,
      };
    await wait(10);
  }
  await stop();
  signal.throwIfAborted();
  throw notReady(start.name, { how: seen.end, output });
}

/** The line `{"event":"listening","port":N}` that a server prints. */
function portIn(line: string): number | null {
  try {
    const value = JSON.parse(line) as { readonly event?: unknown; readonly port?: unknown } | null;
    return value?.event === 'listening' && typeof value.port === 'number' ? value.port : null;
  } catch {
    return null;
  }
}

async function isReady(http: HttpClient, port: number, signal: AbortSignal): Promise<boolean> {
  const request = { method: 'GET', headers: {}, body: null, timeoutMs: 2_000, signal };
  const answer = await http.send({ ...request, url: `http://127.0.0.1:${port}/v2/health/ready` }).catch(() => null);
  return answer?.status === 200;
}

function notReady(name: string, { how, output }: { readonly how: string | null; readonly output: readonly string[] }): Error {
  const found = how ?? `was not ready within ${readyWithinMs / 1000} s`;
  const lines = output.length === 0 ? 'It wrote nothing.' : `It wrote:\n${output.map((line) => `  ${line}`).join('\n')}`;
  return failure(
    'TG-DEPLOY-NOT-READY',
    `Cannot try the release of "${name}": its server ${found}\n${lines}`,
    `Read what it wrote; then: tidegate run trials.${name.slice(name.indexOf('.') + 1)}`,
  );
}
