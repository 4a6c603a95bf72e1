import { type Distribution, invariant } from '@tidegate/formats';
import { type Borders, bordersOf, cellsOf, exponentFor, mergeCells, packCells, unpackCells } from './cells.ts';
import { mergeMoments, type Moments } from './moments.ts';

/** The distribution of numbers that are at hand, each with its rows; null without any. Needs memory for all of them: for few, such as lengths. */
export function distributionOf(values: readonly (readonly [value: number, rows: number])[]): Distribution | null {
  const [first] = values;
  if (first === undefined) return null;
  const [min, max] = values.reduce(([low, high], [value]) => [Math.min(low, value), Math.max(high, value)], [first[0], first[0]]);
  const rows = values.reduce((sum, [, count]) => sum + count, 0);
  const mean = values.reduce((sum, [value, count]) => sum + (value * count) / rows, 0);
  const deviation = Math.sqrt(values.reduce((sum, [value, count]) => sum + ((value - mean) ** 2 * count) / rows, 0));
  const exponent = exponentFor(min, max);
  return { rows, min, max, mean, deviation, cells: packCells(exponent, cellsOf(values, exponent)) };
}

/** The distribution of the rows of all: counts exactly, mean and deviation but for rounding. Those that are null have no rows. */
export function mergeDistributions(all: readonly (Distribution | null)[]): Distribution | null {
  const [first, ...more] = all.filter((one) => one !== null);
  if (first === undefined || more.length === 0) return first ?? null;
  const every = [first, ...more];
  const min = every.reduce((low, one) => Math.min(low, one.min), first.min);
  const max = every.reduce((high, one) => Math.max(high, one.max), first.max);
  const exponent = exponentFor(min, max);
  const cells = mergeCells(
    every.map((each) => each.cells),
    exponent,
  );
  const { rows, mean, deviation } = more.reduce<Moments>(mergeMoments, first);
  return { rows, min, max, mean, deviation, cells };
}

/** Rows between two values, `low` aside but for the least value of all. */
interface Span extends Borders {
  readonly rows: number;
}

/** Where the rows are, in the order of their values. */
function spansOf({ cells, min, max }: Distribution): readonly Span[] {
  return unpackCells(cells).map((cell) => {
    const { low, high } = bordersOf(cell, cells.exponent);
    return { low: Math.max(low, min), high: Math.min(high, max), rows: cell.rows };
  });
}

/** A quantile: the true one is above `low` and at most `high`. */
export interface QuantileEstimate extends Borders {
  readonly value: number;
}

/** The least value that at least this share of the rows does not exceed. */
export function quantileOf(distribution: Distribution, probability: number): QuantileEstimate {
  const [found] = quantilesOf(distribution, [probability]);
  invariant(found !== undefined, 'There is a quantile of each probability');
  return found;
}

/** {@link quantileOf} of several probabilities in rising order, for what one costs. */
export function quantilesOf(distribution: Distribution, rising: readonly number[]): readonly QuantileEstimate[] {
  const found: QuantileEstimate[] = [];
  let below = 0;
  const wanted = rising.map((probability) => Math.max(1, Math.ceil(probability * distribution.rows)));
  for (const { low, high, rows } of spansOf(distribution)) {
    for (let next = wanted[found.length]; next !== undefined && below + rows >= next; next = wanted[found.length]) {
      const share = (next - below) / rows;
      found.push({ value: low * (1 - share) + high * share, low, high });
    }
    below += rows;
  }
  const { max } = distribution;
  return rising.map((_, at) => found[at] ?? { value: max, low: max, high: max });
}
