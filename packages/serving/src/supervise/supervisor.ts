import { setTimeout as wait } from 'node:timers/promises';
import type { SupervisorDeploy, SupervisorReply, SupervisorState } from '@tidegate/formats';
import { identityOf, type ProcessIdentity } from '@tidegate/runtime';
import type { BoundedLog } from './bounded-log.ts';
import { firstAnswer } from './first-answer.ts';
import { bindListener, type Listener } from './listener.ts';
import { type ModelServer, startServer } from './model-server.ts';

export interface SupervisorOptions {
  readonly self: ProcessIdentity;
  /** Path of the control socket, for the state. */
  readonly control: string;
  /** Port of last time. */
  readonly port: number | undefined;
  readonly log: BoundedLog;
  readonly serverLog: BoundedLog;
  readonly save: (state: SupervisorState) => void;
}

/** A release that is live, over all the processes that serve it one after another. */
interface Live {
  readonly request: SupervisorDeploy;
  readonly listener: Listener;
  /** Aborted when it is no longer to be kept running. */
  readonly over: AbortController;
  server: ModelServer;
  /** ISO 8601; null while a new process is being started. */
  startedAt: string | null;
  restarts: number;
}

const firstAnswerMs = 10_000;
const firstPauseMs = 100;
const longestPauseMs = 30_000;
/** A server that lived this long is no longer counted as failing again and again. */
const soundMs = 60_000;

/** Holds the address of one environment's service and keeps a model server behind it. One request at a time. */
export class Supervisor {
  readonly #options: SupervisorOptions;
  #live: Live | null = null;
  #port: number | undefined;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#port = options.port;
    this.#save();
  }

  /** Whether there is anything to supervise. */
  get isIdle(): boolean {
    return this.#live === null;
  }

  /** Switches to a release; when the answer is `failed`, what was live before still is. */
  deploy(request: SupervisorDeploy, progress: (doing: string) => void, calledOff: AbortSignal): Promise<SupervisorReply> {
    return this.#inTurn(() => this.#deploy(request, progress, calledOff));
  }

  /** Drains what is live and gives the address free. */
  stop(): Promise<void> {
    return this.#inTurn(async () => {
      const live = this.#live;
      this.#live = null;
      await this.#retire(live);
      live?.listener.close();
      this.#save();
    });
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(work);
    this.#queue = result.catch(() => {});
    return result;
  }

  async #deploy(request: SupervisorDeploy, progress: (doing: string) => void, calledOff: AbortSignal): Promise<SupervisorReply> {
    const live = this.#live;
    if (live !== null && live.startedAt !== null && isSame(live, request) && !live.server.hasEnded())
      return { type: 'deployed', port: live.listener.port, switchMs: 0, pid: live.server.pid ?? 0 };
    let listener: Listener;
    try {
      listener = this.#listenerFor(request);
    } catch (error) {
      return failed('port', messageOf(error), []);
    }
    progress('Starting the release');
    const server = startServer(request, listener, this.#options.serverLog);
    try {
      await server.ready(request.readyWithinMs, calledOff);
    } catch (error) {
      await server.kill();
      if (listener !== live?.listener) listener.close();
      return failed(calledOff.aborted ? 'cancelled' : 'not-ready', messageOf(error), server.output());
    }
    return this.#switchTo({ request, listener, over: new AbortController(), server, startedAt: now(), restarts: 0 }, progress);
  }

  async #switchTo(next: Live, progress: (doing: string) => void): Promise<SupervisorReply> {
    const before = this.#live;
    const decided = performance.now();
    this.#live = next;
    this.#port = next.listener.port;
    this.#save(); // before it accepts: should this process be killed now, the next one finds the server
    next.server.accept();
    const retired = this.#retire(before);
    try {
      await firstAnswer(next.listener.port, next.request.probe, Math.min(firstAnswerMs, next.request.readyWithinMs));
      if (next.server.hasEnded()) throw new Error(`the server ${await next.server.ended}`);
    } catch (error) {
      await Promise.all([retired, next.server.kill()]);
      await this.#bringBack(before, next);
      return failed('not-ready', `was ready, but did not answer at its address: ${messageOf(error)}`, next.server.output());
    }
    const switchMs = performance.now() - decided;
    if (before !== null) progress('Switched; the release before finishes what it has taken');
    await retired;
    if (before !== null && before.listener !== next.listener) before.listener.close();
    this.#log(`release ${next.request.release} is live at port ${next.listener.port}`);
    void this.#keep(next);
    return { type: 'deployed', port: next.listener.port, switchMs, pid: next.server.pid ?? 0 };
  }

  /** The release before was asked to end already: a new process takes its place. */
  async #bringBack(before: Live | null, next: Live): Promise<void> {
    if (before?.listener !== next.listener) next.listener.close();
    this.#live = before === null ? null : { ...before, over: new AbortController(), startedAt: null };
    this.#port = before?.listener.port ?? this.#options.port;
    this.#save();
    if (this.#live !== null) void this.#keep(this.#live);
  }

  async #retire(live: Live | null): Promise<void> {
    live?.over.abort();
    await live?.server.drain();
  }

  /** Starts a new process whenever the one that serves has ended by itself; the pause doubles while that goes on. */
  async #keep(live: Live): Promise<void> {
    for (let failures = 0; ; failures++) {
      const since = performance.now();
      const how = await live.server.ended;
      if (live.over.signal.aborted) return;
      if (performance.now() - since > soundMs) failures = 0;
      live.startedAt = null;
      live.restarts++;
      this.#save();
      const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** failures);
      this.#log(`the server of ${live.request.release} ${how}; starting it again in ${pauseMs} ms`);
      await wait(pauseMs, undefined, { signal: live.over.signal }).catch(() => {});
      if (live.over.signal.aborted) return;
      await this.#startAgain(live);
    }
  }

  async #startAgain(live: Live): Promise<void> {
    live.server = startServer(live.request, live.listener, this.#options.serverLog);
    try {
      await live.server.ready(live.request.readyWithinMs, live.over.signal);
    } catch {
      if (!live.over.signal.aborted) await live.server.kill();
      return;
    }
    live.server.accept();
    live.startedAt = now();
    this.#save();
  }

  #listenerFor(request: SupervisorDeploy): Listener {
    const current = this.#live?.listener;
    if (current !== undefined && (request.port === 0 || request.port === current.port)) return current;
    return bindListener({ wanted: request.port, kept: this.#port, first: request.firstPort });
  }

  #save(): void {
    const live = this.#live;
    const server = live?.startedAt == null || live.server.pid === undefined ? null : identityOf(live.server.pid);
    this.#options.save({
      format: 'tidegate.supervisor/1',
      supervisor: this.#options.self,
      control: this.#options.control,
      ...(this.#port !== undefined && { port: this.#port }),
      ...(live !== null && {
        live: {
          release: live.request.release,
          settings: live.request.settings,
          restarts: live.restarts,
          ...(live.startedAt !== null && { startedAt: live.startedAt }),
          ...(server !== null && { server }),
        },
      }),
    });
  }

  #log(text: string): void {
    this.#options.log.line(`${now()} ${text}`);
  }
}

function isSame({ request, listener }: Live, wanted: SupervisorDeploy): boolean {
  return request.release === wanted.release && request.settings === wanted.settings && [0, listener.port].includes(wanted.port);
}

function failed(why: 'not-ready' | 'port' | 'cancelled', message: string, output: readonly string[]): SupervisorReply {
  return { type: 'failed', why, message, output };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function now(): string {
  return new Date().toISOString();
}
