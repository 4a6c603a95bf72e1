/**
 * Adjusts the p values of a family so that the chance of even one false alarm stays at the level of a single test
 * (Holm 1979, Scandinavian Journal of Statistics 6:65).
 *
 * @returns adjusted p values in the order given, each at least its own p value and at most 1
 */
export function holmAdjusted(pValues: readonly number[]): readonly number[] {
  const order = pValues.map((_, index) => index).sort((a, b) => (pValues[a] ?? 1) - (pValues[b] ?? 1));
  const adjusted = pValues.map(() => 1);
  let largest = 0;
  order.forEach((index, rank) => {
    largest = Math.max(largest, Math.min(1, (pValues.length - rank) * (pValues[index] ?? 1)));
    adjusted[index] = largest;
  });
  return adjusted;
}
