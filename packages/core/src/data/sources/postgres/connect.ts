import { Client } from 'pg';
import type { PostgresConfig } from '../../../config/index.ts';
import { addressOf, type SourceParts } from '../source-parts.ts';
import { postgresAddress } from './postgres-address.ts';

/** A connection that ends with its block. */
export interface PostgresConnection extends AsyncDisposable {
  readonly client: Client;
  /** Rows of a statement, each value as text. */
  readonly rows: (sql: string, values?: readonly unknown[]) => Promise<readonly { readonly [column: string]: string | null }[]>;
}

/** Text of times, numbers and bytes that is the same whatever server, database and user are set to. */
const settings =
  "SET TimeZone = 'UTC'; SET DateStyle = 'ISO'; SET IntervalStyle = 'iso_8601'; SET extra_float_digits = 1; SET bytea_output = 'hex'; SET client_encoding = 'UTF8'; SET lock_timeout = '10s'";

/** Silence after which it is asked whether the other end is still there: a network that swallows everything would be waited for for hours. */
const probeAfterMs = 30_000;

/**
 * Connects, with one connection and no pool: a reading is one transaction.
 *
 * @param options.replication speaks the protocol of replication as well
 * @throws what the driver throws, TG-SECRETS-MISSING, TG-SOURCE-ADDRESS
 */
export async function connectPostgres(
  config: PostgresConfig,
  parts: SourceParts,
  { signal, replication = false }: { readonly signal: AbortSignal; readonly replication?: boolean },
): Promise<PostgresConnection> {
  const connectionString = postgresAddress(await addressOf(config.url, parts));
  signal.throwIfAborted();
  const client = new Client({
    connectionString,
    connectionTimeoutMillis: config.connectMs,
    application_name: 'tidegate',
    keepAlive: true,
    keepAliveInitialDelayMillis: probeAfterMs,
    types: { getTypeParser: () => (text: string) => text },
    ...(replication && { replication: 'database' }),
  });
  client.on('error', () => {}); // whoever waits for a statement is told
  const end = (): void => void client.end().catch(() => {});
  const cut = (): void => void client.connection.stream.destroy();
  signal.addEventListener('abort', cut, { once: true });
  try {
    await client.connect();
    await client.query(settings);
    await client.query(`SET statement_timeout = ${config.statementMs ?? 0}`);
    // a server that computes looks whether we are still there; those before version 14 cannot
    await client.query(
      "SELECT set_config('client_connection_check_interval', '1s', false) FROM pg_settings WHERE name = 'client_connection_check_interval'",
    );
  } catch (error) {
    signal.removeEventListener('abort', cut);
    end();
    signal.throwIfAborted();
    throw error;
  }
  return {
    client,
    rows: async (sql, values = []) => (await client.query<{ [column: string]: string | null }>(sql, [...values])).rows,
    [Symbol.asyncDispose]: async () => {
      signal.removeEventListener('abort', cut);
      await client.end().catch(() => {});
    },
  };
}
