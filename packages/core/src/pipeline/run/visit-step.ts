import { failure, invariant, type StepName, type StepRecord, TidegateError } from '@tidegate/formats';
import { decide } from '../cache/decide.ts';
import { claim, flightIsOver } from '../cache/flight.ts';
import type { Graph } from '../graph/graph.ts';
import { stepLog } from '../logs/log.ts';
import { runsAnyway } from './keep-result.ts';
import { openMaking, type StepRun, type StepToRun } from './make-result.ts';
import { missingObjects } from '../cache/missing-objects.ts';
import type { StoredResult } from '../cache/results.ts';
import { firstOutputs, withStableDigests } from '../cache/stable-outputs.ts';
import { prepareStep } from '../cache/prepare-step.ts';
import { isStopping, mayBegin, noteFailure, type RunInProgress, stopwatch, withAttempts } from './run-in-progress.ts';
import { lackOf } from './refuse-impossible.ts';
import { retryAfter } from './retry.ts';
import type { Settled, Slot } from './schedule.ts';
import type { StepNode } from '../step-kind.ts';
import { StepEnded } from '../step-ended.ts';
import { failedRecord, hitRecord, type StepTimes, unfinished } from './step-record.ts';
import { withoutResult } from './without-result.ts';

export interface Visit {
  readonly graph: Graph;
  readonly node: StepNode;
  readonly slot: Slot;
}

/** Deals with one step all of whose needs are settled: blocked, taken from the cache, or run. What goes wrong is in its record. */
export async function visitStep(progress: RunInProgress, visit: Visit): Promise<Settled> {
  const { node, graph } = visit;
  const times = stopwatch(progress);
  const { record, error, retryInMs } = await attempt(progress, visit, times).catch((thrown: unknown): Visited =>
    brokeBefore(progress, visit, { thrown, times }),
  );
  if (retryInMs !== undefined) return { kind: 'later', waitMs: retryInMs };
  const lost = isDamage(error) ? await lostNeeds(progress, graph, node.name) : [];
  if (lost.length > 0 && !isStopping(progress) && mayTryAgain(progress, node.name)) return { kind: 'again', after: lost };
  progress.records.set(node.name, record);
  if (record.status === 'failed' && isDamage(error)) noteFailure(progress, graph, node);
  progress.emit({ kind: 'step-finished', record });
  return { kind: 'record', record };
}

async function attempt(progress: RunInProgress, { node, graph, slot }: Visit, times: () => StepTimes): Promise<Visited> {
  const stopped = withoutResult(progress, graph, node);
  if (stopped !== null) return { record: withAttempts(progress, { ...unfinished(node, stopped.status, times()), facts: stopped.facts }) };
  const { parts, records } = progress;
  const step = await prepareStep(parts, node, { ...progress, outputsOf: (need) => records.get(need)?.outputs });
  invariant(step !== null, `all that "${node.name}" needs is settled when it is visited`);
  const decision = await decide(parts, step.keyRecord, { runs: whyAnyway(progress, node) });
  if (decision.kind === 'hit') return { record: await hit(progress, node, { result: decision.result, times }) };
  if (progress.frozen.has(node.name)) throw notCached(node.name);
  const lacking = node.resources === undefined ? null : lackOf(node, progress.capacity);
  if (lacking !== null) throw new TidegateError([lacking]);
  return runOnce(progress, { graph, slot, step: { ...step, miss: decision } }, times);
}

/** A volatile step whose result is only to be taken from an earlier run does not run. */
function whyAnyway({ forced, frozen }: RunInProgress, node: StepNode): 'forced' | 'volatile' | null {
  if (forced.has(node.name)) return 'forced';
  return node.volatile === true && !frozen.has(node.name) ? 'volatile' : null;
}

async function hit(
  { parts }: RunInProgress,
  node: StepNode,
  { result, times }: { readonly result: StoredResult; readonly times: () => StepTimes },
): Promise<StepRecord> {
  const outputs = await firstOutputs(parts, node, { outputs: await withStableDigests(parts, node, result), makesWay: false });
  return hitRecord(node, { ...result, outputs }, times());
}

/** What came of a visit; a step that is to be tried again waits first. */
interface Visited extends StepRun {
  readonly retryInMs?: number;
}

/** Runs the step unless another process makes the same result meanwhile: then that one is taken. */
async function runOnce(progress: RunInProgress, running: Running, times: () => StepTimes): Promise<Visited> {
  const { parts, signal } = progress;
  const { node } = running.step;
  for (let miss = running.step.miss, mayBeThere = false; ; mayBeThere = true) {
    mayBeThere = (await flightIsOver(parts.state, miss.key, signal)) || mayBeThere;
    if (mayBeThere && !miss.reasons.some(runsAnyway)) {
      const decision = await decide(parts, miss.record);
      if (decision.kind === 'hit') return { record: await hit(progress, node, { result: decision.result, times }) };
      miss = decision;
    }
    const visited = await begin(progress, { ...running, step: { ...running.step, miss } }, times);
    if (visited !== null) return visited;
  }
}

