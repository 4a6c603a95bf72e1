import { failure } from '@tidegate/formats';
import type { FieldPacket } from 'mysql2';
import type { MysqlConfig } from '../../../config/index.ts';
import { originOf } from '../rows/position.ts';
import { relationOf } from '../rows/query-text.ts';
import type { SourceParts } from '../source-parts.ts';
import type { MysqlConnection } from './connect.ts';
import { numberOf } from './mysql-failure.ts';
import { quoteMysql } from './mysql-columns.ts';

/** What is read, as the server knows it. */
export interface MysqlRelation {
  /** To select from. */
  readonly sql: string;
  /** ` WHERE (…)`, or nothing. */
  readonly where: string;
  readonly title: string;
  /** Null for a query. */
  readonly table: { readonly schema: string; readonly name: string } | null;
  readonly origin: string;
}

/** @throws what reading the file of the query throws */
export async function mysqlRelation(config: MysqlConfig, { root }: SourceParts, { ask }: MysqlConnection): Promise<MysqlRelation> {
  const { sql, title, table } = await relationOf(config, { root, quote: quoteMysql, schema: config.schema });
  const where = config.where === null ? '' : ` WHERE (${config.where}\n)`;
  const { rows } = await ask('SELECT DATABASE() AS name, @@hostname AS host, @@port AS port');
  const [{ name = '', host = '', port = '' } = {}] = rows;
  const origin = originOf({ kind: 'mysql', server: [host, port, name], from: sql, where, cursor: config.cursor?.column ?? null });
  return { sql, where, title, table: table === null ? null : { schema: table.schema ?? name ?? '', name: table.name }, origin };
}

/** What is known of the columns, without reading a row. @throws what the driver throws, TG-SOURCE-DENIED for a table of which some may not be read */
export async function fieldsOf(connection: MysqlConnection, relation: MysqlRelation): Promise<readonly FieldPacket[]> {
  const { fields } = await connection.ask(`SELECT * FROM ${relation.sql} LIMIT 0`).catch(async (error: unknown) => {
    throw await namingColumns(connection, relation, error);
  });
  return fields;
}

/** An error that names the columns of a table that may be read, where others may not; any other error as it is. */
async function namingColumns({ ask }: MysqlConnection, { table, sql, title }: MysqlRelation, error: unknown): Promise<unknown> {
  if (!(error instanceof Error) || table === null || (numberOf(error) !== 1142 && numberOf(error) !== 1143)) return error;
  const { rows } = await ask(
    "SELECT COLUMN_NAME AS name FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? AND PRIVILEGES LIKE '%select%' ORDER BY ORDINAL_POSITION",
    [table.schema, table.name],
  ).catch(() => ({ rows: [] }));
  const open = rows.map(({ name }) => quoteMysql(name ?? '')).join(', ');
  if (open === '') return error;
  return failure(
    'TG-SOURCE-DENIED',
    `Cannot read ${title} of MySQL: the user may read no other columns of it than ${open}`,
    `Read those by a query: SELECT ${open} FROM ${sql}; or ask the owner for: GRANT SELECT ON ${sql} TO USER`,
    error,
  );
}

/** Columns in which MariaDB keeps JSON as text that it checks. */
export async function jsonColumns({ ask }: MysqlConnection, { table }: MysqlRelation): Promise<ReadonlySet<string>> {
  if (table === null) return new Set();
  const sql = 'SELECT CHECK_CLAUSE AS rule FROM information_schema.CHECK_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = ? AND TABLE_NAME = ?';
  const { rows } = await ask(sql, [table.schema, table.name]).catch(() => ({ rows: [] })); // MySQL has JSON itself, and no such column
  return new Set(rows.flatMap(({ rule }) => /^json_valid\(`(.*)`\)$/.exec(rule ?? '')?.[1] ?? []));
}

export async function primaryKey({ ask }: MysqlConnection, { table }: MysqlRelation): Promise<readonly string[]> {
  if (table === null) return [];
  const { rows } = await ask(
    "SELECT COLUMN_NAME AS name FROM information_schema.KEY_COLUMN_USAGE WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? AND CONSTRAINT_NAME = 'PRIMARY' ORDER BY ORDINAL_POSITION",
    [table.schema, table.name],
  );
  return rows.map(({ name }) => name ?? '');
}

/** A sentence when the storage engine knows no transactions, so that rows of several moments may be read. */
export async function engineNotices({ ask }: MysqlConnection, { table, title }: MysqlRelation): Promise<readonly string[]> {
  if (table === null) return [];
  const { rows } = await ask(
    "SELECT t.ENGINE AS name FROM information_schema.TABLES t JOIN information_schema.ENGINES e ON e.ENGINE = t.ENGINE WHERE t.TABLE_SCHEMA = ? AND t.TABLE_NAME = ? AND coalesce(e.TRANSACTIONS, 'NO') <> 'YES'",
    [table.schema, table.name],
  );
  return rows.map(
    ({ name }) =>
      `${title} is kept by ${name}, which knows no transactions: rows that changed while they were read may be of several moments`,
  );
}
