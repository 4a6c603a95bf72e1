import { quoteName } from '@tidegate/runtime';
import type { PostgresConfig } from '../../../config/index.ts';
import { originOf } from '../rows/position.ts';
import { relationOf } from '../rows/query-text.ts';
import type { SourceParts } from '../source-parts.ts';
import type { PostgresConnection } from './connect.ts';

/** What is read, as the server knows it. */
export interface PostgresRelation {
  /** To select from. */
  readonly sql: string;
  /** ` WHERE (…)`, or nothing. */
  readonly where: string;
  readonly title: string;
  /** Quoted name of the table; null for a query. */
  readonly table: string | null;
  readonly origin: string;
}

/** @throws what reading the file of the query throws */
export async function postgresRelation(
  config: PostgresConfig,
  { root }: SourceParts,
  { rows }: PostgresConnection,
): Promise<PostgresRelation> {
  const { sql, title, table } = await relationOf(config, { root, quote: quoteName, schema: config.schema });
  const where = config.where === null ? '' : ` WHERE (${config.where}\n)`;
  // another database with a table of the same name is another source, and its rows are no continuation
  const [server] = await rows('SELECT system_identifier::text || current_database() AS name FROM pg_control_system()').catch(() => []);
  const cursor = config.cursor?.column ?? null;
  const origin = originOf({
    kind: 'postgres',
    server: server?.['name'] ?? null,
    from: sql,
    where,
    cursor,
    slot: config.replication?.slot ?? null,
  });
  return { sql, where, title, table: table === null ? null : sql, origin };
}
