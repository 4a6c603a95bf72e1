/** How one column of two samples differs. Shares are by bin, those of the reference before those of the current sample. */
export interface ColumnDrift {
  readonly column: string;
  readonly kind: 'ordered' | 'categories';
  readonly rows: number;
  readonly referenceRows: number;
  /** Total variation distance with one-sided bounds at `confidence` each. */
  readonly distance: number;
  readonly low: number;
  readonly high: number;
  readonly confidence: number;
  /** How far the rows may be nearer to each other (`less`) and farther apart (`more`) than what a profile counts of them, which `low` and `high` have in them; left out where that is nothing. */
  readonly error?: { readonly less: number; readonly more: number };
  /** How much more than `usual` matters. */
  readonly floor: number;
  /** What windows of the reference differ by among themselves; null when the column is judged by rows. */
  readonly usual: number | null;
  /** The change of the share of rows without a value, where it is judged apart because a distance is usual; null elsewhere. */
  readonly missing: { readonly distance: number; readonly low: number; readonly high: number; readonly usual: number } | null;
  readonly pValue: number;
  readonly adjustedPValue: number;
  readonly falseAlarms: number;
  /** The smallest changes that so many rows would have found with a chance of 80 %, each null when none of its sort; null without rows. */
  readonly smallest: SmallestDrift | null;
  /** Rows that would decide, when inconclusive and known. */
  readonly rowsNeeded: number | null;
  /** Averages; null for categories. */
  readonly means: { readonly reference: number | null; readonly current: number | null } | null;
  /** What each bin holds, in words: `at most 4.6`, `UA`, `missing`. */
  readonly bins: readonly { readonly name: string; readonly reference: number; readonly current: number }[];
}

/** Changes of several sorts that would be found. */
export interface SmallestDrift {
  /** Of any change over the bins: the total variation distance of the one that is hardest to see. */
  readonly distance: number | null;
  /** Of a shift of all numbers, in standard deviations. */
  readonly deviations: number | null;
  /** Of numbers that are all so many times as far from their mean. */
  readonly spread: number | null;
  /** Of rows that lose their value, as a share of those that have one. */
  readonly missing: number | null;
  /** Of rows that get a value that was never seen, as a share of those that have one. */
  readonly unseen: number | null;
}
