import type { Verdict } from './verdict.ts';

/** One thing that columns together, the vectors of a column or the texts of one were asked. */
export interface JointFinding {
  /** `classifier`, `pairs`, `reconstruction`, `embedding.COLUMN`, `text.COLUMN.characters`, `text.COLUMN.words`, `text.COLUMN.vocabulary`, `text.COLUMN.writing`. */
  readonly name: string;
  readonly columns: readonly string[];
  readonly verdict: Verdict;
  /** One sentence with the numbers. */
  readonly reason: string;
  /** `auc`: chance that a current row is told from one of the reference, 0.5 = not at all. `correlation`: largest change of one. `total variation`: share of rows that would have to be others. `share of rows`: that are strange beyond chance. */
  readonly measure: 'auc' | 'correlation' | 'total variation' | 'share of rows';
  readonly value: number;
  /** One-sided bounds at 95 %. */
  readonly low: number;
  readonly high: number;
  /** What matters begins here, with what is usual from one span of time to another. */
  readonly limit: number;
  readonly pValue: number;
  /** Adjusted for all findings of the document. */
  readonly adjustedPValue: number;
  /** The smallest of its measure that so many rows would have found with a chance of 80 %, beside what else was asked; null where that is not known, or none would have been. */
  readonly smallest: number | null;
  /** Columns that tell the samples apart, with the AUC that is lost without them, or the change of their correlation; the most telling first. */
  readonly telling: readonly { readonly column: string; readonly loss: number }[];
  /** Of `pairs`: what goes together otherwise, with its correlation before and now; those that matter, or the one that changed most. */
  readonly pairs: readonly { readonly terms: readonly [string, string]; readonly reference: number; readonly current: number }[];
  /** Rows of the samples that were looked at. */
  readonly rows: number;
  readonly referenceRows: number;
}

/**
 * How two samples of rows differ beyond what single columns show. Specification: docs/reference/formats/joint-drift.md.
 */
export interface JointDrift {
  readonly format: 'tidegate.joint-drift/1';
  /** The worst of the findings; inconclusive without any. */
  readonly verdict: Verdict;
  /** Rows that there were, before samples were taken. */
  readonly rows: number;
  readonly referenceRows: number;
  readonly findings: readonly JointFinding[];
  /** Columns that were not looked at, and why. */
  readonly leftOut: readonly { readonly column: string; readonly reason: string }[];
}
