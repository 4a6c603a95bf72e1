import type { Gathering } from '@tidegate/formats';
import type { InputCells } from '../input-cells.ts';
import type { Slice } from '../scored-rows.ts';

/** Told at most. */
const mostTold = 10;
/** Fewer errors than these have nothing in common that is not chance. */
const fewestErrors = 5;
/** How many times as often rows must be errors as all are. */
const leastLift = 1.25;
/** A surplus smaller than so many standard deviations of chance is none. */
const leastDeviations = 2;
/** Texts with more values than these are no categories. */
const mostValues = 20;
/** Numbers with more values than these are cut at their quartiles. */
const fewValues = 6;

export interface GatheringRequest {
  /** Of all rows, by their number: those that are looked at. */
  readonly rows: Int32Array;
  readonly isError: (row: number) => boolean;
  /** What the evaluation names. */
  readonly slices: readonly Slice[];
  /** Of the rows that are looked at. */
  readonly cells: readonly InputCells[];
}

/**
 * What errors have in common more often than other rows: each named slice and each input by itself, by its values or its quartiles. It says where to
 * look, and proves nothing; what is proven among slices that nobody named are the discovered ones.
 */
export function gatherings({ rows, isError, slices, cells }: GatheringRequest): readonly Gathering[] {
  const wrong = Array.from(rows, isError);
  const all = wrong.filter(Boolean).length;
  if (all < fewestErrors) return [];
  const share = all / rows.length;
  const placeOf = new Map(Array.from(rows, (row, place) => [row, place]));
  const named = slices.map(({ column, value, rows: members }) => ({
    slice: `${column} = ${value}`,
    places: [...members].flatMap((row) => placeOf.get(row) ?? []),
  }));
  const seen = new Set<string>();
  return [...named, ...cells.flatMap(partsOf)]
    .flatMap(({ slice, places }) => {
      if (seen.has(slice)) return [];
      seen.add(slice);
      const errors = places.filter((place) => wrong[place] === true).length;
      const expected = places.length * share;
      const isGathered =
        errors >= fewestErrors &&
        errors >= leastLift * expected &&
        errors - expected >= leastDeviations * Math.sqrt(expected * (1 - share));
      return isGathered ? [{ slice, rows: places.length, errors, lift: errors / expected, surplus: errors - expected }] : [];
    })
    .toSorted((a, b) => b.surplus - a.surplus || (a.slice < b.slice ? -1 : 1))
    .slice(0, mostTold)
    .map(({ slice, rows: all, errors: wrongOnes, lift }) => ({ slice, rows: all, errors: wrongOnes, lift }));
}

interface Part {
  readonly slice: string;
  readonly places: readonly number[];
}

/** The rows by what they have in one input. */
function partsOf({ name, values }: InputCells): readonly Part[] {
  const missing = placesWhere(values, (value) => value === null);
  const lacking: readonly Part[] = missing.length === 0 ? [] : [{ slice: `${name} is missing`, places: missing }];
  const distinct = new Set(values.filter((value) => value !== null));
  const numbers = [...distinct].filter((value) => typeof value === 'number');
  if (numbers.length === distinct.size && distinct.size > fewValues) return [...quarters(name, values), ...lacking];
  if (distinct.size > mostValues) return lacking;
  return [
    ...[...distinct].map((value) => ({ slice: `${name} = ${value}`, places: placesWhere(values, (one) => one === value) })),
    ...lacking,
  ];
}

function quarters(name: string, values: InputCells['values']): readonly Part[] {
  const sorted = Float64Array.from(
    values.filter((value) => typeof value === 'number'),
    Number,
  ).sort();
  const cuts = [...new Set([0.25, 0.5, 0.75].map((share) => sorted[Math.floor(share * sorted.length)] ?? 0))];
  const edges = [Number.NEGATIVE_INFINITY, ...cuts, Number.POSITIVE_INFINITY];
  return edges.slice(1).flatMap((high, place) => {
    const low = edges[place] ?? Number.NEGATIVE_INFINITY;
    const places = placesWhere(values, (value) => typeof value === 'number' && value >= low && value < high);
    return places.length === 0 ? [] : [{ slice: rangeWords(name, low, high), places }];
  });
}

function rangeWords(name: string, low: number, high: number): string {
  const short = (value: number): string => String(Number(value.toPrecision(4)));
  if (low === Number.NEGATIVE_INFINITY) return `${name} < ${short(high)}`;
  return high === Number.POSITIVE_INFINITY ? `${name} >= ${short(low)}` : `${short(low)} <= ${name} < ${short(high)}`;
}

function placesWhere(values: InputCells['values'], holds: (value: number | string | null) => boolean): readonly number[] {
  return values.flatMap((value, place) => (holds(value) ? [place] : []));
}
