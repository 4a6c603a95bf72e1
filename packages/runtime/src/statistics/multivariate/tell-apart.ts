import { seededRandom } from '../seeded-random.ts';
import { type BinnedFeature, boostTrees, type BoostedTrees } from './boosted-trees.ts';
import { type ScoredHalf, type Separation, separationOf } from './separation.ts';

/** Rows of two samples, each in one of two halves that chance decides. */
export interface TwoSamples {
  /** By row: 1 where it is a current one, 0 where it is one of the reference. */
  readonly isCurrent: Uint8Array;
  /** By row: 0 or 1. */
  readonly halves: Uint8Array;
}

export interface ToldApart extends Separation {
  /** Features without which the samples are told apart less well, the most telling first: their place, and the AUC that is lost. */
  readonly telling: readonly { readonly feature: number; readonly loss: number }[];
}

export interface TellOptions {
  /** One-sided, of the bounds of the AUC. */
  readonly confidence: number;
  /** Of the shuffling that says what tells them apart. */
  readonly seed: number;
  /** Features that may be named. Default 10. */
  readonly mostNamed?: number;
}

/**
 * A domain classifier (Lopez-Paz and Oquab 2017, Revisiting classifier two-sample tests): boosted trees learn from one half of the rows which sample a
 * row is of, and are asked about the other half, and the other way round. Sees what columns do together, which none of them shows.
 * What tells the samples apart is the AUC that goes when the values of one feature are shuffled among the rows (Breiman 2001, Machine Learning 45:5).
 *
 * @returns null when a half lacks rows of a sample, or there is no feature
 */
export function tellApart(features: readonly BinnedFeature[], samples: TwoSamples, options: TellOptions): ToldApart | null {
  const { confidence, seed, mostNamed = 10 } = options;
  if (features.length === 0) return null;
  const halves = [0, 1].map((half) => rowsOf(samples, half));
  const [first, second] = halves;
  if (first === undefined || second === undefined) return null;
  const learned = [second, first].map((rows) => boostTrees(features, { rows, isSecond: samples.isCurrent }));
  const separated = (own: readonly BinnedFeature[]): Separation | null => {
    const [one, other] = [first, second].map((rows, half) => scored(own, rows, samples, learned[half]));
    return one === undefined || other === undefined ? null : separationOf([one, other], confidence);
  };
  const found = separated(features);
  if (found === null) return null;
  const gains = features.map((_, feature) => ({ feature, gain: learned.reduce((sum, trees) => sum + (trees.gains[feature] ?? 0), 0) }));
  const mostUsed = gains.toSorted((a, b) => b.gain - a.gain || a.feature - b.feature).slice(0, mostNamed);
  const telling = mostUsed
    .map(({ feature }) => {
      const without = separated(features.map((own, index) => (index === feature ? shuffled(own, [first, second], seed) : own)));
      return { feature, loss: found.auc - (without?.auc ?? found.auc) };
    })
    .filter(({ loss }) => loss > 0)
    .sort((a, b) => b.loss - a.loss || a.feature - b.feature);
  return { ...found, telling };
}

function rowsOf({ halves }: TwoSamples, half: number): Uint32Array {
  return Uint32Array.from(halves.keys()).filter((row) => halves[row] === half);
}

function scored(
  features: readonly BinnedFeature[],
  rows: Uint32Array,
  { isCurrent }: TwoSamples,
  trees: BoostedTrees | undefined,
): ScoredHalf {
  const scoresOf = (current: number): Float64Array =>
    Float64Array.from(
      rows.filter((row) => isCurrent[row] === current),
      (row) => trees?.score(features, row) ?? 0,
    );
  return { reference: scoresOf(0), current: scoresOf(1) };
}

/** The values of a feature with those of other rows of their half in their place. */
function shuffled(feature: BinnedFeature, halves: readonly Uint32Array[], seed: number): BinnedFeature {
  const random = seededRandom(seed);
  const bins = feature.bins.slice();
  for (const rows of halves)
    for (let index = rows.length - 1; index > 0; index--) {
      const [one, other] = [rows[index] ?? 0, rows[random.below(index + 1)] ?? 0];
      const kept = bins[one] ?? 0;
      bins[one] = bins[other] ?? 0;
      bins[other] = kept;
    }
  return { ...feature, bins };
}
