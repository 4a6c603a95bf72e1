import type { KeyRecord, MissReason, Repetition, StepRecord } from '@tidegate/formats';
import { isoTime } from '../../platform/index.ts';
import { release } from '../cache/flight.ts';
import { outputDifferences, recordRepetition } from '../cache/repetitions.ts';
import { findResult, recordResult, type StoredResult } from '../cache/results.ts';
import { firstOutputs, withStableDigests } from '../cache/stable-outputs.ts';
import { kindNamed } from '../engine-parts.ts';
import { noteStep } from '../runs.ts';
import type { StepNode } from '../step-kind.ts';
import type { RunInProgress } from './run-in-progress.ts';
import { type Attempt, forgetProcesses } from './step-context.ts';

export interface ResultToKeep {
  readonly node: StepNode;
  /** As the step made it. */
  readonly record: StepRecord;
  readonly attempt: Attempt;
  readonly keyRecord: KeyRecord;
}

/**
 * Puts what a step has made into the cache: everything of it is durable before the transaction that makes it count. A result that is
 * there under the key already is compared with, and stays unless its objects are gone or the user asked for the newer one.
 *
 * @throws TG-PIPELINE-STABLE
 */
export async function keepResult(progress: RunInProgress, kept: ResultToKeep): Promise<StepRecord> {
  const { parts, run } = progress;
  const { node, record, attempt, keyRecord } = kept;
  const { digest: key } = await parts.store.putJson(keyRecord);
  const made = await withStableDigests(parts, node, { outputs: record.outputs, run });
  const outputs = await firstOutputs(parts, node, { outputs: made, makesWay: progress.replace });
  const { evidence, facts, durationMs } = record;
  const result: StoredResult = { key, run, outputs, evidence, facts, durationMs, recordedAt: isoTime(parts.platform.clock) };
  for (;;) {
    const known = findResult(parts.state, key);
    const repetition =
      known === null || node.volatile === true ? null : await repetitionOf(progress, kept, { known, result: { ...result, outputs: made } });
    const settled = parts.state.commit(() => {
      if (findResult(parts.state, key)?.run !== known?.run) return null; // somebody else has recorded one meanwhile
      const replace = node.volatile === true || repetition?.counts === 'newer';
      const counting = recordResult(parts.state, result, { project: parts.project.name, step: node.name, replace });
      const settling: StepRecord = {
        ...record,
        ...(counting === result ? { outputs } : taken(counting)),
        ...(repetition !== null && { repetition }),
      };
      if (repetition !== null) recordRepetition(parts.state, { key, project: parts.project.name, step: node.name }, repetition);
      noteStep(parts.state, run, settling);
      release(parts.state, key, run);
      forgetProcesses(progress, attempt);
      return settling;
    });
    if (settled !== null) return settled;
  }
}

async function repetitionOf(
  { parts, run, replace }: RunInProgress,
  { node, record }: ResultToKeep,
  { known, result }: { readonly known: StoredResult; readonly result: StoredResult },
): Promise<Repetition> {
  const { measures = false } = kindNamed(parts, node.kind);
  const isForced = record.reasons.some(({ kind }) => kind === 'forced');
  const isGone = record.reasons.some(({ kind }) => kind === 'object-missing');
  return {
    run,
    earlier: known.run,
    repeats: node.repeats ?? (measures ? 'differently' : 'exactly'),
    counts: isGone || (isForced && (replace || measures)) ? 'newer' : 'earlier',
    differences: await outputDifferences(parts.store, known.outputs, result.outputs),
    at: result.recordedAt,
  };
}

/** Reasons for which a step runs although there is a result under its key. */
export function runsAnyway(reason: MissReason): boolean {
  return reason.kind === 'forced' || reason.kind === 'object-missing' || reason.kind === 'volatile';
}

function taken({ run, outputs, evidence, facts }: StoredResult): Pick<StepRecord, 'madeBy' | 'outputs' | 'evidence' | 'facts'> {
  return { madeBy: run, outputs, evidence, facts };
}
