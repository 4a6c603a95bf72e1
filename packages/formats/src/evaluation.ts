import type { Digest } from './digest.ts';
import type { Verdict } from './verdict.ts';

/** A measured number with its uncertainty. */
export interface Metric {
  readonly name: string;
  readonly value: number;
  /** Two-sided interval at `confidence`; null when none can be given (`method` says why). */
  readonly low: number | null;
  readonly high: number | null;
  readonly confidence: number;
  /** `delong`, `wilson`, `bootstrap-bca`, … */
  readonly method: string;
  readonly rows: number;
  readonly higherIsBetter: boolean;
}

export interface SliceMetrics {
  readonly column: string;
  readonly value: string;
  readonly rows: number;
  readonly metrics: readonly Metric[];
}

/** A paired comparison on the same rows; differences are signed so that positive means the candidate is better. */
export interface Comparison {
  readonly metric: string;
  readonly rows: number;
  readonly champion: number;
  readonly candidate: number;
  readonly difference: number;
  /** One-sided bounds at `confidence` each: the candidate is not worse than `low`, not better than `high`. */
  readonly low: number;
  readonly high: number;
  readonly confidence: number;
  readonly margin: number;
  readonly pValue: number;
  readonly method: string;
  readonly verdict: Verdict;
  /** Rows that would be needed for 80 % power when inconclusive; null otherwise or when it cannot be said. */
  readonly rowsNeeded: number | null;
}

export interface SliceComparison extends Comparison {
  readonly column: string;
  readonly value: string;
  /** Holm-adjusted p value over the gated slices. */
  readonly adjustedPValue: number;
}

/** Points for a plot, thinned to at most 200. */
export interface Curve {
  readonly name: 'roc' | 'calibration' | 'residuals' | 'predicted-actual' | 'scores-positive' | 'scores-negative';
  readonly x: readonly number[];
  readonly y: readonly number[];
}

/** The evaluation of one model version on one test set. */
export interface Evaluation {
  readonly format: 'tidegate.evaluation/1';
  readonly model: string;
  readonly modelVersion: Digest;
  readonly testSet: Digest;
  readonly rows: number;
  readonly metrics: readonly Metric[];
  readonly slices: readonly SliceMetrics[];
  readonly curves: readonly Curve[];
  /** The champion re-scored on the same rows; null when there is none. */
  readonly champion: { readonly release: Digest; readonly modelVersion: Digest; readonly metrics: readonly Metric[] } | null;
  /** Rows left out because the champion was trained on them. */
  readonly rowsExcluded: number;
  readonly comparisons: readonly Comparison[];
  readonly sliceComparisons: readonly SliceComparison[];
  readonly verdict: Verdict;
}
