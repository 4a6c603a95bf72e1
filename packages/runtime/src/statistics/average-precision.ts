import type { WeightedStatistic } from './weights.ts';

/**
 * Area under the precision-recall curve as average precision: the mean over thresholds of precision, weighted by the gain in recall,
 * without interpolation. Rows of equal score enter together. Not finite when no drawn row is positive.
 */
export function averagePrecision(truth: Float64Array, scores: Float64Array): WeightedStatistic {
  const order = Int32Array.from(scores.keys()).sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0));
  const positive = Uint8Array.from(order, (row) => (truth[row] === 1 ? 1 : 0));
  const endsTie = Uint8Array.from(order, (row, rank) => (scores[row] === scores[order[rank + 1] ?? -1] ? 0 : 1));
  return (weights) => {
    let seen = 0;
    let found = 0;
    let foundBefore = 0;
    let area = 0;
    for (let rank = 0; rank < order.length; rank++) {
      const weight = weights[order[rank] ?? 0] ?? 0;
      seen += weight;
      found += weight * (positive[rank] ?? 0);
      if (endsTie[rank] === 1 && found > foundBefore) {
        area += ((found - foundBefore) * found) / seen;
        foundBefore = found;
      }
    }
    return area / found;
  };
}