interface Running {
  readonly graph: Graph;
  readonly slot: Slot;
  readonly step: StepToRun;
}

/**
 * Runs the step once it has what it asks for, and gets it ready before. Its key is claimed only then: who claimed it while it waits would keep
 * another process from making what that one has room for.
 *
 * @returns null when another process makes the result, or has made it
 */
async function begin(progress: RunInProgress, { graph, slot, step }: Running, times: () => StepTimes): Promise<Visited | null> {
  const { parts, run, forced } = progress;
  const { node, miss } = step;
  const making = openMaking(progress, step);
  return slot(async (held) => {
    const isCancelled = !mayBegin(progress, node);
    const wanted = { key: miss.key, run, zone: parts.zone, replace: miss.reasons.some(runsAnyway) };
    let isMine = false;
    try {
      isMine = !isCancelled && claim(parts.state, wanted) === 'mine';
    } finally {
      if (!isMine) await making.giveUp(); // also where the state cannot be written: what was got ready waits to be begun
    }
    if (!isMine) return isCancelled ? { record: withAttempts(progress, unfinished(node, 'cancelled', times())) } : null;
    const isForced = forced.delete(node.name);
    const made = await making.make(held);
    if (made.record.status !== 'failed' || isDamage(made.error)) return made;
    const retryInMs = nextAttempt(progress, node, made);
    if (retryInMs === null)
      noteFailure(progress, graph, node); // before its cores are given on
    else if (isForced) forced.add(node.name);
    return retryInMs === null ? made : { ...made, retryInMs };
  }, making.getReady);
}

/** Notes the attempt that failed when another one follows, and tells when; null when none does. */
function nextAttempt(progress: RunInProgress, node: StepNode, { record, error }: StepRun): number | null {
  if (node.retry === undefined || !mayBegin(progress, node)) return null;
  const earlier = progress.earlier.get(node.name) ?? [];
  const end = error instanceof StepEnded ? error.end : null;
  const waitMs = retryAfter(node.retry, { failed: earlier.length + 1, end }, progress.parts.platform.random);
  if (waitMs === null || end === null) return null;
  const failed = { startedAfterMs: record.startedAfterMs, durationMs: record.durationMs, end, waitMs };
  progress.earlier.set(node.name, [...earlier, failed]);
  progress.emit({ kind: 'step-retried', step: node.name, failed, next: earlier.length + 2, attempts: node.retry.times + 1 });
  return waitMs;
}

function brokeBefore(
  progress: RunInProgress,
  { node, graph }: Visit,
  { thrown, times }: { readonly thrown: unknown; readonly times: () => StepTimes },
): StepRun {
  if (progress.signal.aborted) return { record: withAttempts(progress, unfinished(node, 'cancelled', times())) };
  const log = stepLog(progress.parts.home, progress.run, node.name);
  if (!isDamage(thrown)) noteFailure(progress, graph, node);
  return { record: failedRecord(node, thrown, { ...times(), key: null, reasons: [], log, facts: {} }), error: thrown };
}

function isDamage(error: unknown): boolean {
  const codes: readonly string[] = ['TG-STORE-OBJECT-MISSING', 'TG-STORE-OBJECT-CORRUPT', 'TG-STORE-TREE'];
  return error instanceof TidegateError && error.diagnostics.some((diagnostic) => codes.includes(diagnostic.code));
}

/** Needed steps whose outputs turned out to be damaged on reading: set aside by the store, so that they count as missing now. */
async function lostNeeds({ parts, records }: RunInProgress, graph: Graph, name: StepName): Promise<readonly StepName[]> {
  const lost: StepName[] = [];
  for (const need of graph.needs.get(name) ?? [])
    if ((await missingObjects(parts.store, Object.values(records.get(need)?.outputs ?? {}))).length > 0) lost.push(need);
  return lost;
}

function mayTryAgain({ attempts }: RunInProgress, name: StepName): boolean {
  const mostAttempts = 3;
  const tried = (attempts.get(name) ?? 0) + 1;
  attempts.set(name, tried);
  return tried < mostAttempts;
}

function notCached(name: StepName): TidegateError {
  return failure(
    'TG-PIPELINE-NOT-CACHED',
    `Cannot take the result of "${name}" from an earlier run: there is none for the project as it is`,
    'Run without the restriction first: tidegate run',
  );
}
