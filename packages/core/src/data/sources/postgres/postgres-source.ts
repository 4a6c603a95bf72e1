import type { PostgresConfig } from '../../../config/index.ts';
import { glanceOf } from '../rows/cursor-window.ts';
import { readInTries } from '../read-in-tries.ts';
import type { ReadRequest, Source, SourceReading } from '../source.ts';
import { addressOf, type SourceParts } from '../source-parts.ts';
import { checkPostgres } from './check-postgres.ts';
import type { PostgresConnection } from './connect.ts';
import { isTransient } from './postgres-failure.ts';
import { postgresRelation } from './postgres-relation.ts';
import { confirmLog } from './replication/confirm-log.ts';
import { readReplicated } from './replication/read-replicated.ts';
import { newest, readSnapshot } from './read-snapshot.ts';
import { whileConnected } from './while-connected.ts';

/** A table, a view or a query of PostgreSQL, read by COPY in one transaction that sees one moment. */
export function postgresSource(config: PostgresConfig, parts: SourceParts): Source {
  const title = `${config.table === null ? 'a query' : `the table "${config.table}"`} of PostgreSQL`;
  const connected = <T>(signal: AbortSignal, work: (connection: PostgresConnection) => Promise<T>): Promise<T> =>
    whileConnected({ config, parts, signal, title }, work);
  return {
    kind: 'postgres',
    title,
    check: ({ signal }) => checkPostgres({ config, parts, signal, title }),
    read: (request) => readAgain(config, parts, { ...request, title }),
    glance: ({ signal }) =>
      config.cursor === null
        ? Promise.resolve(null)
        : connected(signal, async (connection) =>
            glanceOf(await newest(connection, await postgresRelation(config, parts, connection), config.cursor?.column ?? '')),
          ),
    confirm: async (position, { signal }) => {
      const { replication } = config;
      if (replication === null) return;
      await whileConnected({ config, parts, signal, title }, (connection) => confirmLog(connection, replication, position));
    },
  };
}

async function readAgain(
  config: PostgresConfig,
  parts: SourceParts,
  request: ReadRequest & { readonly title: string },
): Promise<SourceReading> {
  const { signal, title } = request;
  await addressOf(config.url, parts);
  return readInTries(request, isTransient, (one) =>
    whileConnected({ config, parts, signal, title }, async (connection) => {
      const { replication } = config;
      if (replication !== null) return readReplicated(connection, { ...one, config, parts, replication });
      const relation = await postgresRelation(config, parts, connection);
      return readSnapshot(connection, { ...one, config, relation, key: null, snapshot: null, log: null });
    }),
  );
}
