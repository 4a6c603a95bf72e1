import { logGamma } from '@tidegate/runtime';

/** Rows of a sample from which on more of them narrow a limit by less than anybody would note; a limit for fewer is never too narrow. */
const countedRows = 2000;

/**
 * The share of the rows of a next sample of the same size that have what `found` of `of` rows have now, which is exceeded with no more than the chance. The
 * number of them follows a beta-binomial distribution, with the uniform prior of Bayes and Laplace. Of rows outside the range between two order statistics
 * that is exact whatever the distribution of the values (Wilks 1942), but for half a row on the safe side.
 *
 * @returns 0 to 1
 */
export function nextShare({ found, of }: { readonly found: number; readonly of: number }, chance: number): number {
  const rows = Math.min(of, countedRows);
  const [with_, without] = [(found * rows) / of + 1, ((of - found) * rows) / of + 1];
  const whole = logGamma(rows + 1) + logGamma(with_ + without) - logGamma(with_) - logGamma(without) - logGamma(rows + with_ + without);
  let more = 0;
  for (let count = rows; count > 0; count--) {
    const ways = logGamma(count + with_) + logGamma(rows - count + without) - logGamma(count + 1) - logGamma(rows - count + 1);
    more += Math.exp(whole + ways);
    if (more > chance) return count / rows;
  }
  return 0;
}
