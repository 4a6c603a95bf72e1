import type { HalvedCounts, Verdict } from '@tidegate/formats';
import { fisherExactTest } from './fisher-exact.ts';
import { holmAdjusted } from './holm.ts';
import { type BinCounts, homogeneityTest } from './homogeneity.ts';
import type { NumberScale } from './changed-shares.ts';
import { normalQuantile } from './normal.ts';
import { type NoveltyCounts, noveltyTest } from './novelty.ts';
import { rankSumTest } from './rank-sum.ts';
import { power, type SmallestChange, smallestChange } from './smallest-change.ts';
import { add, type DistanceEstimate, totalVariation } from './total-variation.ts';

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
  /** Where the bins of numbers end, so that it can be told which shift would be found. Default: numbers are taken as normal. */
  readonly scale?: NumberScale;
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
  /** Whether to say what would have been found, which takes longer than the verdicts. Default true. */
  readonly withSmallest?: boolean;
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
  /** The smallest changes that these rows would have found with a chance of 80 %; null without rows, and where it was not asked for. */
  readonly smallest: SmallestChange | null;
  /** Current rows that would decide with a chance of 80 %; null when the reference has too few for any number to, or the verdict stands. */
  readonly rowsNeeded: number | null;
}

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
  const { falseAlarms, confidence = 0.95, withSmallest = true } = options;
  const tests = columns.map(testsOf);
  const tested = tests.filter((own) => own.length > 0);
  const combined = tests.map((own) => (own.length === 0 ? 1 : Math.min(1, own.length * Math.min(...own))));
  const adjusted = adjustTested(tests, combined);
  return columns.map((column, index): JudgedColumn => {
    const floor = column.floor ?? options.floor;
    const limit = floor + (column.usual ?? 0);
    const distance = widened(totalVariation(column.reference, column.current, { confidence, ordered: orderedBins(column) }), column.error);
    const adjustedPValue = adjusted[index] ?? 1;
    const missing = (column.usual ?? 0) > 0 ? missingDistance(column, confidence) : null;
    const limits = [
      { found: distance, limit },
      ...(missing === null ? [] : [{ found: missing, limit: floor + (column.usualMissing ?? 0) }]),
    ];
    const isFound = adjustedPValue <= falseAlarms && limits.some((one) => one.found.low > one.limit);
    const isBelow = sum(add(column.current)) > 0 && limits.every((one) => one.found.high <= one.limit);
    const verdict = isFound ? 'fail' : isBelow ? 'pass' : 'inconclusive';
    const level = falseAlarms / Math.max(1, tested.length * (tests[index]?.length ?? 1));
    return {
      verdict,
      distance,
      missing,
      pValue: combined[index] ?? 1,
      adjustedPValue,
      smallest: !withSmallest
        ? null
        : smallestChange({
            kind: column.kind,
            valueBins: column.valueBins,
            rows: sum(add(column.reference)),
            drawn: sum(add(column.current)),
            counts: add(column.reference),
            scale: column.scale ?? null,
            level,
            limit,
            missingLimit: missing === null ? null : floor + (column.usualMissing ?? 0),
            confidence,
          }),
      // what no row was counted for does not become less with more rows
      rowsNeeded:
        verdict === 'inconclusive' && column.error === undefined ? rowsNeeded(column, distance, { floor: limit, confidence }) : null,
    };
  });
}

function widened(distance: DistanceEstimate, { less, more }: CountError = { less: 0, more: 0 }): DistanceEstimate {
  return { ...distance, low: Math.max(0, distance.low - less), high: Math.min(1, distance.high + more) };
}

function orderedBins({ kind, valueBins }: BinnedColumn): number {
  return kind === 'ordered' ? valueBins : 0;
}

function missingDistance({ valueBins, reference, current }: BinnedColumn, confidence: number): DistanceEstimate {
  const inTwo = ([first, second]: HalvedCounts): HalvedCounts => [twoBins(first, valueBins), twoBins(second, valueBins)];
  return totalVariation(inTwo(reference), inTwo(current), { confidence });
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
  const adjusted = holmAdjusted(family.map((index) => pValues[index] ?? 1));
  return pValues.map((_, index) => adjusted[family.indexOf(index)] ?? 1);
}

interface Limits {
  readonly floor: number;
  readonly confidence: number;
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
