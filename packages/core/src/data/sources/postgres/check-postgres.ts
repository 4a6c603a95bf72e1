import { quoteName } from '@tidegate/runtime';
import { foundWith, lookOver, passed } from '../look-over.ts';
import { certificateFinding } from '../certificate-finding.ts';
import { clockFinding, lagFinding, latencyFinding } from '../measured-findings.ts';
import type { SourceFinding } from '../source.ts';
import { connectPostgres, type PostgresConnection } from './connect.ts';
import { postgresColumns } from './postgres-columns.ts';
import { postgresFailure } from './postgres-failure.ts';
import { type PostgresRelation, postgresRelation } from './postgres-relation.ts';
import { slotFinding } from './replication/slot-finding.ts';
import type { PostgresTask } from './while-connected.ts';

type Found = Omit<SourceFinding, 'about'> | null;

/** Looks at everything that a reading needs, and reads no row for it. */
export async function checkPostgres(task: PostgresTask): Promise<readonly SourceFinding[]> {
  const { config, parts, signal, title } = task;
  const begun = performance.now();
  const told = <T>(work: () => Promise<T>): Promise<T> =>
    work().catch((error: unknown) => {
      signal.throwIfAborted();
      throw postgresFailure(error, title);
    });
  let connection: PostgresConnection | null = null;
  let relation: PostgresRelation | null = null;
  const here = (): PostgresConnection => connection ?? fail();
  const read = (): PostgresRelation => relation ?? fail();
  try {
    return await lookOver(
      [
        {
          about: 'login' as const,
          at: async () => {
            connection = await connectPostgres(config, parts, { signal });
            return passed('The server lets us in', { connectMs: Math.round(performance.now() - begun) });
          },
        },
        { about: 'tls' as const, at: async () => tlsFinding(here()) },
        { about: 'latency' as const, at: () => latencyFinding(() => here().rows('SELECT 1')) },
        { about: 'clock' as const, at: () => clockFinding(() => clockOf(here())) },
        { about: 'replica' as const, at: () => replicaLag(here()) },
        {
          about: 'found' as const,
          at: async () => {
            relation = await postgresRelation(config, parts, here());
            const columns = await postgresColumns(here(), read());
            return foundWith(
              read().title,
              columns.map((column) => column.read.name),
            );
          },
        },
        { about: 'permission' as const, at: () => rowSecurity(here(), read()) },
        { about: 'rows' as const, at: () => rowEstimate(here(), read()) },
        { about: 'replication' as const, at: () => slotFinding(here(), read(), config.replication) },
        { about: 'cursor' as const, at: () => cursorIndex(here(), read(), config.cursor?.column ?? null) },
      ].map(({ about, at }) => ({ about, at: (): Promise<Found> => told<Found>(at) })),
    );
  } finally {
    await (connection as PostgresConnection | null)?.[Symbol.asyncDispose]();
  }
}

function fail(): never {
  throw new Error('Cannot look at a source before it is connected; please report this');
}

function tlsFinding({ client }: PostgresConnection): Found {
  return certificateFinding(client.connection.stream, client.host);
}

async function clockOf({ rows }: PostgresConnection): Promise<number> {
  return Number((await rows('SELECT extract(epoch FROM clock_timestamp()) * 1000 AS now'))[0]?.['now']);
}

async function replicaLag({ rows }: PostgresConnection): Promise<Found> {
  const [row] = await rows(
    `SELECT pg_is_in_recovery()::text AS replica, (extract(epoch FROM now() - pg_last_xact_replay_timestamp()) * 1000)::bigint AS lag,
            (pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn())::text AS level`,
  );
  if (row?.['replica'] !== 'true') return null;
  const lagMs = row['level'] === 'true' ? 0 : Number(row['lag'] ?? 0);
  return lagFinding(lagMs);
}

/** Whether policies hide rows from this user; null when they do not. */
async function rowSecurity({ rows }: PostgresConnection, { table, title }: PostgresRelation): Promise<Found> {
  if (table === null) return null;
  const [row] = await rows('SELECT row_security_active($1::regclass)::text AS active', [table]);
  if (row?.['active'] !== 'true') return null;
  const message = `Row security is on for ${title}: rows that its policies hide from this user are not seen`;
  return {
    verdict: 'pass',
    message,
    hint: 'Where all rows are meant, ask the owner for: ALTER USER … BYPASSRLS',
    measured: { rowSecurity: true },
  };
}

interface Plan {
  readonly 'Node Type': string;
  readonly 'Plan Rows': number;
  readonly Plans?: readonly Plan[];
}

async function explain({ rows }: PostgresConnection, sql: string): Promise<Plan | null> {
  const [row] = await rows(`EXPLAIN (FORMAT JSON) ${sql}`);
  const [plan] = JSON.parse(row?.['QUERY PLAN'] ?? '[]') as readonly { readonly Plan: Plan }[];
  return plan?.Plan ?? null;
}

/** What the planner thinks, for counting rows would read them all. */
async function rowEstimate(connection: PostgresConnection, { sql, where }: PostgresRelation): Promise<Found> {
  const plan = await explain(connection, `SELECT * FROM ${sql}${where}`);
  const rowsEstimated = plan?.['Plan Rows'] ?? null;
  return rowsEstimated === null ? null : passed(`About ${rowsEstimated} rows, as the planner estimates`, { rowsEstimated });
}

/** Whether the largest value of the cursor is found without reading every row. */
async function cursorIndex(connection: PostgresConnection, { sql, where, title }: PostgresRelation, column: string | null): Promise<Found> {
  if (column === null) return null;
  const plan = await explain(connection, `SELECT max(${quoteName(column)}) FROM ${sql}${where}`);
  if (plan !== null && usesIndex(plan)) return passed(`The newest "${column}" is found by an index`, { isIndexed: true });
  const message = `No index helps to find the newest "${column}": every row of ${title} is read for it`;
  return { verdict: 'pass', message, hint: `Make an index on ${quoteName(column)}`, measured: { isIndexed: false } };
}

function usesIndex(plan: Plan): boolean {
  return plan['Node Type'].startsWith('Index') || (plan.Plans ?? []).some(usesIndex);
}
