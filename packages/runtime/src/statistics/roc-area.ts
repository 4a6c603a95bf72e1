import type { WeightedStatistic } from './weights.ts';

/** Area under the ROC curve of weighted rows: the chance that a positive row scores above a negative one, ties counted half. Not finite without both. */
export function rocArea(truth: Float64Array, scores: Float64Array): WeightedStatistic {
  const order = Int32Array.from(scores.keys()).sort((a, b) => (scores[a] ?? 0) - (scores[b] ?? 0));
  const positive = Uint8Array.from(order, (row) => (truth[row] === 1 ? 1 : 0));
  const endsTie = Uint8Array.from(order, (row, rank) => (scores[row] === scores[order[rank + 1] ?? -1] ? 0 : 1));
  return (weights) => {
    let negativesBelow = 0;
    let positives = 0;
    let tiedPositives = 0;
    let tiedNegatives = 0;
    let area = 0;
    for (let rank = 0; rank < order.length; rank++) {
      const weight = weights[order[rank] ?? 0] ?? 0;
      if (positive[rank] === 1) tiedPositives += weight;
      else tiedNegatives += weight;
      if (endsTie[rank] === 0) continue;
      area += tiedPositives * (negativesBelow + tiedNegatives / 2);
      negativesBelow += tiedNegatives;
      positives += tiedPositives;
      tiedPositives = 0;
      tiedNegatives = 0;
    }
    return area / (positives * negativesBelow);
  };
}
