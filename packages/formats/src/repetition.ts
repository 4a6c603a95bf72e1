import type { Digest } from './digest.ts';
import type { RunId } from './ids.ts';

/** A step that was made again although there was a result under its key, compared with that result. */
export interface Repetition {
  /** The run that made it again. */
  readonly run: RunId;
  /** The run whose result was there. */
  readonly earlier: RunId;
  /** What the step declares: the same bytes each time, or others. */
  readonly repeats: 'exactly' | 'differently';
  /** Whose result counts from now on: the earlier one, unless its objects were gone or the user asked for the newer one. */
  readonly counts: 'earlier' | 'newer';
  /** Outputs with other bytes; empty when it repeated exactly. */
  readonly differences: readonly OutputDifference[];
  /** ISO 8601, UTC. */
  readonly at: string;
}

export interface OutputDifference {
  readonly output: string;
  readonly before: Digest;
  readonly after: Digest;
  /** Whether the two count as the same by the output's stable digest; false when it has none. */
  readonly isStable: boolean;
  /** How far apart the numbers are; null when the outputs are not both JSON in which something but numbers is the same. */
  readonly spread: Spread | null;
}

/** The number of a JSON document that differs most between two versions of it. */
export interface Spread {
  /** `metrics.auc`, `folds.3.auc`. */
  readonly path: string;
  readonly before: number;
  readonly after: number;
  /** |after - before| / max(|before|, |after|), 0 to 2. */
  readonly relative: number;
  /** How many numbers differ. */
  readonly numbers: number;
}
