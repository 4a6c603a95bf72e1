import type { Connection, FieldPacket, QueryOptions } from 'mysql2';
import { createConnection } from 'mysql2';
import type { MysqlConfig } from '../../../config/index.ts';
import { addressOf, type SourceParts } from '../source-parts.ts';
import { mysqlAddress } from './mysql-address.ts';

export type TextRow = { readonly [column: string]: string | null };

/** A connection that ends with its block. */
export interface MysqlConnection extends AsyncDisposable {
  readonly connection: Connection;
  readonly host: string;
  /** What it speaks over. */
  readonly socket: object;
  /** Rows of a statement, each value as text, and what is known of the columns. */
  readonly ask: (
    sql: string,
    values?: readonly string[],
  ) => Promise<{ readonly rows: readonly TextRow[]; readonly fields: readonly FieldPacket[] }>;
}

/** Times come in UTC, and the server waits for a reader that is behind. */
const settings = "SET time_zone = '+00:00', net_write_timeout = 600, lock_wait_timeout = 10";

/** Silence after which it is asked whether the other end is still there: a network that swallows everything would be waited for for hours. */
const probeAfterMs = 30_000;

/** Connects, with one connection and no pool: a reading is one transaction. @throws what the driver throws, TG-SECRETS-MISSING, TG-SOURCE-ADDRESS */
export async function connectMysql(config: MysqlConfig, parts: SourceParts, signal: AbortSignal): Promise<MysqlConnection> {
  const address = await mysqlAddress(await addressOf(config.url, parts));
  signal.throwIfAborted();
  const connection = createConnection({
    ...address,
    connectTimeout: config.connectMs,
    keepAliveInitialDelay: probeAfterMs,
    charset: 'utf8mb4',
    supportBigNumbers: true,
    dateStrings: true,
  });
  connection.on('error', () => {}); // whoever waits for a statement is told
  const cut = (): void => connection.destroy();
  signal.addEventListener('abort', cut, { once: true });
  const ask: MysqlConnection['ask'] = (sql, values = []) =>
    new Promise((resolve, reject) => {
      const options: QueryOptions = { sql, values: [...values], typeCast: (field) => field.string('utf8') };
      connection.query(options, (error: Error | null, rows: unknown, fields: FieldPacket[] = []) =>
        error === null ? resolve({ rows: Array.isArray(rows) ? (rows as TextRow[]) : [], fields }) : reject(error),
      );
    });
  try {
    await ask(settings);
    if (config.statementMs !== null) await limitStatements(ask, config.statementMs);
  } catch (error) {
    signal.removeEventListener('abort', cut);
    connection.destroy();
    signal.throwIfAborted();
    throw error;
  }
  return {
    connection,
    socket: (connection as unknown as { readonly stream: object }).stream, // the types do not have it
    host: address.socketPath ?? address.host,
    ask,
    [Symbol.asyncDispose]: async () => {
      signal.removeEventListener('abort', cut);
      connection.destroy();
    },
  };
}

/** MariaDB has seconds, MySQL milliseconds under another name. */
async function limitStatements(ask: MysqlConnection['ask'], ms: number): Promise<void> {
  await ask(`SET max_statement_time = ${ms / 1000}`).catch(() => ask(`SET max_execution_time = ${ms}`));
}
