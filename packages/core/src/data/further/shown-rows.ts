import type { CheckResult, Column } from '@tidegate/formats';
import { type Engine, quoteName } from '@tidegate/runtime';
import { exampleCells, exampleRows } from '../checks/example-rows.ts';
import type { FurtherPlace, Relation } from './further-place.ts';

/** Examples of rows that a query gives: the key first, then the columns of the check; values of persons are not shown. */
export async function shownRows(
  { engine, own, keys }: Pick<FurtherPlace, 'engine' | 'own' | 'keys'>,
  {
    from,
    columns,
    personal = own.personal,
  }: { readonly from: string; readonly columns: readonly Column[]; readonly personal?: Relation['personal'] },
): Promise<CheckResult['examples']> {
  const names = [...new Set([...keys, ...columns.map(({ name }) => name)])];
  return shown(engine, {
    from,
    columns: names.flatMap((name) => own.columns.find((column) => column.name === name) ?? []),
    personal,
  });
}

/** The first rows of a query in the order of these columns. */
export async function shown(
  engine: Engine,
  { from, columns, personal }: { readonly from: string; readonly columns: readonly Column[]; readonly personal: Relation['personal'] },
): Promise<CheckResult['examples']> {
  const cells = columns.map(({ name, type }) => ({ name, sql: quoteName(name), type }));
  if (cells.length === 0) return [];
  return exampleCells(engine, {
    columns: cells,
    personal,
    query: (list) => `SELECT ${list} FROM (${from}) ORDER BY ${cells.map(({ sql }) => sql).join(', ')} LIMIT ${exampleRows}`,
  });
}
