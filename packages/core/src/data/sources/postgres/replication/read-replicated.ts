import { failure } from '@tidegate/formats';
import { quoteName } from '@tidegate/runtime';
import type { PostgresConfig } from '../../../../config/index.ts';
import { positionOf, positionRecord, type RowsPosition, sameColumns } from '../../rows/position.ts';
import { settleDecimals } from '../../rows/settle-decimals.ts';
import type { ReadRequest, RowsReading, SourceReading } from '../../source.ts';
import type { SourceParts } from '../../source-parts.ts';
import { connectPostgres, type PostgresConnection } from '../connect.ts';
import { type PostgresColumn, postgresColumns } from '../postgres-columns.ts';
import { type PostgresRelation, postgresRelation } from '../postgres-relation.ts';
import { followed, readSnapshot } from '../read-snapshot.ts';
import { readLog } from './read-log.ts';
import { ensurePublication, refuseHoles } from './publication.ts';
import { findSlot, logPlace, logText, refuseUnusable, type Replication, type Slot } from './slot.ts';

export interface ReplicatedRequest extends ReadRequest {
  readonly config: PostgresConfig;
  readonly parts: SourceParts;
  readonly replication: Replication;
}

/**
 * Reads the changes of a table since the last reading out of the log; everything, where there is none, or where the log does not say enough. The slot is
 * made before the snapshot and gives it, so that no change falls between the two.
 *
 * @throws TG-SOURCE-SLOT, what the driver throws
 */
export async function readReplicated(connection: PostgresConnection, request: ReplicatedRequest): Promise<SourceReading> {
  const { config, parts, replication, since } = request;
  const relation = await postgresRelation(config, parts, connection);
  const key = await identity(connection, relation);
  const slot = await findSlot(connection, replication.slot);
  await refuseUnusable(connection, slot, { name: replication.slot, title: relation.title });
  const former = positionOf(since, relation.origin);
  if (slot !== null) await refuseHoles(connection, { relation, replication });
  if (slot === null) return readFirst(connection, { ...request, relation, key, notices: former === null ? [] : [goneSlot(replication)] });
  const isOurs = former?.log != null && slot.confirmed <= logPlace(former.log);
  const changes = former === null || !isOurs ? null : await readChanges(connection, { ...request, relation, key, former });
  if (changes !== null) return changes;
  // what comes out of the slot from now on is put over what is read now: a change that is already in it is put there once more
  const notices =
    former !== null && !isOurs ? [`Somebody else has read from the slot "${replication.slot}": everything was read anew`] : [];
  return whole(connection, { ...request, relation, key, notices }, { snapshot: null, log: slot });
}

interface Following extends ReplicatedRequest {
  readonly relation: PostgresRelation;
  readonly key: readonly string[];
}

function goneSlot({ slot }: Replication): string {
  return `The slot "${slot}" was gone: it was made anew, and everything was read`;
}

/** Makes the slot, and reads everything as of the moment from which it has the changes. */
async function readFirst(
  connection: PostgresConnection,
  request: Following & { readonly notices: readonly string[] },
): Promise<RowsReading> {
  const { config, parts, signal, replication } = request;
  await ensurePublication(connection, request);
  await refuseHoles(connection, request);
  // the snapshot lasts as long as this connection says nothing more
  await using exporting = await connectPostgres(config, parts, { signal, replication: true });
  const [made] = await exporting.rows(`CREATE_REPLICATION_SLOT ${quoteName(replication.slot)} LOGICAL pgoutput EXPORT_SNAPSHOT`);
  const log = { confirmed: logPlace(made?.['consistent_point'] ?? '0/0') };
  return await whole(connection, request, { snapshot: made?.['snapshot_name'] ?? null, log });
}

async function whole(
  connection: PostgresConnection,
  request: Following & { readonly notices: readonly string[] },
  { snapshot, log }: { readonly snapshot: string | null; readonly log: Pick<Slot, 'confirmed'> },
): Promise<RowsReading> {
  const reading = await readSnapshot(connection, { ...request, since: null, snapshot, log: logText(log.confirmed) });
  return { ...reading, notices: [...reading.notices, ...request.notices] };
}

/** Null when the log does not say enough. */
async function readChanges(
  connection: PostgresConnection,
  request: Following & { readonly former: RowsPosition },
): Promise<SourceReading | null> {
  const { client, rows } = connection;
  const { relation, former, key, folder, signal, progress, replication } = request;
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  const columns = await postgresColumns(connection, relation);
  const types = columns.map(({ read }) => read);
  // changes of columns are not in the log
  if (followed(former, types, columns) === null) return endAnew(connection);
  const [now] = await rows('SELECT pg_current_wal_insert_lsn() AS place');
  const upTo = logPlace(now?.['place'] ?? '0/0');
  const logged = await readLog(connection, { relation, columns, key, folder, signal, progress, replication, upTo });
  if (logged === null) return endAnew(connection);
  await client.query('COMMIT');
  const settled = await settleDecimals({ files: logged.files, columns: types, open: openColumns(columns), former: former.columns });
  const position = positionRecord({ ...former, columns: settled, log: logText(upTo) });
  if (logged.rows === 0 && logged.removedRows === 0 && sameColumns(settled, former.columns)) return { kind: 'unchanged', position };
  const { files, rows: count, removed } = logged;
  return {
    kind: 'rows',
    scope: 'changes',
    files,
    rows: count,
    columns: settled,
    key,
    groups: null,
    replaces: null,
    removed,
    notices: [],
    position,
  };
}

async function endAnew({ client }: PostgresConnection): Promise<null> {
  await client.query('ROLLBACK');
  return null;
}

function openColumns(columns: readonly PostgresColumn[]): readonly string[] {
  return columns.flatMap(({ isOpen, read: { name } }) => (isOpen ? [name] : []));
}

/** Columns by which the log names a row: the primary key, or the index that the table says. @throws TG-SOURCE-SLOT when there is none */
async function identity({ rows }: PostgresConnection, { table, title }: PostgresRelation): Promise<readonly string[]> {
  const found = await rows(
    `SELECT a.attname AS name FROM pg_class c JOIN pg_index i ON i.indrelid = c.oid
     CROSS JOIN unnest(i.indkey) WITH ORDINALITY AS k(number, place) JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.number
     WHERE c.oid = $1::regclass AND CASE c.relreplident WHEN 'i' THEN i.indisreplident WHEN 'n' THEN false ELSE i.indisprimary END ORDER BY k.place`,
    [table],
  );
  if (found.length > 0) return found.map(({ name }) => name ?? '');
  throw failure(
    'TG-SOURCE-SLOT',
    `Cannot follow the changes of ${title}: the log cannot name its rows, for it has no primary key`,
    'Give the table a primary key, or name an index: ALTER TABLE … REPLICA IDENTITY USING INDEX …',
  );
}
