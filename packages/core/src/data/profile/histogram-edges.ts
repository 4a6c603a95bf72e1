/** Bins of a histogram. */
const bins = 20;

/**
 * Edges of equal-width bins over a finite range. A range too narrow for that (one value, or neighbours among the floating-point
 * numbers) gives one bin.
 */
export function histogramEdges(min: number, max: number): readonly number[] {
  const range = max - min;
  // a range may be wider than the largest number
  const offset = (index: number): number => (Number.isFinite(range * bins) ? (range * index) / bins : (max / bins - min / bins) * index);
  const edges = Array.from({ length: bins + 1 }, (_, index) => (index === bins ? max : min + offset(index)));
  const isIncreasing = edges.every((edge, index) => index === 0 || edge > (edges[index - 1] ?? edge));
  return isIncreasing ? edges : [min, max];
}
