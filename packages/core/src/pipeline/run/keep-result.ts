import type { KeyRecord, MissReason, Repetition, StepRecord } from '@tidegate/formats';
import { isoTime } from '../../platform/index.ts';
import { release } from '../cache/flight.ts';
import { outputDifferences, recordRepetition } from '../cache/repetitions.ts';
import { findResult, originOf, recordResult, type Replacing, type StoredResult } from '../cache/results.ts';
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
 * there under the key already is compared with, and stays unless its objects are gone or the user asked for the newer one. One of a zone that is trusted
 * less is as good as none.
 *
 * @throws TG-PIPELINE-STABLE
 */
export async function keepResult(progress: RunInProgress, kept: ResultToKeep): Promise<StepRecord> {
  const { parts, run } = progress;
  const { node, record, attempt, keyRecord } = kept;
  const { digest: key } = await parts.store.putJson(keyRecord);
  const withStable = await withStableDigests(parts, node, { outputs: record.outputs, run });
  const outputs = await firstOutputs(parts, node, { outputs: withStable, makesWay: progress.replace });
  const { evidence, facts, durationMs } = record;
  const made = { key, run, zone: parts.zone, taken: null, outputs, evidence, facts, durationMs };
  const result: StoredResult = { ...made, recordedAt: isoTime(parts.platform.clock) };
  for (;;) {
    const known = findResult(parts.state, key, parts.zone);
    const repetition =
      known === null || node.volatile === true
        ? null
        : await repetitionOf(progress, kept, { known, result: { ...result, outputs: withStable } });
    const settled = parts.state.commit(() => {
      if (findResult(parts.state, key, parts.zone)?.run !== known?.run) return null; // somebody else has recorded one meanwhile
      const replacing = replacingFor(kept, repetition);
      const counting = recordResult(parts.state, result, { project: parts.project.name, step: node.name, replacing });
      const settling: StepRecord = {
        ...record,
        ...(counting === result || node.volatile === true ? { outputs } : taken(counting)),
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

function replacingFor({ node, record }: ResultToKeep, repetition: Repetition | null): Replacing {
  if (record.reasons.some(({ kind }) => kind === 'object-missing')) return 'gone';
  return node.volatile === true || repetition?.counts === 'newer' ? 'asked' : 'none';
}

/** Reasons for which a step runs although there is a result under its key. */
export function runsAnyway(reason: MissReason): boolean {
  return reason.kind === 'forced' || reason.kind === 'object-missing' || reason.kind === 'volatile';
}

function taken(result: StoredResult): Pick<StepRecord, 'madeBy' | 'from' | 'outputs' | 'evidence' | 'facts'> {
  const { run, outputs, evidence, facts } = result;
  return { madeBy: run, from: originOf(result), outputs, evidence, facts };
}
