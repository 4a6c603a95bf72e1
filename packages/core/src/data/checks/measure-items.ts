import type { Engine } from '@tidegate/runtime';
import { unreachable } from '@tidegate/formats';
import type { RowsNaming } from '../profile/measured-rows.ts';
import type { ItemsMeasure, Measure } from './check.ts';
import type { Measurement } from './measurement.ts';
import { tuple } from './tuple.ts';

/** What a check of all items of lists found, in a scan of the column that holds them; no item gives no number. */
export async function measureItems(
  engine: Engine,
  { lists, of }: Extract<Measure, { readonly kind: 'items' }>,
  rows: RowsNaming,
): Promise<Pick<Measurement, 'found' | 'items'>> {
  const found = foundSql(of);
  // what the aggregate names besides items are columns of the row
  const each = lists.reduce(
    (from, { sql, item }) => `SELECT *, unnest(${sql}) AS ${item} FROM (${from})`,
    rows(...lists.map(({ sql }) => sql), found),
  );
  const [row = {}] = await engine.rows(`SELECT count(*) AS items, CAST(${found} AS DOUBLE) AS found FROM (${each})`);
  const value = row['found'] ?? null;
  const number = value === null ? Number.NaN : Number(value);
  return { items: Number(row['items'] ?? 0), found: Number.isFinite(number) ? number : Number.NaN };
}

function foundSql(of: ItemsMeasure): string {
  switch (of.kind) {
    case 'repeats': {
      const { one, present } = tuple(of.columns);
      return `count(*) FILTER (WHERE ${present}) - count(DISTINCT ${one}) FILTER (WHERE ${present})`;
    }
    case 'count':
      return 'count(*)';
    case 'number':
      return of.aggregate;
    default:
      return unreachable(of);
  }
}
