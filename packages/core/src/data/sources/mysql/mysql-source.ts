import type { MysqlConfig } from '../../../config/index.ts';
import { glanceOf } from '../rows/cursor-window.ts';
import { readInTries } from '../read-in-tries.ts';
import type { ReadRequest, Source, SourceReading } from '../source.ts';
import { addressOf, type SourceParts } from '../source-parts.ts';
import { checkMysql } from './check-mysql.ts';
import { isTransient } from './mysql-failure.ts';
import { mysqlRelation } from './mysql-relation.ts';
import { newest, readRows } from './read-rows.ts';
import { whileConnected } from './while-connected.ts';

/** A table, a view or a query of MySQL or MariaDB, read in one transaction that sees one moment. */
export function mysqlSource(config: MysqlConfig, parts: SourceParts): Source {
  const title = `${config.table === null ? 'a query' : `the table "${config.table}"`} of MySQL`;
  return {
    kind: 'mysql',
    title,
    check: ({ signal }) => checkMysql({ config, parts, signal, title }),
    read: (request) => readAgain(config, parts, { ...request, title }),
    glance: async ({ signal }) => {
      const { cursor } = config;
      if (cursor === null) return null;
      return whileConnected({ config, parts, signal, title }, async (connection) =>
        glanceOf(await newest(connection, await mysqlRelation(config, parts, connection), cursor.column)),
      );
    },
    confirm: async () => {},
  };
}

async function readAgain(
  config: MysqlConfig,
  parts: SourceParts,
  request: ReadRequest & { readonly title: string },
): Promise<SourceReading> {
  const { signal, title } = request;
  await addressOf(config.url, parts);
  return readInTries(request, isTransient, (one) =>
    whileConnected({ config, parts, signal, title }, async (connection) =>
      readRows(connection, { ...one, config, relation: await mysqlRelation(config, parts, connection) }),
    ),
  );
}
