import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Engine, quoteName, quoteText } from '@tidegate/runtime';
import { type PostgresServer, startPostgres } from '../../packages/core/src/data/sources/fixtures/postgres-server.ts';
import { openSource } from '../../packages/core/src/data/sources/open-source.ts';
import { rowColumn } from './chance.ts';

/** How a table of the engine becomes a file of a version. */
export type Delivery = (engine: Engine, table: string, file: string) => Promise<void>;

export const asParquet: Delivery = (engine, table, file) =>
  engine.run(
    `COPY (SELECT * EXCLUDE (${quoteName(rowColumn)}) FROM ${table} ORDER BY ${quoteName(rowColumn)}) TO ${quoteText(file)} (FORMAT parquet)`,
  );

export interface DatabaseDelivery extends AsyncDisposable {
  readonly deliver: Delivery;
  /** `PostgreSQL 15.14` */
  readonly version: string;
}

/** By way of a table of a real PostgreSQL, from which Tidegate reads it as it reads any source. */
export async function byPostgres(): Promise<DatabaseDelivery> {
  const server = await startPostgres();
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-planted-database-'));
  // the server reads it as another user
  chmodSync(folder, 0o755);
  const csv = join(folder, 'rows.csv');
  const source = await openSource(
    {
      kind: 'postgres',
      url: { secret: 'URL' },
      table: 'planted',
      query: null,
      where: null,
      key: null,
      cursor: null,
      schema: null,
      connectMs: 5000,
      statementMs: null,
      replication: null,
    },
    { root: folder, secret: async () => server.url() },
  );
  const [{ server_version: version } = {}] = await server.run('SHOW server_version');
  return {
    version: `PostgreSQL ${String(version).split(' ')[0]}`,
    deliver: async (engine, table, file) => {
      await fill(server, engine, table, csv);
      const into = join(folder, 'read');
      mkdirSync(into);
      const reading = await source.read({ folder: into, since: null, signal: new AbortController().signal, progress: () => undefined });
      if (reading.kind !== 'rows') throw new Error(`Cannot take a reading of ${reading.kind}: expected rows`);
      const [first, ...others] = reading.files;
      if (others.length === 0 && first !== undefined) renameSync(first, file);
      else
        await engine.run(
          `COPY (SELECT * FROM read_parquet([${reading.files.map(quoteText).join(', ')}])) TO ${quoteText(file)} (FORMAT parquet)`,
        );
      rmSync(into, { recursive: true });
    },
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Makes the table anew, in the order of the rows. */
async function fill(server: PostgresServer, engine: Engine, table: string, csv: string): Promise<void> {
  const columns = (await engine.describe(`SELECT * FROM ${table}`)).filter(({ name }) => name !== rowColumn);
  const list = columns.map(({ name }) => quoteName(name));
  const types = columns.map(({ name, type }) => `${quoteName(name)} ${type === 'DOUBLE' ? 'DOUBLE PRECISION' : type}`);
  await engine.run(
    `COPY (SELECT ${list.join(', ')} FROM ${table} ORDER BY ${quoteName(rowColumn)}) TO ${quoteText(csv)} (FORMAT csv, HEADER false, NULLSTR '\\N', QUOTE '"', ESCAPE '"')`,
  );
  chmodSync(csv, 0o644);
  await server.run(
    `DROP TABLE IF EXISTS planted; CREATE TABLE planted (${types.join(', ')}); COPY planted (${list.join(', ')}) FROM ${quoteText(csv)} WITH (FORMAT csv, NULL '\\N')`,
  );
}
