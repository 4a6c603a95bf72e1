import type { EmitEvent, RunId, StepName, StepRecord } from '@tidegate/formats';
import type { EngineParts } from '../engine-parts.ts';
import type { Snapshot } from '../inputs/snapshot.ts';
import type { StepTimes } from './step-record.ts';

/** One run while it goes; the maps, `forced` and `hasFailed` change as it does. */
export interface RunInProgress {
  readonly parts: EngineParts;
  readonly run: RunId;
  readonly snapshot: Snapshot;
  readonly emit: EmitEvent;
  readonly signal: AbortSignal;
  /** Whether steps that need nothing of a failed one go on. */
  readonly keepGoing: boolean;
  readonly frozen: ReadonlySet<StepName>;
  /** Reading of the clock at the start. */
  readonly began: number;
  /** The newest record of each settled step. */
  readonly records: Map<StepName, StepRecord>;
  /** Workspaces that were made, by step. */
  readonly workspaces: Map<StepName, string>;
  /** Steps that are to run although they have a result; each once. */
  readonly forced: Set<StepName>;
  /** Whether what forced steps make counts from now on, also where it is not what was there. */
  readonly replace: boolean;
  /** How often a step was tried, where results that it needs had to be made again first. */
  readonly attempts: Map<StepName, number>;
  hasFailed: boolean;
}

/** Whether no further step is begun; those that run go on to their end, so that no work is lost. */
export function isStopping(progress: RunInProgress): boolean {
  return progress.signal.aborted || (progress.hasFailed && !progress.keepGoing);
}

/** Measures a step; the function gives the times up to its call. */
export function stopwatch({ parts, began }: RunInProgress): () => StepTimes {
  const { clock } = parts.platform;
  const started = clock.elapsed();
  return () => ({ startedAfterMs: rounded(started - began), durationMs: rounded(clock.elapsed() - started) });
}

function rounded(ms: number): number {
  return Math.round(ms * 100) / 100;
}
