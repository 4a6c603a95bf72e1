import type { Digest, KeyRecord, MissReason, Repetition, ResultOrigin, RunId, StepName, StepRecord } from '@tidegate/formats';
import { findKeyRecord } from '../cache/decide.ts';
import { differences } from '../cache/differences.ts';
import type { EngineParts } from '../engine-parts.ts';
import { repetitionsOf } from '../cache/repetitions.ts';
import { findAnyResult, originOf } from '../cache/results.ts';
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
  /** The last run before in which the step had another key. */
  readonly previous: { readonly run: RunId; readonly key: Digest } | null;
  /** What changed since then; empty when there is no earlier key. */
  readonly differences: readonly MissReason[];
  /** Each time the result of its key was made again, oldest first. */
  readonly repetitions: readonly Repetition[];
}

/** How many runs of the project are looked through for an earlier key. */
const mostRuns = 100;

/** Explains a step in a run, by default the newest that it was part of; null when no run had it. */
export async function explainStep(parts: EngineParts, step: StepName, run?: RunId): Promise<Explanation | null> {
  const { chosen, earlier } = findRuns(parts, step, run);
  if (chosen === null) return null;
  const key = await keyRecordAt(parts, chosen.record.key);
  const before = await keyRecordAt(parts, earlier?.key ?? null);
  const result = chosen.record.key === null ? null : findAnyResult(parts.state, chosen.record.key);
  return {
    step,
    ...chosen,
    key,
    made: result === null ? null : { run: result.run, at: result.recordedAt, durationMs: result.durationMs, from: originOf(result) },
    previous: earlier,
    differences: key === null || before === null ? [] : differences(before, key),
    repetitions: chosen.record.key === null ? [] : repetitionsOf(parts.state, chosen.record.key),
  };
}

interface FoundRuns {
  readonly chosen: { readonly run: RunId; readonly record: StepRecord } | null;
  readonly earlier: { readonly run: RunId; readonly key: Digest } | null;
}

function findRuns({ state, project }: EngineParts, step: StepName, wanted: RunId | undefined): FoundRuns {
  let chosen: FoundRuns['chosen'] = null;
  let looked = 0;
  for (const { id, steps } of newestRuns(state, project.name)) {
    const record = steps.find((candidate) => candidate.step === step);
    if (record === undefined) continue;
    if (chosen === null) {
      if (wanted === undefined || id === wanted) chosen = { run: id, record };
    } else if (record.key !== null && record.key !== chosen.record.key) return { chosen, earlier: { run: id, key: record.key } };
    else if (++looked >= mostRuns) break;
  }
  return { chosen, earlier: null };
}

async function keyRecordAt(parts: EngineParts, key: Digest | null): Promise<KeyRecord | null> {
  return key === null ? null : findKeyRecord(parts, key);
}
