import type { HalvedCounts, Verdict } from '@tidegate/formats';
import { fisherExactTest } from './fisher-exact.ts';
import { type BinCounts, homogeneityTest } from './homogeneity.ts';
import { normalCdf, normalQuantile } from './normal.ts';
import { type NoveltyCounts, noveltyTest } from './novelty.ts';
import { rankSumTest } from './rank-sum.ts';
import { add, type DistanceEstimate, totalVariation } from './total-variation.ts';
import { harmonic, yekutieliAdjusted } from './yekutieli.ts';

/** One column of two samples, counted into the same bins. */
export interface BinnedColumn {
  /** Bins of values: `ordered` from low to high, or categories. */
  readonly kind: 'ordered' | 'categories';
  /**
   * The first bins are of values; the one after them is of rows without a value; a last one is of values that the reference never had. Of the reference
   * itself that are the rows whose value none of its other rows has: as many as a sample from the same source would bring (Good 1953, Biometrika 40:237).
   */
  readonly valueBins: number;
  readonly reference: HalvedCounts;
  readonly current: HalvedCounts;
  /**
   * What tests of categories rest on instead of the bins, where all values of both samples were counted: bins chosen by the rows of both together, and how
   * often values occur. Which bins there are then depends on neither sample alone, as the tests demand. Default: the bins.
   */
  readonly together?: CountedTogether;
  /** A distance that samples have though nothing changed, for instance from week to week; the floor counts from there. Default 0. */
  readonly usual?: number;
  /** The same of the share of rows without a value, which is judged apart where a distance is usual, lest that hides them. Default 0. */
  readonly usualMissing?: number;
  /** Total variation distance below which a change of this column does not matter. Default: that of all columns. */
  readonly floor?: number;
  /** How far the distance of these counts may be from that of the rows, where not every row is counted by its value. Default: they are the same. */
  readonly error?: CountError;
}

/** The rows may be nearer to each other than their counts by `less`, and farther apart by `more`, as total variation distances. */
export interface CountError {
  readonly less: number;
  readonly more: number;
}

export interface CountedTogether {
  readonly bins: BinCounts;
  readonly novelty: NoveltyCounts;
}

export interface DriftOptions {
  /** Chance of even one `fail` when no column changed. */
  readonly falseAlarms: number;
  /** Total variation distance below which a change does not matter. */
  readonly floor: number;
  /** One-sided confidence of the bounds of a distance. Default 0.95. */
  readonly confidence?: number;
}

export interface JudgedColumn {
  readonly verdict: Verdict;
  /** Total variation distance with its bounds. */
  readonly distance: DistanceEstimate;
  /** How much the share of rows without a value changed, with its bounds; null where it is not judged apart. */
  readonly missing: DistanceEstimate | null;
  /** Of the hypothesis that nothing changed: the smallest of this column's tests, times their number. 1 when there was nothing to test. */
  readonly pValue: number;
  /** Adjusted for the number of columns. */
  readonly adjustedPValue: number;
  /** The smallest change that these rows would have found with a chance of 80 %; null when they would have found none. */
  readonly smallest: SmallestShift | null;
  /** Current rows that would decide with a chance of 80 %; null when the reference has too few for any number to, or the verdict stands. */
  readonly rowsNeeded: number | null;
}

export interface SmallestShift {
  readonly distance: number;
  /** The same as a shift of a normal distribution, in standard deviations; null for categories. */
  readonly deviations: number | null;
}

const power = 0.8;

/**
 * The verdicts on columns of two samples, both of them finite.
 *
 * - `fail`: significant after adjustment for all columns, and the distance, or the change of the share of rows without a value, is proven to be
 *   above what is usual by more than the floor.
 * - `pass`: both are proven to be below that, significant or not.
 * - `inconclusive`: neither is proven; never a pass.
 *
 * Each column is tested for rows without a value and for values never seen before (Fisher), for its distribution over the other bins
 * (chi-square), and where bins are in order for a shift (rank sum): three views of different parts of the data, whose p values are put
 * together after Bonferroni.
 */
