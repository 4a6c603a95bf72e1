import { type ColumnProfile, compareCodeUnits, type Histogram } from '@tidegate/formats';
import { type Cell, quoteText, type Row } from '@tidegate/runtime';
import { type ColumnFacts, familyOf } from './column-facts.ts';
import { entriesOf } from './map-entries.ts';
import { histogramEdges } from './histogram-edges.ts';
import type { MeasuredColumn } from './measured-rows.ts';

/** What the second scan finds out, once range and frequent values are known. */
export interface ColumnShape {
  readonly distinct: number;
  readonly mean: number | null;
  readonly std: number | null;
  readonly histogram: Histogram | null;
  readonly top: ColumnProfile['top'];
}

/** Different values up to which they are counted, not estimated. */
const countedDistinct = 10_000;
/** Most frequent values kept. */
const topValues = 20;

/** Aggregates of one column for the second scan. */
export function shapeAggregates({ column, sql, finite }: MeasuredColumn, facts: ColumnFacts): readonly string[] {
  const exact = facts.distinct <= countedDistinct ? [`count(DISTINCT ${sql}) AS ${sql}_d`] : [];
  const family = familyOf(column.type);
  if ((family === 'text' || family === 'boolean') && facts.frequent.length > 0) {
    const values = family === 'boolean' ? `CAST(${sql} AS VARCHAR)` : sql;
    return [...exact, `histogram_exact(${values}, [${facts.frequent.map(quoteText).join(', ')}]) AS ${sql}_t`];
  }
  const range = rangeOf(facts);
  if (range === null) return exact;
  const scale = scaleOf(range);
  const scaled = scale === 1 ? finite : `CAST(${finite} AS DOUBLE) / ${doubleText(scale)}`;
  const edges = new Set(histogramEdges(range.min, range.max).map(doubleText));
  return [
    ...exact,
    `avg(${scaled}) AS ${sql}_m`,
    `stddev_samp(${scaled}) AS ${sql}_s`,
    `histogram(CAST(${sql} AS DOUBLE), [${[...edges].join(', ')}]) AS ${sql}_h`,
    ...(column.type === 'number' ? [`count(*) FILTER (WHERE ${sql} = '-Infinity'::DOUBLE) AS ${sql}_b`] : []),
  ];
}

export function readShape({ sql }: MeasuredColumn, facts: ColumnFacts, row: Row): ColumnShape {
  const range = rangeOf(facts);
  const scale = range === null ? 1 : scaleOf(range);
  const number = (fact: string): number | null => {
    const cell = row[`${sql}_${fact}`] ?? null;
    const value = cell === null ? Number.NaN : Number(cell) * scale;
    return Number.isFinite(value) ? value : null;
  };
  const top = countsOf(row[`${sql}_t`] ?? null, facts.frequent);
  const distinct = Number(row[`${sql}_d`] ?? facts.distinct);
  return {
    distinct,
    mean: number('m'),
    std: number('s'),
    histogram:
      range === null
        ? null
        : readHistogram(entriesOf(row[`${sql}_h`] ?? null), { range, values: facts.values, below: Number(row[`${sql}_b`] ?? 0) }),
    top: facts.frequent.length === 0 ? null : mostFrequent(top, distinct),
  };
}

interface Range {
  readonly min: number;
  readonly max: number;
}

function rangeOf({ min, max }: ColumnFacts): Range | null {
  return typeof min === 'number' && typeof max === 'number' ? { min, max } : null;
}

/** A power of two that keeps the squares of huge numbers within range; 1 for ordinary ones, so that these lose nothing. */
function scaleOf({ min, max }: Range): number {
  const largest = Math.max(Math.abs(min), Math.abs(max));
  return largest < 1e100 ? 1 : 2 ** Math.floor(Math.log2(largest));
}

/** A number as a floating-point literal: without the exponent the engine would read a decimal. */
function doubleText(value: number): string {
  return `${value.toExponential()}::DOUBLE`;
}

/** The engine counts what is at most an edge and above the one before it; what is on the first edge belongs to the first bin. */
function readHistogram(
  entries: readonly (readonly [string, number])[],
  { range, values, below }: { readonly range: Range; readonly values: number; readonly below: number },
): Histogram {
  const edges = histogramEdges(range.min, range.max);
  const [first = 0, ...others] = edges.map((_, index) => entries[index]?.[1] ?? 0);
  const [second = 0, ...rest] = range.min === range.max ? [] : others;
  const inside = [first - below + second, ...rest];
  const above = values - below - inside.reduce((sum, count) => sum + count, 0);
  return { edges, counts: [below, ...inside, above] };
}

function countsOf(cell: Cell, wanted: readonly string[]): readonly { readonly value: string; readonly count: number }[] {
  const counts = new Map(entriesOf(cell));
  return wanted.flatMap((value) => (counts.has(value) ? [{ value, count: counts.get(value) ?? 0 }] : []));
}

/** Where there are more values than are kept, those that occur once say nothing. */
function mostFrequent(counts: NonNullable<ColumnProfile['top']>, distinct: number): NonNullable<ColumnProfile['top']> {
  return counts
    .filter(({ count }) => count > (distinct > topValues ? 1 : 0))
    .toSorted((a, b) => b.count - a.count || compareCodeUnits(a.value, b.value))
    .slice(0, topValues);
}
