import { failure } from '@tidegate/formats';
import type { Engine } from '@tidegate/runtime';
import { globText } from '../../read/sql-path.ts';
import type { SortedRows } from './sort-rows.ts';

/** @throws TG-DATA-TABLE-KEY when a row has no key, or two rows have the same one */
export async function refuseBadKeys(
  engine: Engine,
  { path, terms }: SortedRows,
  { dataset, key, partition }: { readonly dataset: string; readonly key: readonly string[]; readonly partition: string | null },
): Promise<void> {
  if (key.length === 0) return;
  const first = partition === null ? 0 : 1;
  const columns = terms.slice(first).map((_, at) => `t${first + at}`);
  const rows = `(SELECT * FROM read_parquet(${globText(path)}) WHERE m IS NULL)`;
  // the rows lie in order, so that equal keys are neighbours; a window over nothing reads them in the order of the file
  const isRepeated = columns.map((column) => `${column} IS NOT DISTINCT FROM lag(${column}) OVER ()`).join(' AND ');
  const [found = {}] = await engine.rows(
    `SELECT ${columns.map((column) => `count(*) - count(${column}) AS ${column}`).join(', ')}, count(*) FILTER (WHERE again) AS again
     FROM (SELECT ${columns.join(', ')}, ${isRepeated} AS again FROM ${rows})`,
  );
  for (const [at, column] of columns.entries())
    if (Number(found[column] ?? 0) > 0)
      throw bad(dataset, `${Number(found[column])} rows have no value in "${key[at]}", which is in its key`);
  if (Number(found['again'] ?? 0) === 0) return;
  const list = columns.join(', ');
  const [twice] = await engine.rows(
    `SELECT ${columns.map((column) => `CAST(${column} AS VARCHAR) AS ${column}`).join(', ')}, count(*) AS times
     FROM ${rows} GROUP BY ${list} HAVING count(*) > 1 ORDER BY ${list} LIMIT 1`,
  );
  if (twice === undefined) return;
  const shown = columns.map((column, at) => `${key[at]} = ${String(twice[column])}`).join(', ');
  throw bad(dataset, `${Number(twice['times'])} rows have the key ${shown}`);
}

function bad(dataset: string, found: string): Error {
  return failure(
    'TG-DATA-TABLE-KEY',
    `Cannot keep data.${dataset} as a table: ${found}`,
    `Name columns that tell every row from every other as "key" of "${dataset}" in tidegate.yaml, or none: "table: {}"`,
  );
}
