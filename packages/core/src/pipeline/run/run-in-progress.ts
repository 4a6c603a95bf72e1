import type { EarlierAttempt, EmitEvent, RunId, StepName, StepRecord } from '@tidegate/formats';
import type { EngineParts } from '../engine-parts.ts';
import type { Snapshot } from '../inputs/snapshot.ts';
import type { Graph } from '../graph/graph.ts';
import type { StepNode } from '../step-kind.ts';
import type { Capacity } from './resources.ts';
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
  readonly capacity: Capacity;
  /** Reading of the clock at the start. */
  readonly began: number;
  /** The newest record of each settled step. */
  readonly records: Map<StepName, StepRecord>;
  /** Workspaces that were made, by step. */
  readonly workspaces: Map<StepName, string>;
  /** Workspaces that are being removed, by step. */
  readonly removals: Map<StepName, Promise<void>>;
  /** Steps that are to run although they have a result; each once. */
  readonly forced: Set<StepName>;
  /** Whether what forced steps make counts from now on, also where it is not what was there. */
  readonly replace: boolean;
  /** How often a step was tried, where results that it needs had to be made again first. */
  readonly attempts: Map<StepName, number>;
  /** Attempts that failed and were or are to be followed by another one. */
  readonly earlier: Map<StepName, EarlierAttempt[]>;
  /** How many items of a fan-out failed so far. */
  readonly failedItems: Map<StepName, number>;
  hasFailed: boolean;
}

/** Whether no further step is begun; those that run go on to their end, so that no work is lost. */
export function isStopping(progress: RunInProgress): boolean {
  return progress.signal.aborted || (progress.hasFailed && !progress.keepGoing);
}

/** Whether the step may begin, or begin again: one that runs `always` does so in a run that is stopping after a failure, too. */
export function mayBegin(progress: RunInProgress, { condition }: StepNode): boolean {
  return condition?.test === 'always' ? !progress.signal.aborted : !isStopping(progress);
}

/** Notes a failure: the run stops for it, unless it is one of those that a fan-out allows. */
export function noteFailure(progress: RunInProgress, { nodes }: Pick<Graph, 'nodes'>, { item }: StepNode): void {
  if (item === undefined) {
    progress.hasFailed = true;
    return;
  }
  const failed = (progress.failedItems.get(item.of) ?? 0) + 1;
  progress.failedItems.set(item.of, failed);
  if (failed > (nodes.get(item.of)?.allowedFailures ?? 0)) progress.hasFailed = true;
}

/** The record of a step with the attempts that went before. */
export function withAttempts({ earlier }: RunInProgress, record: StepRecord): StepRecord {
  const earlierAttempts = earlier.get(record.step);
  return earlierAttempts === undefined ? record : { ...record, earlierAttempts };
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
