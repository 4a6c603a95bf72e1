import { join } from 'node:path';
import type { QueryConfig } from '../../../config/index.ts';
import { readFile } from '../../../platform/index.ts';

/** What is read, as a part of a FROM. */
export interface Relation {
  /** SQL to select from: a quoted table, or a query in brackets with a name. */
  readonly sql: string;
  /** For a reader: `the table "weather"`. */
  readonly title: string;
  /** Null for a query. */
  readonly table: { readonly schema: string | null; readonly name: string } | null;
  /** Text of the query; null for a table. */
  readonly query: string | null;
}

export interface RelationOptions {
  /** The project's folder. */
  readonly root: string;
  readonly quote: (name: string) => string;
  readonly schema: string | null;
}

/** Reads the file of a query, and takes its final semicolon away. */
export async function relationOf({ table, query }: QueryConfig, { root, quote, schema }: RelationOptions): Promise<Relation> {
  if (query !== null) {
    const text = query.endsWith('.sql') ? await readFile(join(root, query), 'utf8') : query;
    const plain = text.replace(/[\s;]+$/, '');
    const title = query.endsWith('.sql') ? `the query "${query}"` : 'the query';
    return { sql: `(${plain}\n) AS ${quote('tidegate_query')}`, title, table: null, query: plain };
  }
  const [name = '', before = null] = (table ?? '').split('.').reverse();
  const found = { schema: schema ?? before, name: schema === null ? name : (table ?? '') };
  const sql = found.schema === null ? quote(found.name) : `${quote(found.schema)}.${quote(found.name)}`;
  return { sql, title: `the table "${found.schema === null ? '' : `${found.schema}.`}${found.name}"`, table: found, query: null };
}
