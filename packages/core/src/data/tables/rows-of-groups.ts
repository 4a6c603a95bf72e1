import { join } from 'node:path';
import { invariant, type TableGroup } from '@tidegate/formats';
import { type Engine, quoteName, quoteText } from '@tidegate/runtime';
import { globText } from '../read/sql-path.ts';
import { pathOfObject } from './groups/group-parts.ts';
import { asTable, names } from './groups/group-sql.ts';
import { groupSql, type PartsRequest } from './table-parts.ts';

/** So many groups with several files are put together in one statement: the engine takes more than twice as long for twice as many. */
const mostTogether = 32;

/**
 * A SELECT of the rows of groups, of however many, in no order. Of groups that are one file each all those in the same columns are read as one list; of
 * the others more than a few are written to the scratch folder first.
 */
export async function rowsOfGroups(engine: Engine, request: Omit<PartsRequest, 'signal'>, groups: readonly TableGroup[]): Promise<string> {
  const { record, scratch } = request;
  const lists = new Map<number, string[]>();
  for (const { layers } of groups) {
    const [only, ...more] = layers;
    invariant(only !== undefined, 'A group begins with its rows');
    if (more.length > 0) continue;
    const list = lists.get(only.schema) ?? [];
    lists.set(only.schema, list);
    list.push(await pathOfObject(request, only));
  }
  const plain = [...lists].map(([schema, paths]) => filesSql(paths, record.schemas[schema] ?? [], record.columns));
  const layered = groups.filter(({ layers }) => layers.length > 1);
  const isFew = layered.length <= mostTogether;
  const written: string[] = [];
  for (const group of isFew ? [] : layered) {
    const path = join(scratch, `rows-${written.length}-${group.layers.at(-1)?.digest.slice('sha256:'.length)}.parquet`);
    await engine.run(`COPY (${await groupSql(request, group)}) TO ${quoteText(path)} (FORMAT parquet, COMPRESSION snappy)`);
    written.push(path);
  }
  const others = isFew
    ? await Promise.all(layered.map((group) => groupSql(request, group)))
    : [filesSql(written, record.columns, record.columns)];
  const all = [...plain, ...others];
  return all.length === 0 ? noRows(record.columns) : all.join(' UNION ALL ');
}

type Columns = PartsRequest['record']['columns'];

function filesSql(paths: readonly string[], columns: Columns, wanted: Columns): string {
  return asTable({ sql: `SELECT ${names(columns)} FROM read_parquet([${paths.map(globText).join(', ')}])`, columns }, wanted);
}

function noRows(columns: Columns): string {
  return `SELECT ${columns.map(({ name, type }) => `CAST(NULL AS ${type}) AS ${quoteName(name)}`).join(', ')} WHERE false`;
}
