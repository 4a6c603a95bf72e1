import { type Engine, quoteName, type Row } from '@tidegate/runtime';
import type { Rows } from '../tables/groups/group-sql.ts';
import { byName } from '../tables/rows/row-order.ts';
import { isFloating } from '../tables/rows/row-sum.ts';
import { sharedColumns } from './diff-by-key.ts';
import type { PartDifference } from './row-difference.ts';

/**
 * Rows without a key, each compared as a whole over the columns that both versions have: how often it is there more or less often than before. Rows are
 * counted by a hash of 64 bits: of ten million different ones two are taken for the same once in half a million comparisons.
 */
export async function diffAsBags(
  engine: Engine,
  { before, after, limit }: { readonly before: Rows; readonly after: Rows; readonly limit: number },
): Promise<PartDifference> {
  const columns = byName(sharedColumns(before.columns, after.columns));
  const values = columns.flatMap(({ name, type }) => [quoteName(name), ...(isFloating(type) ? [`signbit(${quoteName(name)})`] : [])]);
  const hash = `hash(${values.join(', ')})`;
  await engine.run(
    `CREATE OR REPLACE TEMP TABLE tidegate_bags AS SELECT h, sum(s)::BIGINT AS more FROM (
      SELECT ${hash} AS h, 1 AS s FROM (${after.sql}) UNION ALL SELECT ${hash}, -1 FROM (${before.sql})
    ) GROUP BY h HAVING sum(s) <> 0`,
  );
  const [row = {}] = await engine.rows(
    `SELECT coalesce(sum(more) FILTER (WHERE more > 0), 0) AS added, coalesce(-sum(more) FILTER (WHERE more < 0), 0) AS removed FROM tidegate_bags`,
  );
  const [added, removed] = [Number(row['added'] ?? 0), Number(row['removed'] ?? 0)];
  const examples = async (count: number, { sql }: Rows, sign: '>' | '<'): Promise<readonly Row[]> =>
    count === 0
      ? []
      : engine.rows(`SELECT * FROM (${sql}) WHERE ${hash} IN (SELECT h FROM tidegate_bags WHERE more ${sign} 0) LIMIT ${limit}`);
  return {
    added,
    removed,
    changed: 0,
    changedColumns: [],
    examples: { added: await examples(added, after, '>'), removed: await examples(removed, before, '<'), changed: [] },
    alike: [],
  };
}
