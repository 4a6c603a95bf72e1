/** A feature that is distributed otherwise than before among the rows of a slice. */
export interface DriftedSlice {
  /** What its rows have in common: one or two columns with a value or a span of numbers; none for all rows. */
  readonly slice: readonly { readonly column: string; readonly value: string }[];
  readonly feature: string;
  /** Rows of the slice in the samples that were looked at, and its share of the current one. */
  readonly rows: number;
  readonly referenceRows: number;
  readonly share: number;
  /** Total variation distance of the feature within the slice, with one-sided bounds at 95 %. */
  readonly distance: number;
  readonly low: number;
  readonly high: number;
  /** What matters begins here: the floor, with what is usual in the slice from one span of time to another. */
  readonly limit: number;
  readonly adjustedPValue: number;
  /**
   * What the shift does to the mean of the outcome over all rows, if rows alike are predicted as they were: the share of the slice times the sum over bins of
   * (share now - share then) times the mean outcome of the bin; null without an outcome.
   */
  readonly effect: number | null;
  /** The bin whose share changed most. */
  readonly moved: { readonly bin: string; readonly reference: number; readonly current: number };
  /** One sentence with the numbers. */
  readonly reason: string;
}

/**
 * Where drift is: slices and the features that moved in them, ranked by what that does to the model. Specification: docs/reference/formats/slice-drift.md.
 */
export interface SliceDrift {
  readonly format: 'tidegate.slice-drift/1';
  /** The column whose mean effects are about; null without one: then the largest number of moved rows comes first. */
  readonly outcome: string | null;
  /** Rows of the samples that were looked at. */
  readonly rows: number;
  readonly referenceRows: number;
  /** Pairs of a slice and a feature that were judged, for which all p values are adjusted. */
  readonly judged: number;
  /** Slices that have too few rows to be judged. */
  readonly tooSmall: number;
  /** The distance that is found with a chance of 80 % in the smallest slice that was judged; null when none was. */
  readonly smallest: number | null;
  /** The worst first, at most 50. */
  readonly found: readonly DriftedSlice[];
}
