import type { RunId, StepName } from './ids.ts';
import type { Verdict } from './verdict.ts';

/** Every verdict of a run on models and on what serving them costs, computed again from what the store has. Specification: docs/reference/formats/run-replay.md. */
export interface VerdictReplay {
  readonly format: 'tidegate.verdict-replay/1';
  readonly project: string;
  readonly run: RunId;
  readonly steps: readonly ReplayedStep[];
}

export interface ReplayedStep {
  /** `models.delay`, `trials.delay-api` */
  readonly step: StepName;
  /** Verdicts that were computed again. */
  readonly replayed: number;
  /** Those that are not what the run has, reason and all. */
  readonly differing: readonly { readonly name: string; readonly before: Verdict | null; readonly after: Verdict | null }[];
  /** Why none was; null when they were. */
  readonly lacks: string | null;
}
