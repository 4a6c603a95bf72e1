import type { Digest, KeyRecord, MissReason, Repetition, ResultOrigin, RunId, RunRecord, StepName, StepRecord } from '@tidegate/formats';
import { findKeyRecord } from '../cache/decide.ts';
import { differences } from '../cache/differences.ts';
import type { EngineParts } from '../engine-parts.ts';
import { repetitionsOf } from '../cache/repetitions.ts';
import { findAnyResult, newestResults, originOf } from '../cache/results.ts';
import { type Tombstone, tombstoneOf } from '../cache/tombstones.ts';
import { newestRuns } from '../runs.ts';

/** Why a step has the result it has: everything as data. */
export interface Explanation {
  readonly step: StepName;
  /** The run that is explained, and what became of the step in it. */
  readonly run: RunId;
  readonly record: StepRecord;
  /** Everything that went into the key; null when the step had none or the record is gone. */
  readonly key: KeyRecord | null;
  /** The run that made the result and when; null when there is no result in the cache. */
  readonly made: { readonly run: RunId; readonly at: string; readonly durationMs: number; readonly from: ResultOrigin } | null;
  /** When and why garbage collection took its result; null when it is there, or nobody knows. */
  readonly evicted: Tombstone | null;
  /** What it is compared with: the nearest earlier result of the step with another key, or the run that was asked for. */
  readonly previous: { readonly run: RunId; readonly key: Digest } | null;
  /** What changed since then; empty when there is no earlier key. */
  readonly differences: readonly MissReason[];
  /** Each time the result of its key was made again, oldest first. */
  readonly repetitions: readonly Repetition[];
}

export interface ExplainOptions {
  /** The run that is explained. Default: the newest that had the step. */
  readonly run?: Pick<RunRecord, 'id' | 'startedAt' | 'steps'>;
  /** The run that it is compared with. Default: the nearest earlier result. */
  readonly against?: Pick<RunRecord, 'id' | 'steps'>;
}

/** Explains a step in a run; null when no run had it. */
export async function explainStep(parts: EngineParts, step: StepName, options: ExplainOptions = {}): Promise<Explanation | null> {
  const run = options.run ?? newestWith(parts, step);
  const record = run?.steps.find((candidate) => candidate.step === step);
  if (run === undefined || record === undefined) return null;
  const key = await keyRecordAt(parts, record.key);
  const result = record.key === null ? null : findAnyResult(parts.state, record.key);
  const own = { step, key, digest: record.key };
  const compared =
    options.against === undefined ? await nearestEarlier(parts, own, run.startedAt) : await comparedWith(parts, own, options.against);
  return {
    step,
    run: run.id,
    record,
    key,
    made: result === null ? null : { run: result.run, at: result.recordedAt, durationMs: result.durationMs, from: originOf(result) },
    evicted: result !== null || record.key === null ? null : tombstoneOf(parts.state, record.key),
    previous: compared?.previous ?? null,
    differences: compared?.differences ?? [],
    repetitions: record.key === null ? [] : repetitionsOf(parts.state, record.key),
  };
}

/** How many runs of the project are looked through for one that had the step. */
const mostRuns = 100;

function newestWith({ state, project }: EngineParts, step: StepName): RunRecord | undefined {
  let looked = 0;
  for (const run of newestRuns(state, project.name)) {
    if (run.steps.some((record) => record.step === step)) return run;
    if (++looked >= mostRuns) return undefined;
  }
  return undefined;
}

interface OwnKey {
  readonly step: StepName;
  readonly key: KeyRecord | null;
  readonly digest: Digest | null;
}

type Compared = Pick<Explanation, 'previous' | 'differences'>;

/** How many earlier results are compared, of so many of the newest. */
const comparedResults = 5;
const searchedResults = 50;

/** Of the newest results of before the run, the one whose key differs least; of equals the newest. */
async function nearestEarlier(parts: EngineParts, { step, key, digest }: OwnKey, startedAt: string): Promise<Compared | null> {
  const owner = { project: parts.project.name, step };
  const earlier = newestResults(parts.state, owner, searchedResults).filter(
    (result) => result.key !== digest && result.recordedAt < startedAt,
  );
  let nearest: Compared | null = null;
  for (const result of earlier.slice(0, comparedResults)) {
    const found = await differencesBetween(parts, result.key, key);
    if (nearest === null || found.length < nearest.differences.length)
      nearest = { previous: { run: result.run, key: result.key }, differences: found };
  }
  return nearest;
}

async function comparedWith(
  parts: EngineParts,
  { step, key }: OwnKey,
  against: NonNullable<ExplainOptions['against']>,
): Promise<Compared | null> {
  const other = against.steps.find((candidate) => candidate.step === step)?.key ?? null;
  return other === null ? null : { previous: { run: against.id, key: other }, differences: await differencesBetween(parts, other, key) };
}

async function differencesBetween(parts: EngineParts, before: Digest, key: KeyRecord | null): Promise<readonly MissReason[]> {
  const record = await findKeyRecord(parts, before);
  return record === null || key === null ? [] : differences(record, key);
}

async function keyRecordAt(parts: EngineParts, key: Digest | null): Promise<KeyRecord | null> {
  return key === null ? null : findKeyRecord(parts, key);
}