export function judgeDrift(columns: readonly BinnedColumn[], options: DriftOptions): readonly JudgedColumn[] {
  const { falseAlarms, confidence = 0.95 } = options;
  const tests = columns.map(testsOf);
  const tested = tests.filter((own) => own.length > 0);
  const combined = tests.map((own) => (own.length === 0 ? 1 : Math.min(1, own.length * Math.min(...own))));
  const adjusted = adjustTested(tests, combined);
  return columns.map((column, index): JudgedColumn => {
    const floor = column.floor ?? options.floor;
    const limit = floor + (column.usual ?? 0);
    const distance = widened(totalVariation(column.reference, column.current, confidence), column.error);
    const adjustedPValue = adjusted[index] ?? 1;
    const missing = (column.usual ?? 0) > 0 ? missingDistance(column, confidence) : null;
    const limits = [
      { found: distance, limit },
      ...(missing === null ? [] : [{ found: missing, limit: floor + (column.usualMissing ?? 0) }]),
    ];
    const isFound = adjustedPValue <= falseAlarms && limits.some((one) => one.found.low > one.limit);
    const isBelow = sum(add(column.current)) > 0 && limits.every((one) => one.found.high <= one.limit);
    const verdict = isFound ? 'fail' : isBelow ? 'pass' : 'inconclusive';
    const level = falseAlarms / Math.max(1, tested.length * harmonic(tested.length) * (tests[index]?.length ?? 1));
    return {
      verdict,
      distance,
      missing,
      pValue: combined[index] ?? 1,
      adjustedPValue,
      smallest: smallestShift(column, { level, floor: limit, confidence }),
      // what no row was counted for does not become less with more rows
      rowsNeeded:
        verdict === 'inconclusive' && column.error === undefined ? rowsNeeded(column, distance, { floor: limit, confidence }) : null,
    };
  });
}

function widened(distance: DistanceEstimate, { less, more }: CountError = { less: 0, more: 0 }): DistanceEstimate {
  return { ...distance, low: Math.max(0, distance.low - less), high: Math.min(1, distance.high + more) };
}

function missingDistance({ valueBins, reference, current }: BinnedColumn, confidence: number): DistanceEstimate {
  const inTwo = ([first, second]: HalvedCounts): HalvedCounts => [twoBins(first, valueBins), twoBins(second, valueBins)];
  return totalVariation(inTwo(reference), inTwo(current), confidence);
}

function twoBins(counts: readonly number[], missing: number): readonly number[] {
  const without = counts[missing] ?? 0;
  return [sum(counts) - without, without];
}

function testsOf({ kind, valueBins, reference, current, together }: BinnedColumn): readonly number[] {
  const counts: BinCounts = { reference: add(reference), current: add(current) };
  const values = { reference: counts.reference.slice(0, valueBins), current: counts.current.slice(0, valueBins) };
  const at = (bin: number): BinCounts => ({ reference: [counts.reference[bin] ?? 0], current: [counts.current[bin] ?? 0] });
  const [missing, unseen] = [at(valueBins), at(valueBins + 1)];
  const known = { reference: sum(values.reference) + sum(unseen.reference), current: sum(values.current) + sum(unseen.current) };
  const share = (hits: BinCounts, rows: { readonly reference: number; readonly current: number }): number | null =>
    fisherExactTest({
      reference: { hits: sum(hits.reference), rows: rows.reference },
      current: { hits: sum(hits.current), rows: rows.current },
    });
  const all = { reference: sum(counts.reference), current: sum(counts.current) };
  const found = [
    share(missing, all),
    together === undefined ? share(unseen, known) : noveltyTest(together.novelty),
    homogeneityTest(together?.bins ?? values, { ordered: kind === 'ordered' })?.pValue ?? null,
    kind === 'ordered' ? (rankSumTest(values)?.pValue ?? null) : null,
  ];
  return found.filter((pValue) => pValue !== null);
}

/** A column without a test, one that is constant in both samples, is none of the family. */
function adjustTested(tests: readonly (readonly number[])[], pValues: readonly number[]): readonly number[] {
  const family = pValues.flatMap((_, index) => ((tests[index]?.length ?? 0) > 0 ? [index] : []));
  const adjusted = yekutieliAdjusted(family.map((index) => pValues[index] ?? 1));
  return pValues.map((_, index) => adjusted[family.indexOf(index)] ?? 1);
}

