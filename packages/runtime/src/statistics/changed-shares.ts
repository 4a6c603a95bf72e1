import { normalCdf, normalQuantile } from './normal.ts';

/** Where the bins of numbers end, and how their values lie. */
export interface NumberScale {
  /** Upper ends of all bins but the last, from low to high. */
  readonly edges: readonly number[];
  readonly mean: number;
  /** Standard deviation, above 0. */
  readonly deviation: number;
}

/** All numbers higher by so many standard deviations, or farther from their mean by so many times. */
export interface NumberChange {
  readonly change: 'shift' | 'spread';
  readonly size: number;
}

/**
 * The shares of the bins after a change of all numbers. Within a bin numbers are taken as even, and beyond the outermost edges as exponential with the density that
 * the next bin has.
 *
 * @param scale null: numbers are normal
 */
export function changedShares(shares: readonly number[], scale: NumberScale | null, { change, size }: NumberChange): readonly number[] {
  const all = shares.reduce((sum, share) => sum + share, 0);
  if (all === 0) return shares;
  const ends: number[] = [];
  for (const share of shares) ends.push((ends.at(-1) ?? 0) + share / all);
  const inside = ends.slice(0, -1);
  const own = scale === null || scale.edges.length < 2 ? normalColumn(inside) : binnedColumn(inside, scale);
  const { mean, deviation } = own;
  const origin = (edge: number): number => (change === 'shift' ? edge - size * deviation : mean + (edge - mean) / (1 + size));
  const moved = [0, ...own.edges.map((edge) => own.below(origin(edge))), 1];
  return shares.map((_, bin) => all * Math.max(0, (moved[bin + 1] ?? 1) - (moved[bin] ?? 0)));
}

interface Column extends NumberScale {
  /** The share of rows up to a value. */
  readonly below: (value: number) => number;
}

function normalColumn(ends: readonly number[]): Column {
  const inside = (share: number): number => Math.min(1 - 1e-12, Math.max(1e-12, share));
  return { edges: ends.map((end) => normalQuantile(inside(end))), mean: 0, deviation: 1, below: normalCdf };
}

function binnedColumn(ends: readonly number[], { edges, mean, deviation }: NumberScale): Column {
  const edge = (index: number): number => edges[index] ?? 0;
  const end = (index: number): number => ends[index] ?? 1;
  const last = edges.length - 1;
  // of the exponential tails: what of a tail's rows lies in a unit next to its edge
  const rate = (from: number, tail: number): number => (end(from + 1) - end(from)) / (edge(from + 1) - edge(from)) / Math.max(tail, 1e-12);
  const [low, high] = [rate(0, end(0)), rate(last - 1, 1 - end(last))];
  return { edges, mean, deviation, below };

  function below(value: number): number {
    if (value <= edge(0)) return end(0) * Math.exp(low * (value - edge(0)));
    if (value > edge(last)) return 1 - (1 - end(last)) * Math.exp(high * (edge(last) - value));
    const at = edges.findIndex((one) => value <= one);
    const share = (value - edge(at - 1)) / (edge(at) - edge(at - 1));
    return end(at - 1) + share * (end(at) - end(at - 1));
  }
}
