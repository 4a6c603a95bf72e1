import { quoteName } from '@tidegate/runtime';
import type { TableColumn } from '@tidegate/formats';
import { partitionTerm } from './partition-rule.ts';

/** What decides the order of the rows of a table, and how they are told apart. */
export interface RowOrder {
  /** Empty: rows have no key. */
  readonly key: readonly string[];
  readonly partition: string | null;
}

/** One of the values that rows are ordered by. */
export interface OrderTerm {
  /** SQL over a row with the table's columns. */
  readonly sql: string;
  /** Type of the engine. */
  readonly type: string;
}

/** The partition, then the key. Rows without a key are ordered by a hash of all that is in them, so that equal rows stand together. */
export function orderTerms({ key, partition }: RowOrder, columns: readonly TableColumn[]): readonly OrderTerm[] {
  const first = partition === null ? [] : [{ sql: partitionTerm(partition), type: 'VARCHAR' }];
  if (key.length === 0) return [...first, { sql: `md5(${rowText(columns)})`, type: 'VARCHAR' }];
  const types = new Map(columns.map(({ name, type }) => [name.toLowerCase(), type]));
  return [...first, ...key.map((name) => ({ sql: quoteName(name), type: types.get(name.toLowerCase()) ?? 'VARCHAR' }))];
}

/** Whether rows of one key are always of one partition, or there is nothing that a key could say. */
export function saysPartition({ key, partition }: RowOrder): boolean {
  if (partition === null || key.length === 0) return true;
  return key.some((name) => partition.endsWith(`(${name})`));
}

/** A row as JSON, with its columns by name: for ever the same text for the same row, whatever the engine. */
function rowText(columns: readonly TableColumn[]): string {
  const members = byName(columns).map(({ name }) => `${quoteName(name)} := ${quoteName(name)}`);
  return `CAST(to_json(struct_pack(${members.join(', ')})) AS VARCHAR)`;
}

/** Columns in an order that does not depend on where they stand in the source. */
export function byName(columns: readonly TableColumn[]): readonly TableColumn[] {
  return [...columns].sort((a, b) => (a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1));
}