interface Limits {
  readonly floor: number;
  readonly confidence: number;
}

/** The larger of what the tests and what the floor let through, by normal approximation; looked for among changes of one sort. */
function smallestShift(column: BinnedColumn, { level, floor, confidence }: Limits & { readonly level: number }): SmallestShift | null {
  const [rows, drawn] = [sum(add(column.reference)), sum(add(column.current))];
  if (rows === 0 || drawn === 0) return null;
  const error = Math.sqrt(1 / rows + 1 / drawn);
  const reach = normalQuantile(1 - level / 2) + normalQuantile(power);
  const proven = floor + ((normalQuantile(confidence) + normalQuantile(power)) * error) / 2;
  const shares = add(column.reference)
    .filter((_, bin) => bin !== column.valueBins)
    .map((count) => count / rows);
  // the cross-fitted distance chooses its bins by half of the rows, and takes a bin whose share rose with this chance
  const spread = (share: number): number => Math.sqrt(2 * share * (1 - share)) * error;
  const measured = (changes: readonly number[]): number =>
    changes.reduce((all, change, bin) => all + change * normalCdf(change / Math.max(spread(shares[bin] ?? 0), 1e-12)), 0);
  if (column.kind === 'ordered') {
    // the efficiency of a rank sum test of a normal shift is 3 / pi (Lehmann 1975, Nonparametrics, 2.4)
    const significant = reach * error * Math.sqrt(Math.PI / 3);
    const deviations = leastAbove((shift) => shift >= significant && measured(normalShift(shares, shift)) >= proven, 10);
    return deviations === null ? null : { distance: 2 * normalCdf(deviations / 2) - 1, deviations };
  }
  const halves = (distance: number): readonly number[] => shares.map((share, bin) => (bin % 2 === 0 ? 2 : -2) * distance * share);
  const found = (distance: number): boolean => distance >= (reach * error) / 2 && measured(halves(distance)) >= proven;
  const distance = leastAbove(found, 1);
  return distance === null ? null : { distance, deviations: null };
}

/** How the shares of the bins change when a normal distribution, cut into these shares, moves up by so many standard deviations. */
function normalShift(shares: readonly number[], shift: number): readonly number[] {
  const all = sum(shares);
  let below = 0;
  let moved = 0;
  return shares.map((share) => {
    below += share;
    const end = below >= all - 1e-12 ? all : all * normalCdf(normalQuantile(below / all) - shift);
    const change = end - moved - share;
    moved = end;
    return change;
  });
}

/** The least number for which a condition holds that goes on to hold, up to `most`, to a thousandth; null when it does not. */
function leastAbove(holds: (value: number) => boolean, most: number): number | null {
  if (!holds(most)) return null;
  let [low, high] = [0, most];
  while (high - low > 0.001 * high) {
    const middle = (low + high) / 2;
    if (holds(middle)) high = middle;
    else low = middle;
  }
  return high;
}

/**
 * If what was measured is so; where that lies too near to the floor for the rows of the reference to decide, if nothing changed. The bias
 * of the plain distance at no change is the mean of |N(0, s)| over the bins, s sqrt(2 / pi) each, halved.
 */
function rowsNeeded({ reference, current }: BinnedColumn, { value }: DistanceEstimate, { floor, confidence }: Limits): number | null {
  const reach = (normalQuantile(confidence) + normalQuantile(power)) / 2;
  const counts = add(reference);
  const rows = sum(counts);
  const bias = counts.reduce((spread, count) => spread + Math.sqrt((count / rows) * (1 - count / rows)), 0) / Math.sqrt(2 * Math.PI);
  const withError = (error: number): number | null => {
    const needed = 1 / (error * error - 1 / rows);
    return needed > 0 && needed < 1e9 ? Math.ceil(needed) : null;
  };
  const measured = value > floor ? (value - floor) / reach : (floor - value) / (reach + bias);
  const needed = withError(measured) ?? withError(floor / (reach + bias));
  // that many are here already, and what was measured lies too near to the floor
  return needed !== null && needed > sum(add(current)) ? needed : null;
}

function sum(counts: readonly number[]): number {
  return counts.reduce((all, count) => all + count, 0);
}
