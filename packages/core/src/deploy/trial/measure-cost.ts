import { type Digest, type MeasuredServing, type ServingCost, TidegateError } from '@tidegate/formats';
import type { HttpClient } from '../../platform/index.ts';
import type { ThrowAwayServer } from './throw-away-server.ts';
import { type Sending, sendTimed, type TimedRequest } from './timed-request.ts';

export interface CostRequest {
  readonly machine: string;
  /** Starts a server of the candidate, which ends when it is disposed of. */
  readonly candidate: () => Promise<ThrowAwayServer>;
  /** The same of the champion; absent when nothing is held against it. */
  readonly champion?: { readonly release: Digest; readonly start: () => Promise<ThrowAwayServer> };
  /** What is sent; why nothing can be, as a sentence. */
  readonly request: TimedRequest | string;
  /** How often each is started. */
  readonly starts: number;
  /** Requests to each; null: about 1,000, fewer when they take long, and `needed` if there is time. */
  readonly requests: number | null;
  /** Requests that a bound on the 99th percentile needs. */
  readonly needed: number;
  readonly http: () => HttpClient;
  readonly signal: AbortSignal;
  readonly progress: (doing: string) => void;
}

/** A record of which it is not said yet what it is judged by. */
export type MeasuredCost = Omit<ServingCost, 'replay'>;

const usualRequests = 1_000;
const warmUps = 50;
/** Requests that one server gets before it is the other's turn. */
const block = 10;
const enoughMs = 5_000;
const mostMs = 30_000;

/**
 * Starts candidate and champion side by side, as often as asked, and sends both the same requests in turns (10 to one, 10 to the other, who is first
 * changes): whatever else the machine does in the meantime hits both alike.
 *
 * @throws TG-DEPLOY-NOT-READY when the candidate does not start; that the champion does not is told in the record
 */
export async function measureCost(request: CostRequest): Promise<MeasuredCost> {
  const { machine, champion, starts, signal, progress } = request;
  const arms: { readonly candidate: Arm; champion: Arm | null } = {
    candidate: emptyArm(request.candidate),
    champion: champion === undefined ? null : emptyArm(champion.start),
  };
  let withoutChampion: ServingCost['withoutChampion'] = null;
  for (let round = 0; round < starts; round++) {
    signal.throwIfAborted();
    progress(starts === 1 ? 'measuring what serving costs' : `measuring what serving costs, start ${round + 1} of ${starts}`);
    const why = await measureRound(request, arms, round);
    if (why === null) continue;
    withoutChampion = { kind: 'unusable', reason: why };
    arms.champion = null;
  }
  const { request: sent } = request;
  return {
    format: 'tidegate.serving-cost/1',
    machine,
    test: typeof sent === 'string' ? null : sent.test.name,
    batch: typeof sent === 'string' ? null : sent.batch,
    candidate: measuredOf(arms.candidate),
    champion: arms.champion === null || champion === undefined ? null : { release: champion.release, ...measuredOf(arms.champion) },
    withoutChampion,
  };
}

interface Arm {
  readonly start: () => Promise<ThrowAwayServer>;
  readonly coldStartMs: number[];
  readonly peakBytes: number[];
  readonly latencyMs: number[];
  lacks: string | null;
}

interface Arms {
  readonly candidate: Arm;
  readonly champion: Arm | null;
}

function emptyArm(start: Arm['start']): Arm {
  return { start, coldStartMs: [], peakBytes: [], latencyMs: [], lacks: null };
}

/** To the microsecond, as far as a clock of the system can be trusted. */
function measuredOf({ coldStartMs, peakBytes, latencyMs, lacks }: Arm): MeasuredServing {
  const rounded = (values: readonly number[]): readonly number[] => values.map((value) => Number(value.toFixed(3)));
  return { coldStartMs: rounded(coldStartMs), peakBytes, latencyMs: rounded(latencyMs), lacks };
}

interface Running {
  readonly arm: Arm;
  readonly server: ThrowAwayServer;
}

/** Both are started one after the other, asked in turns, looked at, and ended. @returns why the champion could not be started */
async function measureRound(request: CostRequest, { candidate, champion }: Arms, round: number): Promise<string | null> {
  await using servers = new AsyncDisposableStack();
  const running: Running[] = [];
  let why: string | null = null;
  for (const arm of inTurn(champion === null ? [candidate] : [candidate, champion], round)) {
    try {
      const server = servers.use(await arm.start());
      arm.coldStartMs.push(server.coldStartMs);
      running.push({ arm, server });
    } catch (error) {
      request.signal.throwIfAborted();
      if (arm === candidate || !(error instanceof TidegateError)) throw error;
      why = error.diagnostics[0].message;
    }
  }
  using http = request.http(); // closed before the servers are told to end, which then have nothing to wait for
  await sendInTurns(request, running, http);
  for (const { arm, server } of running) {
    const peak = server.peakBytes();
    if (peak !== null) arm.peakBytes.push(peak);
  }
  return why;
}

/** Who is first changes from round to round. */
function inTurn<T>(all: readonly T[], round: number): readonly T[] {
  return round % 2 === 0 ? all : all.toReversed();
}

async function sendInTurns(request: CostRequest, running: readonly Running[], http: HttpClient): Promise<void> {
  const { request: timed, starts, requests, signal } = request;
  if (typeof timed === 'string') {
    for (const { arm } of running) arm.lacks = timed;
    return;
  }
  const sendingTo = ({ server }: Running): Sending => ({ address: server.address, http, signal });
  const answering = (): readonly Running[] => running.filter(({ arm }) => arm.lacks === null);
  for (const one of answering()) {
    const warm = await sendTimed(timed, warmUps, sendingTo(one));
    if (typeof warm === 'string') one.arm.lacks = warm;
  }
  const share = (all: number): number => Math.ceil(all / starts);
  const wanted = share(requests ?? Math.max(usualRequests, request.needed));
  const begun = performance.now();
  for (let sent = 0, turn = 0; sent < wanted && answering().length > 0; turn++) {
    const size = Math.min(block, wanted - sent);
    for (const { arm, server } of inTurn(answering(), turn)) {
      const taken = await sendTimed(timed, size, sendingTo({ arm, server }));
      if (typeof taken === 'string') arm.lacks = taken;
      else arm.latencyMs.push(...taken);
    }
    sent += size;
    if (requests === null && isOver(performance.now() - begun, { sent, arms: running.length, starts, needed: share(request.needed) }))
      break;
  }
}

/** Each start has its share of the time. */
function isOver(
  passedMs: number,
  { sent, arms, starts, needed }: { readonly sent: number; readonly arms: number; readonly starts: number; readonly needed: number },
): boolean {
  const part = arms / starts;
  return passedMs > mostMs * part || (passedMs > enoughMs * part && sent >= needed);
}
