import type { JointFinding } from '@tidegate/formats';

/** What a test found, before it is adjusted for the others. */
export type FoundEffect = Pick<
  JointFinding,
  'name' | 'columns' | 'measure' | 'value' | 'low' | 'high' | 'pValue' | 'limit' | 'telling' | 'pairs' | 'rows' | 'referenceRows'
> & {
  /** The smallest of its measure that is found with a chance of 80 % where its p value must be below a level; null when that is not known, or none is. */
  readonly smallest: (level: number) => number | null;
  /** Below this it passes, where that is not the limit. */
  readonly passes?: number;
};

export interface JointLimits {
  /** Total variation distance below which a change does not matter. */
  readonly floor: number;
  /** One-sided confidence of bounds. */
  readonly confidence: number;
  readonly seed: number;
  /** Columns that a classifier may name. Default 10. */
  readonly mostNamed?: number;
  /** Permutations of a test that draws them; none where only the size of a change is asked for. Default 999. */
  readonly permutations?: number;
}
