import { sizesOf, stepsOf, type ValueCounts } from './value-counts.ts';
import { logGamma } from '../gamma.ts';

export interface CramerVonMises {
  readonly statistic: number;
  /** That of very many rows, fitted to mean and variance for these; with ties it errs upwards. */
  readonly pValue: number;
}

/**
 * The criterion of Cramér and von Mises for two samples (Anderson 1962, Annals of Mathematical Statistics 33:1148, equation 9), values that are equal having
 * the mean of their ranks; null when a sample has fewer than two rows.
 */
export function cramerVonMises(counts: ValueCounts): CramerVonMises | null {
  const { reference: n, current: m } = sizesOf(counts);
  if (n < 2 || m < 2) return null;
  let ofReference = 0;
  let ofCurrent = 0;
  for (const { below, reference, current } of stepsOf(counts)) {
    const rank = below.reference + below.current + (reference + current + 1) / 2;
    ofReference += squares(rank - below.reference, reference);
    ofCurrent += squares(rank - below.current, current);
  }
  const [pairs, all] = [n * m, n + m];
  const statistic = (n * ofReference + m * ofCurrent) / (pairs * all) - (4 * pairs - 1) / (6 * all);
  const mean = (1 + 1 / all) / 6;
  const variance = ((all + 1) * (4 * pairs * all - 3 * (n * n + m * m) - 2 * pairs)) / (45 * all * all * 4 * pairs);
  const fitted = 1 / 6 + (statistic - mean) / Math.sqrt(45 * variance);
  return { statistic, pValue: fitted < 0.003 ? 1 : Math.max(0, 1 - limitDistribution(fitted)) };
}

/** (from - 1)² + (from - 2)² + …, so many terms, without a loop: Σ (from - i)². */
function squares(from: number, terms: number): number {
  return terms * from * from - from * terms * (terms + 1) + (terms * (terms + 1) * (2 * terms + 1)) / 6;
}

/** The distribution of the criterion for very many rows (Anderson and Darling 1952, Annals of Mathematical Statistics 23:193, equation 4.35). */
function limitDistribution(x: number): number {
  let sum = 0;
  for (let k = 0; k < 50; k++) {
    const odd = 4 * k + 1;
    const at = (odd * odd) / (16 * x);
    // (-1)^k C(-1/2, k) = Γ(k + 1/2) / (sqrt(π) k!)
    const weight = Math.exp(logGamma(k + 0.5) - logGamma(k + 1)) / Math.sqrt(Math.PI);
    const term = weight * Math.sqrt(odd) * Math.exp(-2 * at) * scaledBessel(at);
    sum += term;
    if (term < 1e-17 * sum) break;
  }
  return Math.min(1, sum / (Math.PI * Math.sqrt(x)));
}

/** exp(x) K(x), K being the modified Bessel function of order 1/4: the integral of exp(x (1 - cosh t)) cosh(t / 4), by trapezoids, which converge as fast as its tails fall. */
function scaledBessel(x: number): number {
  const end = Math.acosh(1 + 45 / x);
  const steps = 200;
  let sum = 0.5;
  for (let step = 1; step <= steps; step++) {
    const t = (end * step) / steps;
    // cosh t - 1 without cancellation
    sum += Math.exp(-2 * x * Math.sinh(t / 2) ** 2) * Math.cosh(t / 4);
  }
  return (sum * end) / steps;
}
