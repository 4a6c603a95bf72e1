import type { ColumnMeasures, ColumnPart } from '@tidegate/formats';
import { type CommonBin, commonBins, type CountError, halvesByChance, type SeededRandom } from '@tidegate/runtime';
import type { NumberCounts } from '../count-columns.ts';
import { numbersIn } from '../current-column.ts';
import { type CountedAs, numbersBetween } from '../large-numbers.ts';
import { exactNumberMeasures } from '../exact-measures.ts';
import type { ComparedParts } from './compared-parts.ts';

/** Values that both profiles list, each with its rows. */
interface ListedNumbers {
  readonly values: readonly number[];
  readonly reference: readonly number[];
  readonly current: readonly number[];
}

/** More of the rows in one bin than this count as not told apart: a change inside it could not be seen. */
const coarseShare = 0.2;

/** Numbers of two profiles: by their values where both list all of them, else in bins that are the same in both, with exact counts. */
export function numbersOfProfiles(before: ColumnPart, after: ColumnPart, column: CountedAs, random: SeededRandom): ComparedParts {
  const listed = listedNumbers(before, after);
  const bins = listed === null ? commonBins(before.numbers, after.numbers) : [];
  const edges = listed === null ? bins.slice(0, -1).map(({ high }) => high) : listed.values.slice(0, -1);
  const counts = listed === null ? ([0, 1] as const).map((side) => bins.map(({ rows }) => rows[side])) : [listed.reference, listed.current];
  const [old, young] = [
    numberCounts(before, counts[0] ?? [], { random, areAll: listed !== null }),
    numberCounts(after, counts[1] ?? [], { random, areAll: listed !== null }),
  ];
  const { reference, current, mean, measures, histogram } = numbersBetween(edges, [old, young], column);
  const found = numbersIn(reference, current, mean);
  const error = listed === null ? errorOf(bins, column) : undefined;
  return {
    current: error === undefined ? found : { ...found, binned: { ...found.binned, error } },
    measures: listed === null ? measures : exactOf(listed),
    histogram,
  };
}

function exactOf({ values, reference, current }: ListedNumbers): ColumnMeasures | null {
  return exactNumberMeasures({
    values: Float64Array.from(values),
    reference: Float64Array.from(reference),
    current: Float64Array.from(current),
  });
}

/** In rising order; null where a profile does not list all. */
function listedNumbers(before: ColumnPart, after: ColumnPart): ListedNumbers | null {
  const [old, young] = [rowsByNumber(before), rowsByNumber(after)];
  if (old === null || young === null) return null;
  const values = [...new Set([...old.keys(), ...young.keys()])].toSorted((a, b) => a - b);
  return {
    values,
    reference: values.map((value) => old.get(value) ?? 0),
    current: values.map((value) => young.get(value) ?? 0),
  };
}

/** Whole numbers too large to be told apart as floating-point ones are one. */
function rowsByNumber({ values }: ColumnPart): ReadonlyMap<number, number> | null {
  if (values === null || values.error > 0) return null;
  const rows = new Map<number, number>();
  for (const [value, count] of values.values) rows.set(Number(value), (rows.get(Number(value)) ?? 0) + count);
  return rows;
}

/** @param areAll whether infinities are among the counts */
function numberCounts(
  { numbers, nulls, notNumbers, below, above }: ColumnPart,
  counts: readonly number[],
  { random, areAll }: { readonly random: SeededRandom; readonly areAll: boolean },
): NumberCounts {
  const last = counts.length - 1;
  const whole = areAll ? counts : counts.map((rows, bin) => rows + (bin === 0 ? below : 0) + (bin === last ? above : 0));
  const [[missing = 0], [other = 0]] = halvesByChance([nulls + notNumbers], random);
  const low = below > 0 ? -Infinity : numbers?.min;
  const high = above > 0 ? Infinity : numbers?.max;
  return {
    halves: halvesByChance(whole, random),
    missing: [missing, other],
    ends: low === undefined || high === undefined ? null : [low, high],
    mean: numbers?.mean ?? null,
    std: numbers === null || numbers.rows < 2 ? null : numbers.deviation * Math.sqrt(numbers.rows / (numbers.rows - 1)),
  };
}

/** What of a change may lie inside of bins that have very many rows of both, which bins of the rows themselves would have cut; bins of one value aside. */
function errorOf(bins: readonly CommonBin[], { type }: CountedAs): CountError | undefined {
  const [rows, drawn] = ([0, 1] as const).map((side) => bins.reduce((sum, bin) => sum + bin.rows[side], 0));
  const hidden = bins
    .filter(
      ({ low, high }) =>
        !(type === 'integer' && Math.floor(high) - Math.floor(low) <= 1) && !(low <= 0 && high >= 0 && high - low < 1e-130),
    )
    .map((bin) => Math.min(bin.rows[0] / (rows ?? 1), bin.rows[1] / (drawn ?? 1)))
    .filter((share) => share > coarseShare);
  return hidden.length === 0 ? undefined : { less: 0, more: hidden.reduce((sum, share) => sum + share, 0) };
}
