import { sizesOf, stepsOf, type ValueCounts } from './value-counts.ts';

/**
 * The statistic of Anderson and Darling for two samples, values that are equal halved, less its mean and over its standard deviation when nothing changed
 * (Scholz and Stephens 1987, JASA 82:918, equation 7). Looks more at the tails than the others do. Above 1.96 it is significant at 5 %, above 3.75 at 1 %.
 *
 * @returns null when there are fewer than four rows, a sample is empty, or all values are equal
 */
export function andersonDarling(counts: ValueCounts): number | null {
  const { reference: n, current: m } = sizesOf(counts);
  const all = n + m;
  if (n === 0 || m === 0 || all < 4) return null;
  let [ofReference, ofCurrent, different] = [0, 0, 0];
  for (const { below, reference, current } of stepsOf(counts)) {
    const own = reference + current;
    const middle = below.reference + below.current + own / 2;
    const weight = own / all / (middle * (all - middle) - (all * own) / 4);
    ofReference += weight * (all * (below.reference + reference / 2) - middle * n) ** 2;
    ofCurrent += weight * (all * (below.current + current / 2) - middle * m) ** 2;
    different++;
  }
  if (different < 2) return null;
  const statistic = ((all - 1) / all) * (ofReference / n + ofCurrent / m);
  return (statistic - 1) / Math.sqrt(varianceOf(n, m));
}

/** For two samples (k = 2). */
function varianceOf(n: number, m: number): number {
  const all = n + m;
  const inverse = 1 / n + 1 / m;
  // g = sum over k of (H(N - 1) - H(N - k)) / k, and the sum of H(N - k) / k is H(N)^2 - H2(N)
  const h = harmonicSum(all) - 1 / all;
  const g = squaresSum(all) - (2 * h + 1 / all) / all;
  const a = 4 * g - 6 + (10 - 6 * g) * inverse;
  const b = (2 * g - 4) * 4 + 16 * h + (2 * g - 14 * h - 4) * inverse - 8 * h + 4 * g - 6;
  const c = (6 * h + 2 * g - 2) * 4 + (4 * h - 4 * g + 6) * 2 + (2 * h - 6) * inverse + 4 * h;
  const d = (2 * h + 6) * 4 - 8 * h;
  return (a * all ** 3 + b * all ** 2 + c * all + d) / ((all - 1) * (all - 2) * (all - 3));
}

/** So many summands are added; of more the expansion of Euler and Maclaurin is as exact as a number can be. */
const mostAdded = 1000;

/** 1 + 1/2 + ... + 1/n */
function harmonicSum(n: number): number {
  if (n <= mostAdded) return sumOf(n, (i) => 1 / i);
  return Math.log(n) + eulersConstant + 1 / (2 * n) - 1 / (12 * n ** 2) + 1 / (120 * n ** 4);
}

const eulersConstant = 0.577_215_664_901_532_9;

/** 1 + 1/4 + ... + 1/n^2 */
function squaresSum(n: number): number {
  if (n <= mostAdded) return sumOf(n, (i) => 1 / i ** 2);
  return Math.PI ** 2 / 6 - 1 / n + 1 / (2 * n ** 2) - 1 / (6 * n ** 3) + 1 / (30 * n ** 5);
}

function sumOf(n: number, summand: (i: number) => number): number {
  let sum = 0;
  for (let i = n; i >= 1; i--) sum += summand(i);
  return sum;
}
