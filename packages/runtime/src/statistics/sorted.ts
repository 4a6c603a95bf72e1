/** Share of ascending values below `bound`, those equal to it counted half. */
export function shareBelow(sorted: Float64Array, bound: number): number {
  const below = countLeading(sorted, (value) => value < bound);
  const notAbove = countLeading(sorted, (value) => value <= bound);
  return (below + notAbove) / 2 / sorted.length;
}

/** The quantile of ascending values at `probability`, interpolated between order statistics k at probabilities k / (n + 1). */
export function sortedQuantile(sorted: Float64Array, probability: number): number {
  const position = Math.min(Math.max(probability * (sorted.length + 1) - 1, 0), sorted.length - 1);
  const before = sorted[Math.floor(position)] ?? Number.NaN;
  const after = sorted[Math.ceil(position)] ?? Number.NaN;
  return before + (after - before) * (position - Math.floor(position));
}

/** How many leading values hold, where all that hold come first. */
function countLeading(sorted: Float64Array, holds: (value: number) => boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(sorted[middle] ?? Number.NaN)) low = middle + 1;
    else high = middle;
  }
  return low;
}
