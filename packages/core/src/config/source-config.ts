import type { BucketConfig } from './remote-place.ts';

/** Where a dataset comes from when it is not files of the project. */
export type SourceConfig = PostgresConfig | MysqlConfig | SqliteConfig | S3SourceConfig | HttpSourceConfig;

/** What is read of a database. */
export interface QueryConfig {
  /** Table or view, with or without its schema; null when there is a query. */
  readonly table: string | null;
  /** A SELECT, or the path of a `.sql` file of the project; null when there is a table. */
  readonly query: string | null;
  /** SQL condition over the rows, for the server to judge; null = every row. */
  readonly where: string | null;
  /** Columns that name a row. Null = the table's primary key; none for a query. */
  readonly key: readonly string[] | null;
  /** Column by which rows that came later are found; null = everything is read every time. */
  readonly cursor: CursorConfig | null;
}

export interface CursorConfig {
  readonly column: string;
  /** How far before the last value it is read again: milliseconds for times, a count for numbers; null = the default of its type. */
  readonly overlap: number | null;
}

/** An address without a password, or the secret that holds one. */
export type AddressConfig = string | { readonly secret: string };

interface ServerConfig extends QueryConfig {
  readonly url: AddressConfig;
  /** Schema of the table; null = as the server finds it. */
  readonly schema: string | null;
  /** Longest wait for a connection. Default 10 s. */
  readonly connectMs: number;
  /** Longest time one statement may take; null = no limit. */
  readonly statementMs: number | null;
}

export interface PostgresConfig extends ServerConfig {
  readonly kind: 'postgres';
  /** Changes are read from this replication slot; null = by `cursor`, or everything every time. */
  readonly replication: { readonly slot: string; readonly publication: string } | null;
}

export interface MysqlConfig extends ServerConfig {
  readonly kind: 'mysql';
}

export interface SqliteConfig extends QueryConfig {
  readonly kind: 'sqlite';
  /** Path of the database, relative to the project. */
  readonly file: string;
}

export interface S3SourceConfig extends BucketConfig {
  readonly kind: 's3';
  /** Empty for the whole bucket. */
  readonly prefix: string;
  /** Patterns over the names below the prefix; none = all. */
  readonly objects: readonly string[];
}

export interface HttpSourceConfig {
  readonly kind: 'http';
  readonly urls: readonly string[];
  readonly token: { readonly secret: string } | null;
  /** Longest file that is taken, in bytes. Default 100 GB. */
  readonly mostBytes: number;
}
