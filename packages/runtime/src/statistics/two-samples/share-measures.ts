import { upperGamma } from '../gamma.ts';
import type { BinCounts } from '../homogeneity.ts';

/** How two samples differ that fall into the same bins: the measures that people know, exactly as they are defined. */
export interface ShareMeasures {
  /** Half the sum of the differences between shares, 0 to 1. */
  readonly totalVariation: number;
  /** Square root of half the sum of the squared differences between roots of shares, 0 to 1. */
  readonly hellinger: number;
  /** Square root of the Jensen-Shannon divergence in nats, 0 to 0.8326. */
  readonly jensenShannon: number;
  /** Population stability index: the divergences of Kullback and Leibler both ways; null when it is infinite, for a bin is empty in one sample only. */
  readonly psi: number | null;
  /** Pearson's chi-square test without pooling or correction. */
  readonly chiSquare: CountTest;
  /** Likelihood ratio test without pooling or correction. */
  readonly g: CountTest;
}

export interface CountTest {
  readonly statistic: number;
  readonly degrees: number;
  /** By the chi-square distribution, which a bin with few rows does not follow well. */
  readonly pValue: number;
}

/** Bins that are empty in both samples count as none. @returns null when a sample is empty */
export function shareMeasures({ reference, current }: BinCounts): ShareMeasures | null {
  const [rows, drawn] = [sum(reference), sum(current)];
  if (rows === 0 || drawn === 0) return null;
  let [variation, roots, shannon, psi, pearson, likelihood, bins] = [0, 0, 0, 0, 0, 0, 0];
  for (const [bin, count] of reference.entries()) {
    const own = current[bin] ?? 0;
    if (count + own === 0) continue;
    const [p, q] = [count / rows, own / drawn];
    const middle = (p + q) / 2;
    bins++;
    variation += Math.abs(p - q);
    roots += (Math.sqrt(p) - Math.sqrt(q)) ** 2;
    shannon += (divergence(p, middle, (p - q) / 2) + divergence(q, middle, (q - p) / 2)) / 2;
    psi += p === q ? 0 : (p - q) * Math.log(p / q);
    // products of whole numbers: no digit is lost where shares are nearly equal
    const excess = (count * drawn - own * rows) / (rows + drawn);
    const expected = { reference: ((count + own) * rows) / (rows + drawn), current: ((count + own) * drawn) / (rows + drawn) };
    pearson += excess ** 2 * (1 / expected.reference + 1 / expected.current);
    likelihood += 2 * (divergence(count, expected.reference, excess) + divergence(own, expected.current, -excess));
  }
  const degrees = bins - 1;
  return {
    totalVariation: Math.min(1, variation / 2),
    hellinger: Math.min(1, Math.sqrt(roots / 2)),
    jensenShannon: Math.sqrt(Math.max(0, shannon)),
    psi: Number.isFinite(psi) ? psi : null,
    chiSquare: testOf(pearson, degrees),
    g: testOf(Math.max(0, likelihood), degrees),
  };
}

/** a log(a / b) - (a - b), the excess a - b being known: never negative. The excesses sum to nothing, so these sum to the sum of a log(a / b). */
function divergence(a: number, b: number, excess: number): number {
  return a === 0 ? b : a * Math.log1p(excess / b) - excess;
}

function testOf(statistic: number, degrees: number): CountTest {
  return { statistic, degrees, pValue: degrees === 0 ? 1 : upperGamma(degrees / 2, statistic / 2) };
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
