import { seededRandom } from '../seeded-random.ts';
import { type KernelMatrix, kernelMatrix } from './kernel-matrix.ts';
import { countOf, joined, type Points } from './points.ts';

export interface DiscrepancyTest {
  /** Unbiased estimate of the squared maximum mean discrepancy; about 0, maybe below, where nothing changed. */
  readonly squared: number;
  readonly pValue: number;
  /** Permutations that were drawn. */
  readonly permutations: number;
  readonly kernel: KernelMatrix;
}

export interface DiscrepancyOptions {
  /** Of the permutations. */
  readonly seed: number;
  /** Permutations at most; 1 / (permutations + 1) is the least p value. Default 999. */
  readonly permutations?: number;
}

/** After so many permutations that reach what was found it is plain that it is nothing. */
const enoughAbove = 20;

/**
 * Tests whether two samples of points are of one distribution: the maximum mean discrepancy with a Gaussian kernel, unbiased (Gretton et al. 2012, Journal
 * of Machine Learning Research 13:723, lemma 6), with a p value from permutations of which sample a point is in. They end early
 * where nothing is found, which keeps the p value valid (Besag and Clifford 1991, Biometrika 78:301).
 *
 * Takes 8 bytes and a kernel evaluation for each pair of points: give it a bounded sample.
 *
 * @returns null when a sample has fewer than two points, or all points coincide
 */
export function discrepancyTest(
  reference: Points,
  current: Points,
  { seed, permutations = 999 }: DiscrepancyOptions,
): DiscrepancyTest | null {
  const [first, second] = [countOf(reference), countOf(current)];
  if (first < 2 || second < 2) return null;
  const kernel = kernelMatrix(joined(reference, current));
  if (kernel === null) return null;
  const places = Uint32Array.from({ length: first + second }, (_, index) => index);
  const sums = sumsOf(kernel);
  // the sum within one sample says those within the other and between them
  const least = Math.min(first, second);
  const own = first === least ? places.slice(0, first) : places.slice(first);
  const squared = squaredOf(kernel, sums, own);
  const random = seededRandom(seed);
  let above = 0;
  let drawn = 0;
  while (drawn < permutations && above < enoughAbove) {
    drawChosen(places, least, random.below);
    if (squaredOf(kernel, sums, places.subarray(0, least)) >= squared) above++;
    drawn++;
  }
  const pValue = above >= enoughAbove ? above / drawn : (above + 1) / (drawn + 1);
  return { squared, pValue, permutations: drawn, kernel };
}

interface KernelSums {
  /** Of each row, without the pair of a point with itself. */
  readonly rows: Float64Array;
  readonly all: number;
}

function sumsOf({ values, points }: KernelMatrix): KernelSums {
  const rows = new Float64Array(points);
  let all = 0;
  for (let a = 0; a < points; a++) {
    let sum = -1;
    for (let b = 0; b < points; b++) sum += values[a * points + b] ?? 0;
    rows[a] = sum;
    all += sum;
  }
  return { rows, all };
}

function squaredOf({ values, points }: KernelMatrix, { rows, all }: KernelSums, chosen: Uint32Array): number {
  let within = 0;
  let touching = 0;
  for (let index = 0; index < chosen.length; index++) {
    const place = chosen[index] ?? 0;
    touching += rows[place] ?? 0;
    const start = place * points;
    for (let other = 0; other < index; other++) within += values[start + (chosen[other] ?? 0)] ?? 0;
  }
  const others = points - chosen.length;
  const between = touching - 2 * within;
  const rest = all - 2 * within - 2 * between;
  return (2 * within) / (chosen.length * (chosen.length - 1)) + rest / (others * (others - 1)) - (2 * between) / (chosen.length * others);
}

/** The first `least` places become a sample without replacement (Fisher and Yates). */
function drawChosen(places: Uint32Array, least: number, below: (bound: number) => number): void {
  for (let index = 0; index < least; index++) {
    const other = index + below(places.length - index);
    const kept = places[index] ?? 0;
    places[index] = places[other] ?? 0;
    places[other] = kept;
  }
}
