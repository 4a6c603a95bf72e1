import type { ColumnPart, ColumnProfile, Digest, Distribution, Histogram, Profile, ProfilePart } from '@tidegate/formats';
import { coarsened, evenBin, joined, unpackCells } from './cells.ts';
import { quantilesOf } from './distribution.ts';
import { byFrequency } from './frequent-values.ts';
import { distinctError, estimateDistinct } from './registers.ts';

/** Probabilities of the quantiles of a profile. */
export const probabilities = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99] as const;
/** Bins of a histogram at most; at least half as many where there is room. */
const mostBins = 32;
/** Most frequent values and patterns of a profile. */
const topValues = 20;

/** The figures that people and reports look at, out of a part of all rows. @param parts where the parts are kept; null when they are not */
export function profileOfPart({ rows, columns }: ProfilePart, parts: Digest | null): Profile {
  return {
    format: 'tidegate.profile/2',
    rows,
    ...(parts !== null && { parts }),
    columns: columns.map((column) => columnProfile(column, rows)),
  };
}

function columnProfile(column: ColumnPart, rows: number): ColumnProfile {
  const { name, type, numbers, values, patterns, lengths, notNumbers, below, above } = column;
  const nulls = column.nulls + notNumbers;
  const isNumber = type === 'integer' || type === 'number';
  const distinct = distinctOf(column, rows - nulls);
  const top = (type === 'string' || type === 'boolean') && values !== null && values.values.length > 0 ? byFrequency(values) : null;
  return {
    name,
    type,
    rows,
    nulls,
    notNumbers,
    infinite: below + above,
    distinct: distinct.count,
    distinctError: distinct.error,
    min: isNumber ? (numbers?.min ?? null) : column.first,
    max: isNumber ? (numbers?.max ?? null) : column.last,
    mean: isNumber ? (numbers?.mean ?? null) : null,
    std: isNumber && numbers !== null && numbers.rows > 1 ? sampleDeviation(numbers) : null,
    quantiles: isNumber && numbers !== null ? quantileValues(column, numbers) : null,
    histogram: numbers === null ? null : histogramOf(numbers, { below, above }),
    // where there are more values than are kept, those that occur once say nothing
    top: top?.filter(({ count }) => count > (distinct.count > topValues ? 1 : 0)).slice(0, topValues) ?? null,
    topError: top === null ? null : (values?.error ?? null),
    lengths: lengths === null ? null : { min: lengths.min, max: lengths.max, mean: lengths.mean },
    patterns: patterns === null ? null : { rows: patterns.rows, values: byFrequency(patterns).slice(0, topValues) },
  };
}

/** Counted where every value is listed. */
function distinctOf({ values, registers }: ColumnPart, known: number): { readonly count: number; readonly error: number } {
  if (values !== null && values.error === 0) return { count: values.values.length, error: 0 };
  const estimate = Math.round(estimateDistinct(registers));
  return { count: Math.max(values?.values.length ?? 0, Math.min(estimate, known)), error: distinctError };
}

function sampleDeviation({ deviation, rows }: Distribution): number {
  return deviation * Math.sqrt(rows / (rows - 1));
}

/** From the values themselves where all are listed. */
function quantileValues({ type, values }: ColumnPart, numbers: Distribution): readonly number[] {
  if (values === null || values.error > 0)
    return quantilesOf(numbers, probabilities).map(
      ({ value, high }) => (type === 'integer' ? Math.min(Math.ceil(value), Math.floor(high)) : value), // a cell begins above a whole number or at none
    );
  const sorted = values.values
    .map(([value, rows]) => [Number(value), rows] as const)
    .filter(([value]) => Number.isFinite(value))
    .toSorted(([a], [b]) => a - b);
  return probabilities.map((probability) => {
    let left = Math.max(1, Math.ceil(probability * numbers.rows));
    return sorted.find(([, rows]) => (left -= rows) <= 0)?.[0] ?? numbers.max;
  });
}

/** Bins whose width is a power of two and whose edges are multiples of it, so that the counts are exact and two versions can be laid over each other. */
function histogramOf({ min, max, rows, cells }: Distribution, outside: { readonly below: number; readonly above: number }): Histogram {
  if (min === max) return { edges: [min, max], counts: [outside.below, rows, outside.above] };
  let exponent = cells.exponent;
  while (evenBin(max, exponent) - evenBin(min, exponent) >= mostBins) exponent += 1;
  const first = evenBin(min, exponent);
  const bins = evenBin(max, exponent) - first + 1;
  const counts = Array.from({ length: bins }, () => 0);
  for (const cell of joined(coarsened(unpackCells(cells), exponent - cells.exponent)))
    counts[cell.even - first] = (counts[cell.even - first] ?? 0) + cell.rows;
  const edges = Array.from({ length: bins + 1 }, (_, at) => (first - 1 + at) * 2 ** exponent);
  // beside the largest numbers there is no multiple any more
  const within = (edge: number): number => Math.min(Math.max(edge, -Number.MAX_VALUE), Number.MAX_VALUE);
  return { edges: edges.map((edge) => (edge === 0 ? 0 : within(edge))), counts: [outside.below, ...counts, outside.above] };
}
