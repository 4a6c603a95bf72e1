import { canonicalJson, type TableColumn, type TableRecord } from '@tidegate/formats';
import type { StoredLayer } from './stored-layer.ts';

/** A group with the columns of its layers at hand. */
export interface NamedGroup {
  readonly from: readonly string[];
  readonly rows: number;
  readonly sum: string;
  readonly layers: readonly Omit<StoredLayer, 'path'>[];
}

/** The groups of a record, each layer with its columns. */
export function groupsIn({ groups, schemas }: TableRecord): readonly NamedGroup[] {
  return groups.map((group) => ({ ...group, layers: group.layers.map((layer) => ({ ...layer, columns: schemas[layer.schema] ?? [] })) }));
}

/** What stands for the rule of sums where groups have theirs by several. */
export const mixedRules = 'of several rules';

/** Whether two tables have the same rows in the same columns, told by sums that were made by one rule. */
export function haveSameRows(one: TableRecord, other: TableRecord): boolean {
  return meaningOf(one) === meaningOf(other) && one.rows === other.rows && one.sumRule !== mixedRules && sumOf(one) === sumOf(other);
}

/** What is the same of two versions that have the same rows, their sum aside. */
export type TableMeaning = Pick<TableRecord, 'folder' | 'key' | 'partition' | 'columns' | 'sumRule'>;

export function meaningOf({ folder, key, partition, columns, sumRule }: TableMeaning): string {
  return canonicalJson({ folder, key, partition, columns, sumRule });
}

/** The sum of all rows, as decimal text. */
function sumOf({ groups }: Pick<TableRecord, 'groups'>): string {
  return String(groups.reduce((total, { sum }) => total + BigInt(sum), 0n));
}

/** The record over its groups, with each list of columns once. */
export function recordOf(table: Omit<TableRecord, 'format' | 'rows' | 'schemas' | 'groups'>, groups: readonly NamedGroup[]): TableRecord {
  const schemas = new Map<string, number>();
  const indexOf = (columns: readonly TableColumn[]): number => {
    const text = JSON.stringify(columns.map(({ name, type }) => ({ name, type })));
    const index = schemas.get(text) ?? schemas.size;
    schemas.set(text, index);
    return index;
  };
  const listed = groups.map(({ from, rows, sum, layers }) => ({
    from,
    rows,
    sum,
    layers: layers.map(({ kind, digest, bytes, rows: count, columns }) => ({ kind, digest, bytes, rows: count, schema: indexOf(columns) })),
  }));
  return {
    format: 'tidegate.table/1',
    ...table,
    rows: groups.reduce((sum, { rows }) => sum + rows, 0),
    schemas: [...schemas.keys()].map((text) => JSON.parse(text) as readonly TableColumn[]),
    groups: listed,
  };
}
