import type { TableColumn } from '@tidegate/formats';
import { type Engine, quoteName } from '@tidegate/runtime';
import { byName } from './row-order.ts';

/**
 * SQL of a sum over the hashes of rows: the same for the same rows in any order. The hash is the engine's own, twenty times cheaper than one over
 * text, and promised to nobody: {@link sumRule} tells when it has changed, and sums by another rule are made again from the rows.
 */
function sumSql(hash: string): string {
  return `CAST(coalesce(sum(${hash}), 0) AS VARCHAR)`;
}

/** SQL of the hash of one row. */
export function rowHashSql(columns: readonly TableColumn[]): string {
  return `hash(${byName(columns)
    .flatMap(({ name, type }) => [quoteName(name), ...signOf(name, type)])
    .join(', ')})`;
}

/** 0 and -0 have one hash in the engine, and are two values all the same. */
function signOf(name: string, type: string): readonly string[] {
  return isFloating(type) ? [`signbit(${quoteName(name)})`] : [];
}

export function isFloating(type: string): boolean {
  return type === 'DOUBLE' || type === 'FLOAT';
}

const probe = `hash(1, 2.5::DOUBLE, 'text', DATE '2020-01-01', TIMESTAMP '2020-01-01', 1.50::DECIMAL(9,2), '\\x01'::BLOB, [1, 2], {'a': 1}, NULL, true)`;

/** A name for the way in which this engine hashes: another one when it hashes differently. */
export async function sumRule(engine: Engine): Promise<string> {
  const [row] = await engine.rows(`SELECT CAST(${probe} AS VARCHAR) AS probe`);
  return `duckdb-hash-sum/${String(row?.['probe'])}`;
}

export interface RowSum {
  readonly rows: number;
  readonly sum: string;
}

/** Number and sum of the rows of a query. */
export function rowSum(engine: Engine, query: string, columns: readonly TableColumn[]): Promise<RowSum> {
  return sumOfHashes(engine, query, rowHashSql(columns));
}

/** The same of rows whose hashes the query gives. */
export async function sumOfHashes(engine: Engine, query: string, hash: string): Promise<RowSum> {
  const [row] = await engine.rows(`SELECT count(*) AS rows, ${sumSql(hash)} AS sum FROM (${query})`);
  return { rows: Number(row?.['rows'] ?? 0), sum: String(row?.['sum'] ?? '0') };
}
