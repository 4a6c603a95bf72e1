/**
 * Adjusts the p values of a family so that among those at most q, no more than a share of q is false in the long run (Benjamini and Hochberg 1995,
 * JRSS B 57:289): for independent tests, and for those that depend positively.
 *
 * @returns adjusted p values in the order given, each at most 1
 */
export function hochbergAdjusted(pValues: readonly number[]): readonly number[] {
  const order = pValues.map((_, index) => index).sort((a, b) => (pValues[b] ?? 1) - (pValues[a] ?? 1));
  const adjusted = pValues.map(() => 1);
  let least = 1;
  order.forEach((index, position) => {
    least = Math.min(least, (pValues.length * (pValues[index] ?? 1)) / (pValues.length - position));
    adjusted[index] = least;
  });
  return adjusted;
}
