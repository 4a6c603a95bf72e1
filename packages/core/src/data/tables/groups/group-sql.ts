import { invariant, type TableColumn, type TableGroup, type TableLayer, type TableRecord } from '@tidegate/formats';
import { quoteName } from '@tidegate/runtime';
import { globText } from '../../read/sql-path.ts';
import type { LayerFile, StoredLayer } from './stored-layer.ts';

/** Marks in the file of a delta: a row that is there from now on, or one that is gone. */
export const changeColumn = 'tidegate.change';
const placeColumn = 'tidegate.place';

/** A SELECT with the columns that it gives. */
export interface Rows {
  readonly sql: string;
  readonly columns: readonly TableColumn[];
}

/** The rows of a group after these layers, in no order. `key` is that of the table; `source` is read in the place of the first file, if it is given. */
export function rowsOfLayers(layers: readonly LayerFile[], key: readonly string[], source?: string): Rows {
  const [first, ...rest] = layers;
  invariant(first?.kind === 'rows', 'A group begins with its rows');
  const base: Rows = {
    sql: `SELECT ${names(first.columns)} FROM ${source ?? `read_parquet(${globText(first.path)})`}`,
    columns: first.columns,
  };
  return runsOf(rest).reduce(
    (rows, [layer, ...more]) => (layer.kind === 'delta' ? changed(rows, [layer, ...more], key) : replaced(rows, layer, key)),
    base,
  );
}

/** Layers in their order, with deltas that follow one another together. */
function runsOf(layers: readonly LayerFile[]): readonly (readonly [LayerFile, ...LayerFile[]])[] {
  const runs: [LayerFile, ...LayerFile[]][] = [];
  for (const layer of layers) {
    const last = runs.at(-1);
    if (layer.kind === 'delta' && last?.[0].kind === 'delta') last.push(layer);
    else runs.push([layer]);
  }
  return runs;
}

function changed(rows: Rows, deltas: readonly [LayerFile, ...LayerFile[]], key: readonly string[]): Rows {
  if (key.length === 0) return deltas.reduce(changedBag, rows);
  const { columns } = deltas.at(-1) ?? deltas[0];
  const list = names(columns);
  const keys = key.map(quoteName).join(', ');
  // each row comes from the last delta that names it, and passes one join whatever the number of deltas
  const unlessIn = (later: readonly LayerFile[]): string => {
    if (later.length === 0) return '';
    return ` ANTI JOIN (SELECT ${keys} FROM read_parquet([${later.map(({ path }) => globText(path)).join(', ')}], union_by_name = true)) USING (${keys})`;
  };
  const added = deltas.map(
    ({ path }, at) =>
      `SELECT ${list} FROM (SELECT * FROM read_parquet(${globText(path)}) WHERE ${quoteName(changeColumn)} = '+')${unlessIn(deltas.slice(at + 1))}`,
  );
  return { sql: [`SELECT ${list} FROM (${rows.sql})${unlessIn(deltas)}`, ...added].join(' UNION ALL '), columns };
}

/** Rows without a key: those that are gone are taken out as often as they are named. */
function changedBag(rows: Rows, { path, columns }: LayerFile): Rows {
  const file = `read_parquet(${globText(path)})`;
  const list = names(columns);
  const change = quoteName(changeColumn);
  const left = `SELECT ${list} FROM (${rows.sql}) EXCEPT ALL SELECT ${list} FROM ${file} WHERE ${change} = '-'`;
  return { sql: `(${left}) UNION ALL SELECT ${list} FROM ${file} WHERE ${change} = '+'`, columns };
}

function replaced(rows: Rows, { path, columns }: LayerFile, key: readonly string[]): Rows {
  const news = new Set(columns.map(({ name }) => name.toLowerCase()));
  const kept = rows.columns.filter(({ name }) => !news.has(name.toLowerCase()));
  const place = quoteName(placeColumn);
  const order = key.map(quoteName).join(', ');
  const placed = `SELECT ${names(kept)}, row_number() OVER (ORDER BY ${order}) - 1 AS ${place} FROM (${rows.sql})`;
  const file = `SELECT ${names(columns)}, file_row_number AS ${place} FROM read_parquet(${globText(path)}, file_row_number = true)`;
  const all = [...kept, ...columns];
  return { sql: `SELECT ${names(all)} FROM (${placed}) JOIN (${file}) USING (${place})`, columns: all };
}

/** The columns of the table from what the layers of one of its groups give. */
export function asTable(rows: Rows, columns: readonly TableColumn[]): string {
  const values = columns.map(({ name, type }) => `CAST(${quoteName(name)} AS ${type}) AS ${quoteName(name)}`);
  return `SELECT ${values.join(', ')} FROM (${rows.sql})`;
}

/** Whether the file of the group is the rows as the version has them, so that nothing must be written to read it. */
export function isPlain({ layers }: TableGroup, { schemas, columns }: TableRecord): boolean {
  const [only, ...more] = layers;
  return only !== undefined && more.length === 0 && sameColumns(schemas[only.schema] ?? [], columns);
}

export function sameColumns(one: readonly TableColumn[], other: readonly TableColumn[]): boolean {
  return one.length === other.length && one.every(({ name, type }, at) => other[at]?.name === name && other[at].type === type);
}

export function names(columns: readonly TableColumn[]): string {
  return columns.map(({ name }) => quoteName(name)).join(', ');
}

/** A layer as the record has it, with its columns and the path of its file. */
export function withPath(layer: TableLayer, schemas: TableRecord['schemas'], path: string): StoredLayer {
  return { ...layer, columns: schemas[layer.schema] ?? [], path };
}
