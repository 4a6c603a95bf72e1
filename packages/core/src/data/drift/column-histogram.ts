import type { DriftHistogram } from '@tidegate/formats';
import type { Engine } from '@tidegate/runtime';
import type { MeasuredValues } from './column-measures.ts';

export const histogramBins = 24;
/** Share of the rows of either side beyond which values are in the outermost bins, so that one huge value does not flatten the rest. */
export const histogramTail = 0.005;

/** Shares of the rows with a finite value in bins of one width, to be drawn; null when there is none, or all are equal. It decides nothing. */
export async function columnHistogram(
  engine: Engine,
  { before, after, value }: Pick<MeasuredValues, 'before' | 'after' | 'value'>,
): Promise<DriftHistogram | null> {
  const finite = (table: string): string => `SELECT v FROM (SELECT ${value} AS v FROM ${table}) WHERE isfinite(v)`;
  const range = (table: string): string => `SELECT quantile_disc(v, [${histogramTail}, ${1 - histogramTail}]) AS q FROM (${finite(table)})`;
  const rows = await engine.rows(`${range(before)} UNION ALL ${range(after)}`);
  const ends = rows.flatMap(({ q }) => (Array.isArray(q) ? q.map(Number) : []));
  const [low, high] = [Math.min(...ends), Math.max(...ends)];
  const width = (high - low) / histogramBins;
  if (!(width > 0) || !Number.isFinite(width)) return null;
  const count = async (table: string): Promise<readonly number[]> => {
    const found = await engine.rows(
      `SELECT least(${histogramBins - 1}, greatest(0, floor((v - ${low}::DOUBLE) / ${width}::DOUBLE)))::INT AS bin, count(*) AS rows FROM (${finite(table)}) GROUP BY bin`,
    );
    const all = found.reduce((sum, row) => sum + Number(row['rows']), 0);
    const shares = new Map(found.map((row) => [Number(row['bin']), Number(row['rows']) / all]));
    return Array.from({ length: histogramBins }, (_, bin) => Number((shares.get(bin) ?? 0).toFixed(6)));
  };
  return { low, high, reference: await count(before), current: await count(after) };
}
