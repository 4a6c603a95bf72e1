/**
 * Adjusts the p values of a family so that among those at most q, no more than a share of q is false in the long run, however the tests
 * depend on one another (Benjamini and Yekutieli 2001, Annals of Statistics 29:1165). When nothing is there to be found, any finding is
 * false, so q is then the chance of even one.
 *
 * Columns of one row depend on each other in both directions, for which the plain procedure of Benjamini and Hochberg is not proven.
 *
 * @returns adjusted p values in the order given, each at most 1
 */
export function yekutieliAdjusted(pValues: readonly number[]): readonly number[] {
  const order = pValues.map((_, index) => index).sort((a, b) => (pValues[b] ?? 1) - (pValues[a] ?? 1));
  const factor = pValues.length * harmonic(pValues.length);
  const adjusted = pValues.map(() => 1);
  let least = 1;
  order.forEach((index, position) => {
    least = Math.min(least, (factor * (pValues[index] ?? 1)) / (pValues.length - position));
    adjusted[index] = least;
  });
  return adjusted;
}

/** 1 + 1/2 + … + 1/n: what not knowing how the tests depend on one another costs. */
function harmonic(n: number): number {
  let total = 0;
  for (let k = 1; k <= n; k++) total += 1 / k;
  return total;
}
