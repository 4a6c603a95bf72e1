import { quoteName, quoteText } from '@tidegate/runtime';
import type { RowsReading, SourceColumn } from '../source.ts';

/** SQL of a list of files to read as Parquet, from whichever of their folders. */
function parquet(files: readonly string[]): string {
  return `read_parquet([${files.map(quoteText).join(', ')}])`;
}

/** The rows of a reading with the types that it says. */
export function rowsSql({ files, columns }: Pick<RowsReading, 'files' | 'columns'>): string {
  return `SELECT ${castList(columns)} FROM ${parquet(files)}`;
}

/**
 * All rows after a reading of changes: those of before that are neither replaced nor gone, and those that were read.
 *
 * @param former a SELECT of the rows of before, which has these columns at least
 */
export function putOver(former: string, reading: RowsReading): string {
  const { key, replaces, removed, columns } = reading;
  const read = rowsSql(reading);
  const stays: string[] = [];
  if (replaces !== null) stays.push(`NOT coalesce(${quoteName(replaces.column)} >= ${replacesFrom(replaces, columns)}, true)`);
  const others = [read, ...(removed.length === 0 ? [] : [`SELECT * FROM ${parquet(removed)}`])];
  if (key.length > 0)
    for (const other of others)
      stays.push(`NOT EXISTS (SELECT 1 FROM (${other}) AS other WHERE ${key.map((name) => sameValue(name)).join(' AND ')})`);
  const kept = `SELECT ${castList(columns)} FROM (${former}) AS former${stays.length === 0 ? '' : ` WHERE ${stays.join(' AND ')}`}`;
  return `${kept} UNION ALL ${read}`;
}

function replacesFrom({ column, from }: { readonly column: string; readonly from: string }, columns: readonly SourceColumn[]): string {
  const type = columns.find(({ name }) => name === column)?.type ?? 'VARCHAR';
  return `CAST(${quoteText(from)} AS ${type})`;
}

function sameValue(name: string): string {
  return `other.${quoteName(name)} IS NOT DISTINCT FROM former.${quoteName(name)}`;
}

function castList(columns: readonly SourceColumn[]): string {
  return columns.map(({ name, type }) => `CAST(${quoteName(name)} AS ${type}) AS ${quoteName(name)}`).join(', ');
}
