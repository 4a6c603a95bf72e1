import type { TableColumn } from '@tidegate/formats';
import { type Engine, quoteName } from '@tidegate/runtime';

/** How a column differs from what it was. */
export type SchemaChange =
  | { readonly kind: 'added'; readonly column: string; readonly type: string }
  | { readonly kind: 'dropped'; readonly column: string; readonly type: string }
  | { readonly kind: 'renamed'; readonly column: string; readonly from: string; readonly evidence: string }
  | { readonly kind: 'retyped'; readonly column: string; readonly from: string; readonly type: string }
  /** Same columns in another order. */
  | { readonly kind: 'reordered'; readonly column: string; readonly from: number; readonly to: number };

interface Side {
  readonly columns: readonly TableColumn[];
  /** A SELECT of its rows. */
  readonly rows: string;
}

export interface SchemasToCompare {
  readonly before: Side;
  readonly after: Side;
  /** Columns on both sides that name a row; empty = nothing does. */
  readonly key: readonly string[];
}

/** Rows whose values are compared to tell a renamed column from a new one. */
const comparedRows = 10_000;
/** Share of equal values from which on a column counts as the same under another name. */
const likeness = 0.95;

/** Says how columns differ. One that is gone and one that is new of the same type are one that was renamed, when their values or their places say so. */
export async function compareSchemas(engine: Engine, schemas: SchemasToCompare): Promise<readonly SchemaChange[]> {
  const { before, after } = schemas;
  const [was, is] = [placesOf(before.columns), placesOf(after.columns)];
  const gone = before.columns.filter(({ name }) => !is.has(name));
  const fresh = after.columns.filter(({ name }) => !was.has(name));
  const renamed: (SchemaChange & { readonly kind: 'renamed' })[] = [];
  for (const from of gone) {
    const found = await newNameOf(
      engine,
      from,
      fresh.filter(({ name }) => !renamed.some(({ column }) => column === name)),
      schemas,
    );
    if (found !== null) renamed.push(found);
  }
  const [lost, taken] = [new Set(renamed.map(({ from }) => from)), new Set(renamed.map(({ column }) => column))];
  return [
    ...renamed,
    ...gone.filter(({ name }) => !lost.has(name)).map(({ name, type }) => ({ kind: 'dropped', column: name, type }) as const),
    ...fresh.filter(({ name }) => !taken.has(name)).map(({ name, type }) => ({ kind: 'added', column: name, type }) as const),
    ...after.columns.flatMap(({ name, type }) => {
      const from = before.columns[was.get(name) ?? -1]?.type;
      return from === undefined || from === type ? [] : [{ kind: 'retyped', column: name, from, type } as const];
    }),
    ...reordered(before.columns, after.columns),
  ];
}

function placesOf(columns: readonly TableColumn[]): ReadonlyMap<string, number> {
  return new Map(columns.map(({ name }, index) => [name, index]));
}

/** Only where nothing else has moved columns about. */
function reordered(before: readonly TableColumn[], after: readonly TableColumn[]): readonly SchemaChange[] {
  const places = placesOf(before);
  if (before.length !== after.length || after.some(({ name }) => !places.has(name))) return [];
  return after.flatMap(({ name }, to) => {
    const from = places.get(name) ?? to;
    return from === to ? [] : [{ kind: 'reordered', column: name, from, to } as const];
  });
}

async function newNameOf(
  engine: Engine,
  from: TableColumn,
  candidates: readonly TableColumn[],
  { before, after, key }: SchemasToCompare,
): Promise<(SchemaChange & { readonly kind: 'renamed' }) | null> {
  for (const { name, type } of candidates) {
    if (type !== from.type) continue;
    const share = key.length === 0 ? null : await equalShare(engine, { before, after, key, names: [from.name, name] });
    if (share !== null && share >= likeness)
      return { kind: 'renamed', column: name, from: from.name, evidence: `${Math.round(share * 100)} % of the values are equal` };
    const isInPlace = placesOf(before.columns).get(from.name) === placesOf(after.columns).get(name);
    if (share === null && isInPlace)
      return { kind: 'renamed', column: name, from: from.name, evidence: 'it has the place and the type of the other' };
  }
  return null;
}

/** Share of rows with equal values in both columns, of those with the same key; null when there are none. */
async function equalShare(
  engine: Engine,
  { before, after, key, names: [was, is] }: SchemasToCompare & { readonly names: readonly [string, string] },
): Promise<number | null> {
  const same = key.map((name) => `b.${quoteName(name)} = a.${quoteName(name)}`).join(' AND ');
  const [found] = await engine.rows(
    `SELECT count(*) AS rows, count(*) FILTER (WHERE b.${quoteName(was)} IS NOT DISTINCT FROM a.${quoteName(is)}) AS equal
     FROM (SELECT * FROM (${before.rows}) LIMIT ${comparedRows}) AS b JOIN (${after.rows}) AS a ON ${same}`,
  );
  const rows = Number(found?.['rows'] ?? 0);
  return rows === 0 ? null : Number(found?.['equal'] ?? 0) / rows;
}
