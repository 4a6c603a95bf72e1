import type { DuckDBConnection, DuckDBInstance, DuckDBValue } from '@duckdb/node-api';

export type Cell = null | boolean | number | string | readonly Cell[] | { readonly [name: string]: Cell };
export type Row = { readonly [column: string]: Cell };

export interface EngineOptions {
  /** Worker threads. Default 2. */
  readonly threads?: number;
  /** Memory limit, as DuckDB writes it. Default `2GB`. */
  readonly memory?: string;
  /** Folder for what does not fit in memory; null = none. */
  readonly spill?: string | null;
  /** Ends the statement under way and refuses every later one, each with the signal's reason. Default: none. */
  readonly signal?: AbortSignal | null;
}

/**
 * The embedded tabular engine (DuckDB) of one process. Statements run one after another; open several for parallel work, or one beside another over the same tables.
 * Text of times is in UTC. Nothing is downloaded: extensions are never installed or loaded.
 */
export interface Engine {
  /** Runs statements, ignoring rows. @throws Error with DuckDB's message */
  readonly run: (sql: string, values?: readonly (null | boolean | number | string)[]) => Promise<void>;
  /**
   * All rows as objects. Whole numbers beyond 2^53 come as decimal text, times as ISO 8601 text (UTC, `Z`), dates as `YYYY-MM-DD`,
   * blobs as hexadecimal text, NaN and infinities as the texts `NaN`, `Infinity`, `-Infinity`.
   */
  readonly rows: (sql: string, values?: readonly (null | boolean | number | string)[]) => Promise<readonly Row[]>;
  /** Columns as arrays, for numeric work over many rows: numbers as numbers (NULL and NaN as NaN), everything else as by {@link rows}. */
  readonly columns: (sql: string) => Promise<{ readonly [column: string]: readonly Cell[] }>;
  /** Names and DuckDB type names of what a query would give, without running it. */
  readonly describe: (sql: string) => Promise<readonly { readonly name: string; readonly type: string }[]>;
  /** Forbids every file outside these folders from now on; cannot be undone. For running a user's SQL. */
  readonly confine: (folders: readonly string[]) => Promise<void>;
  /** Another engine over the same tables and with the same limits, whose statements run beside those of this one. It is disposed of before this one. */
  readonly beside: () => Promise<Engine>;
  readonly [Symbol.dispose]: () => void;
}

export async function openEngine(options: EngineOptions = {}): Promise<Engine> {
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const instance = await DuckDBInstance.create(':memory:', {
    threads: String(options.threads ?? 2),
    memory_limit: options.memory ?? '2GB',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    ...(options.spill ? { temp_directory: options.spill } : {}),
  });
  return connectTo(instance, { signal: options.signal ?? null, end: () => instance.closeSync() });
}

async function connectTo(
  instance: DuckDBInstance,
  { signal, end }: { readonly signal: AbortSignal | null; readonly end: () => void },
): Promise<Engine> {
  const connection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'");
  const within = <T>(statement: () => Promise<T>): Promise<T> => (signal === null ? statement() : endWith(signal, connection, statement));
  return {
    run: (sql, values) => within(async () => void (await connection.run(sql, values as DuckDBValue[] | undefined))),
    rows: (sql, values) => within(() => readRows(connection, sql, values)),
    columns: (sql) => within(() => readColumns(connection, sql)),
    describe: async (sql) =>
      (await within(() => readRows(connection, `DESCRIBE ${sql}`))).map((row) => ({
        name: String(row['column_name']),
        type: String(row['column_type']),
      })),
    confine: async (folders) => {
      const list = folders.map((folder) => quoteText(folder)).join(', ');
      await connection.run(`SET allowed_directories = [${list}]`);
      await connection.run('SET enable_external_access = false');
      await connection.run('SET lock_configuration = true');
    },
    beside: () => connectTo(instance, { signal, end: () => {} }),
    [Symbol.dispose]: () => {
      connection.closeSync();
      end();
    },
  };
}

/** Milliseconds from one interruption to the next. */
const interruptEveryMs = 20;

/** Runs a statement until it ends or the signal ends it. @throws the signal's reason once it is aborted */
async function endWith<T>(signal: AbortSignal, connection: DuckDBConnection, statement: () => Promise<T>): Promise<T> {
  signal.throwIfAborted();
  let timer: NodeJS.Timeout | null = null;
  // a statement that DuckDB has not begun yet takes no notice: it is told until it has ended
  const interrupt = (): void => {
    connection.interrupt();
    timer = setTimeout(interrupt, interruptEveryMs);
  };
  signal.addEventListener('abort', interrupt, { once: true });
  try {
    return await statement();
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener('abort', interrupt);
    if (timer !== null) clearTimeout(timer);
  }
}

/** A text as an SQL literal. */
export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A name as an SQL identifier. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

async function readRows(
  connection: DuckDBConnection,
  sql: string,
  values?: readonly (null | boolean | number | string)[],
): Promise<readonly Row[]> {
  const reader = await connection.runAndReadAll(sql, values as DuckDBValue[] | undefined);
  const names = reader.deduplicatedColumnNames();
  const types = reader.columnTypes().map((type) => type.toString());
  return reader.getRowsJS().map((row) => Object.fromEntries(names.map((name, index) => [name, cellOf(row[index], types[index])])));
}

async function readColumns(connection: DuckDBConnection, sql: string): Promise<{ readonly [column: string]: readonly Cell[] }> {
  const reader = await connection.runAndReadAll(sql);
  const names = reader.deduplicatedColumnNames();
  const types = reader.columnTypes().map((type) => type.toString());
  const columns = reader.getColumnsJS();
  return Object.fromEntries(
    names.map((name, index) => {
      const numeric = /^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|DOUBLE|FLOAT|DECIMAL\(\d+,\d+\))$/.test(types[index] ?? '');
      const cells = columns[index] ?? [];
      return [
        name,
        numeric ? cells.map((cell) => (cell === null ? Number.NaN : Number(cell))) : cells.map((cell) => cellOf(cell, types[index])),
      ];
    }),
  );
}

function cellOf(value: unknown, type?: string): Cell {
  if (value === null || value === undefined) return null;
  if (typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value === 'bigint') return value >= -9007199254740991n && value <= 9007199254740991n ? Number(value) : value.toString();
  if (value instanceof Date) return type === 'DATE' ? value.toISOString().slice(0, 10) : value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (Array.isArray(value)) return value.map((item) => cellOf(item));
  if (typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, cellOf(member)]));
  return String(value);
}
