import type { HalvedCounts, ReferenceColumn } from '@tidegate/formats';
import { type Engine, quoteName, quoteText, totalVariation } from '@tidegate/runtime';
import { type CountedColumn, emptyBins, halfColumn, numberLiteral, orderedBinSql } from './count-columns.ts';
import { binning } from './reference-column.ts';

/** The column of a source that numbers the windows of time its rows are in; NULL for rows in none. */
export const windowColumn = 'tidegate.window';

/** Fewer windows say nothing of what is usual, and fewer rows nothing of a window. */
const leastWindows = 4;
const leastRows = 100;

/** What windows of a reference differ by though nothing changed; null when there are too few. */
export interface UsualDistances {
  /** Total variation distance of all bins. */
  readonly usual: number | null;
  /** Change of the share of rows without a value. */
  readonly usualMissing: number | null;
}

/**
 * The largest distance of one window of a reference from its other rows: rows of a window have weather, prices or a season in common,
 * so that windows differ though nothing changed for good.
 */
export async function usualDistances(engine: Engine, { table, value }: CountedColumn, reference: ReferenceColumn): Promise<UsualDistances> {
  const bins = reference.counts[0].length;
  const rows = await engine.rows(
    `SELECT w AS window, half, ${binSql(reference)} AS bin, count(*) AS rows
     FROM (SELECT ${quoteName(windowColumn)} AS w, ${quoteName(halfColumn)} AS half, ${value} AS v FROM ${table}) WHERE w IS NOT NULL GROUP BY ALL`,
  );
  const windows = new Map<number, readonly [number[], number[]]>();
  for (const row of rows) {
    const counts = windows.get(Number(row['window'])) ?? [emptyBins(bins), emptyBins(bins)];
    counts[row['half'] === 0 ? 0 : 1][Number(row['bin'])] = Number(row['rows']);
    windows.set(Number(row['window']), counts);
  }
  const whole = [...windows.values()].filter((counts) => counts.flat().reduce((sum, count) => sum + count, 0) >= leastRows);
  if (whole.length < leastWindows) return { usual: null, usualMissing: null };
  const missing = bins - 1;
  const ordered = reference.kind === 'ordered' ? missing : 0;
  const largest = (distanceOf: (reference: HalvedCounts, window: HalvedCounts) => number): number =>
    Number(Math.max(...whole.map((counts) => distanceOf(without(reference.counts, counts), counts))).toFixed(6));
  return {
    usual: largest((others, own) => totalVariation(others, own, { confidence: 0.95, ordered }).value),
    usualMissing: largest((others, own) => Math.abs(shareOf(own, missing) - shareOf(others, missing))),
  };
}

function shareOf([first, second]: HalvedCounts, bin: number): number {
  const rows = [...first, ...second].reduce((sum, count) => sum + count, 0);
  return ((first[bin] ?? 0) + (second[bin] ?? 0)) / Math.max(1, rows);
}

function binSql(reference: ReferenceColumn): string {
  if (reference.kind === 'ordered') return orderedBinSql(reference.edges);
  const { values, type } = reference;
  const list = values.map((value) => (binning(type) === 'numbers' ? numberLiteral(Number(value)) : quoteText(value)));
  const known = list.length === 0 ? 'NULL' : `list_position([${list.join(', ')}], v) - 1`;
  return `CASE WHEN v IS NULL THEN ${values.length + 1} ELSE coalesce(${known}, ${values.length}) END`;
}

function without([first, second]: HalvedCounts, [ownFirst, ownSecond]: HalvedCounts): HalvedCounts {
  const difference = (counts: readonly number[], own: readonly number[]): readonly number[] =>
    counts.map((count, bin) => count - (own[bin] ?? 0));
  return [difference(first, ownFirst), difference(second, ownSecond)];
}
