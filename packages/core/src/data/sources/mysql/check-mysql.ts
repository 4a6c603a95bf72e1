import { certificateFinding } from '../certificate-finding.ts';
import { clockFinding, lagFinding, latencyFinding } from '../measured-findings.ts';
import { foundWith, lookOver, passed } from '../look-over.ts';
import type { SourceFinding } from '../source.ts';
import { connectMysql, type MysqlConnection } from './connect.ts';
import { quoteMysql } from './mysql-columns.ts';
import { mysqlFailure } from './mysql-failure.ts';
import { fieldsOf, type MysqlRelation, mysqlRelation } from './mysql-relation.ts';
import type { MysqlTask } from './while-connected.ts';

type Found = Omit<SourceFinding, 'about'> | null;

/** Looks at everything that a reading needs, and reads no row for it. */
export async function checkMysql(task: MysqlTask): Promise<readonly SourceFinding[]> {
  const { config, parts, signal, title } = task;
  try {
    await using connection = await connectMysql(config, parts, signal);
    const relation = (): Promise<MysqlRelation> => mysqlRelation(config, parts, connection);
    const looks = {
      login: async () => passed('The server lets us in'),
      tls: async () => certificateFinding(connection.socket, connection.host),
      latency: () => latencyFinding(() => connection.ask('SELECT 1')),
      clock: () => clockFinding(async () => Number((await connection.ask('SELECT unix_timestamp(now(6)) * 1000 AS now')).rows[0]?.['now'])),
      replica: () => replicaLag(connection),
      found: async () => permission(connection, await relation()),
      rows: async () => rowEstimate(connection, await relation()),
      cursor: async () => cursorIndex(connection, await relation(), config.cursor?.column ?? null),
    } as const;
    const told = (work: () => Promise<Found>) => (): Promise<Found> =>
      work().catch((error: unknown) => {
        signal.throwIfAborted();
        throw mysqlFailure(error, title);
      });
    return await lookOver(Object.entries(looks).map(([about, at]) => ({ about: about as keyof typeof looks, at: told(at) })));
  } catch (error) {
    signal.throwIfAborted();
    return lookOver([{ about: 'login', at: () => Promise.reject(asError(mysqlFailure(error, title))) }]);
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

async function permission(connection: MysqlConnection, relation: MysqlRelation): Promise<Found> {
  const fields = await fieldsOf(connection, relation);
  return foundWith(
    relation.title,
    fields.map(({ name }) => name),
  );
}

/** Null for a primary, and for who may not ask. */
async function replicaLag({ ask }: MysqlConnection): Promise<Found> {
  const nothing = { rows: [] };
  const { rows } = await ask('SHOW REPLICA STATUS').catch(() => ask('SHOW SLAVE STATUS').catch(() => nothing));
  const [row] = rows;
  if (row === undefined) return null;
  const seconds = row['Seconds_Behind_Source'] ?? row['Seconds_Behind_Master'] ?? null;
  return lagFinding(seconds === null ? null : Number(seconds) * 1000);
}

/** What the optimiser thinks, for counting rows would read them all. */
async function rowEstimate({ ask }: MysqlConnection, { sql, where }: MysqlRelation): Promise<Found> {
  const { rows } = await ask(`EXPLAIN SELECT * FROM ${sql}${where}`);
  const rowsEstimated = Number(rows[0]?.['rows'] ?? 0);
  return passed(`About ${rowsEstimated} rows, as the optimiser estimates`, { rowsEstimated });
}

/** Whether the largest value of the cursor is found without reading every row. */
async function cursorIndex({ ask }: MysqlConnection, { sql, where, title }: MysqlRelation, column: string | null): Promise<Found> {
  if (column === null) return null;
  const { rows } = await ask(`EXPLAIN SELECT max(${quoteMysql(column)}) FROM ${sql}${where}`);
  const isIndexed = /optimized away/i.test(rows[0]?.['Extra'] ?? '');
  if (isIndexed) return passed(`The newest "${column}" is found by an index`, { isIndexed });
  const message = `No index helps to find the newest "${column}": many rows of ${title} are read for it`;
  return { verdict: 'pass', message, hint: `Make an index on ${quoteMysql(column)}`, measured: { isIndexed } };
}
