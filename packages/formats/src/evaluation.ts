import type { Digest } from './digest.ts';
import type { ErrorAnalysis } from './error-analysis.ts';
import type { Explanation } from './explanation.ts';
import type { JsonObject } from './json.ts';
import type { Task } from './model.ts';
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
  /** Small when it is proven that the candidate is not worse by the margin or more. */
  readonly pValue: number;
  /** Small when it is proven that the candidate is worse at all. */
  readonly pWorse: number;
  readonly method: string;
  readonly verdict: Verdict;
  /** Rows that would be needed for 80 % power when inconclusive; null otherwise or when it cannot be said. */
  readonly rowsNeeded: number | null;
}

export interface SliceComparison extends Comparison {
  readonly column: string;
  readonly value: string;
  /** `pWorse` adjusted after Holm over the gated slices: many slices make no false alarm more likely. */
  readonly adjustedPValue: number;
}

/** What a model that anybody could make (`constant`, `linear`, `last-value`) does on the rows of the candidate. */
export interface BaselineMetrics {
  readonly name: string;
  readonly metrics: readonly Metric[];
  /** Of the candidate against it by the primary metric, positive where the candidate is better; null when it cannot be computed. */
  readonly comparison: { readonly metric: string; readonly difference: number; readonly low: number; readonly high: number } | null;
}

/** How a metric came out with several seeds of the training, on the same rows. */
export interface SeedSpread {
  readonly metric: string;
  readonly higherIsBetter: boolean;
  /** The first is that of the model that is judged and released. */
  readonly values: readonly { readonly seed: number; readonly value: number }[];
  readonly mean: number;
  /** With n - 1 below. */
  readonly sd: number;
  readonly min: number;
  readonly max: number;
}

/** Points for a plot, thinned to at most 200. */
export interface Curve {
  readonly name: 'roc' | 'calibration' | 'residuals' | 'predicted-actual' | 'scores-positive' | 'scores-negative';
  readonly x: readonly number[];
  readonly y: readonly number[];
  /** Of `calibration`: rows behind each point, and the interval of its share at 95 % each side. */
  readonly rows?: readonly number[];
  readonly low?: readonly number[];
  readonly high?: readonly number[];
}

/** The evaluation of one model version on one test set. */
export interface Evaluation {
  readonly format: 'tidegate.evaluation/1';
  readonly model: string;
  readonly modelVersion: Digest;
  readonly testSet: Digest;
  readonly task: Task;
  /** Rows with a label: those that are judged. */
  readonly rows: number;
  readonly metrics: readonly Metric[];
  readonly slices: readonly SliceMetrics[];
  readonly curves: readonly Curve[];
  /** Fitted to the rows that the candidate was trained on; absent in evaluations of earlier versions. */
  readonly baselines?: readonly BaselineMetrics[];
  /** Absent when the training was run with one seed. */
  readonly seeds?: readonly SeedSpread[];
  /** The champion re-scored on the same rows; null when there is none. */
  readonly champion: { readonly release: Digest; readonly modelVersion: Digest; readonly metrics: readonly Metric[] } | null;
  /** Rows left out because the champion was trained on them. */
  readonly rowsExcluded: number;
  readonly comparisons: readonly Comparison[];
  readonly sliceComparisons: readonly SliceComparison[];
  readonly verdict: Verdict;
  /** What moves the predictions; absent when it was not asked for. */
  readonly explanation?: Explanation;
  /** Where it is wrong, with rows; absent in evaluations of earlier versions. */
  readonly errors?: ErrorAnalysis;
  /** From this alone the verdict can be computed again: labels and predictions of both models row by row, and what the gate asked. */
  readonly replay: {
    /** Parquet: docs/reference/formats/predictions.md. */
    readonly predictions: Digest;
    /** Version of the gate's rules: that of the step kind `evaluate`. */
    readonly rules: number;
    /** `evaluate` and `gate` of the model with their defaults, signature, champion, seed, replicates. */
    readonly request: JsonObject;
  };
}
