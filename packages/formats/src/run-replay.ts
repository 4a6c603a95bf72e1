import type { Digest } from './digest.ts';
import type { RunId, StepName } from './ids.ts';
import type { MissReason, StepStatus } from './run-record.ts';
import type { Verdict } from './verdict.ts';

/** How near a replay came: to the byte, within what steps declare (`stable`, `repeats`), or neither. */
export type ReplayOutcome = 'identical' | 'within-tolerance' | 'different';

/** A run rebuilt from its commit and its data versions in a clean place, compared step by step. Specification: docs/reference/formats/run-replay.md. */
export interface RunReplay {
  readonly format: 'tidegate.run-replay/1';
  readonly project: string;
  /** The run that was rebuilt. */
  readonly run: RunId;
  readonly commit: string;
  /** Whether uncommitted changes, which the store had kept, were laid over the commit. */
  readonly dirty: boolean;
  /** Dataset → digest of the version that was put into place. */
  readonly data: { readonly [dataset: string]: Digest };
  /** ISO 8601, UTC. */
  readonly replayedAt: string;
  readonly durationMs: number;
  readonly outcome: ReplayOutcome;
  readonly verdict: { readonly before: Verdict | null; readonly after: Verdict | null };
  /** How many steps came out how; `notCompared`: the run had not brought them to an end, or they were not asked for. */
  readonly steps: {
    readonly identical: number;
    readonly withinTolerance: number;
    readonly different: number;
    readonly notCompared: number;
  };
  /** The first step, in the order of the graph, that is not the same; null when none is. */
  readonly first: ReplayDifference | null;
  /** Steps that are not the same, the first hundred in the order of the graph. */
  readonly differing: readonly StepName[];
  /** Where the rebuilt project lies, when it was kept; else null. */
  readonly place: string | null;
}

export interface ReplayDifference {
  readonly step: StepName;
  readonly status: { readonly before: StepStatus; readonly after: StepStatus | null };
  /** What went into its key otherwise: another interpreter, another machine. None when the key is the same: then the step does not repeat. */
  readonly key: readonly MissReason[];
  /** Outputs with other bytes. */
  readonly outputs: readonly string[];
  /** Evidence with another verdict. */
  readonly evidence: readonly { readonly name: string; readonly before: Verdict | null; readonly after: Verdict | null }[];
  /** Why it failed in the replay; null when it did not. */
  readonly failure: { readonly code: string; readonly message: string; readonly hint: string | null } | null;
}
