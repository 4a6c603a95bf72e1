import { quoteName, quoteText } from '@tidegate/runtime';
import type { PostgresConfig } from '../../../config/index.ts';
import { type CursorWindow, cursorWindow, type NewestValue, readUpTo } from '../rows/cursor-window.ts';
import { keyOfGroups } from '../rows/key-of-groups.ts';
import { positionOf, positionRecord, type RowsPosition, sameColumns } from '../rows/position.ts';
import { settleDecimals } from '../rows/settle-decimals.ts';
import { openRowStage } from '../rows/row-stage.ts';
import type { TakenRows } from '../rows/text-parts.ts';
import type { ReadRequest, RowsReading } from '../source.ts';
import type { PostgresConnection } from './connect.ts';
import { copyOut } from './copy-out.ts';
import { type PostgresColumn, postgresColumns } from './postgres-columns.ts';
import type { PostgresRelation } from './postgres-relation.ts';

export interface SnapshotRequest extends ReadRequest {
  readonly config: PostgresConfig;
  readonly relation: PostgresRelation;
  /** Snapshot that another transaction has exported; null = one of our own. */
  readonly snapshot: string | null;
  /** Columns that name a row, when that is known; null = what the configuration or the table says. */
  readonly key: readonly string[] | null;
  /** How far the log was read when the snapshot was taken; null without replication. */
  readonly log: string | null;
}

/** Reads all rows, or those from the cursor on, as one snapshot has them. @throws what the driver throws */
export async function readSnapshot(connection: PostgresConnection, request: SnapshotRequest): Promise<RowsReading> {
  const { client, rows } = connection;
  const { config, relation, since, snapshot, log } = request;
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  if (snapshot !== null) await client.query(`SET TRANSACTION SNAPSHOT ${quoteText(snapshot)}`);
  const columns = await postgresColumns(connection, relation);
  const read = columns.map((column) => column.read);
  const former = positionOf(since, relation.origin);
  const { cursor } = config;
  const type = read.find(({ name }) => name === cursor?.column)?.type;
  const window = cursorWindow(cursor, type, followed(former, read, columns));
  const latest = readUpTo(cursor?.column ?? '', type, cursor === null ? null : await newest(connection, relation, cursor.column));
  const key = request.key ?? config.key ?? (await primaryKey(rows, relation));
  const open = columns.flatMap(({ isOpen, read: { name } }) => (isOpen ? [name] : []));
  const groupsBy = window !== null || open.length > 0 ? null : keyOfGroups(request, key);
  const { files, rows: count, groups } = await readRows(connection, { columns, window, key: groupsBy, request });
  const settled = await settleDecimals({ files, columns: read, open, former: former?.columns ?? [] });
  await client.query('COMMIT');
  return {
    kind: 'rows',
    scope: window === null ? 'whole' : 'changes',
    files,
    rows: count,
    columns: settled,
    key,
    groups,
    replaces: window,
    removed: [],
    notices: latest.notices,
    position: positionRecord({ origin: relation.origin, columns: settled, cursor: latest.cursor, log }),
  };
}

/** The former position, when the columns are still those: a numeric without precision may have got another type from its values. */
export function followed(
  former: RowsPosition | null,
  read: readonly { readonly name: string; readonly type: string }[],
  columns: readonly PostgresColumn[],
): RowsPosition | null {
  if (former === null) return null;
  const now = read.map(({ name, type }, index) => ({
    name,
    type: columns[index]?.isOpen === true ? (former.columns[index]?.type ?? type) : type,
  }));
  return sameColumns(former.columns, now) ? former : null;
}

/** The largest value of the cursor, as text: with an index one row is read. */
export async function newest({ rows }: PostgresConnection, relation: PostgresRelation, column: string): Promise<NewestValue> {
  const [found] = await rows(
    `SELECT max(${quoteName(column)}) AS newest, extract(epoch FROM clock_timestamp()) * 1000 AS now FROM ${relation.sql}${relation.where}`,
  );
  return { value: found?.['newest'] ?? null, nowMs: Number(found?.['now']) };
}

interface CopyParts {
  readonly columns: readonly PostgresColumn[];
  readonly window: CursorWindow | null;
  /** Key of the table that the rows become; null = it is not asked for. */
  readonly key: readonly string[] | null;
  readonly request: SnapshotRequest;
}

async function readRows(
  connection: PostgresConnection,
  { columns, window, key, request: { folder, relation, signal, progress } }: CopyParts,
): Promise<TakenRows> {
  const read = columns.map((column) => column.read);
  await using stage = await openRowStage({ title: relation.title, folder, columns: read, key, signal });
  const asked = columns.map(({ ask }) => ask).join(', ');
  let bytes = 0;
  for await (const text of copyOut(
    connection,
    `COPY (SELECT ${asked} FROM ${relation.sql}${conditions(relation.where, window)}) TO STDOUT`,
  )) {
    await stage.write(text);
    bytes += text.byteLength;
    progress(`Read ${Math.round(bytes / 1e6)} MB of ${relation.title}`, null);
  }
  return await stage.finish();
}

function conditions(where: string, window: CursorWindow | null): string {
  if (window === null) return where;
  const name = quoteName(window.column);
  return `${where === '' ? ' WHERE' : `${where} AND`} (${name} >= ${quoteText(window.from)} OR ${name} IS NULL)`;
}

async function primaryKey(rows: PostgresConnection['rows'], { table }: PostgresRelation): Promise<readonly string[]> {
  if (table === null) return [];
  const found = await rows(
    `SELECT a.attname AS name FROM pg_index i CROSS JOIN unnest(i.indkey) WITH ORDINALITY AS k(number, place)
     JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number
     WHERE i.indrelid = $1::regclass AND i.indisprimary ORDER BY k.place`,
    [table],
  );
  return found.map(({ name }) => name ?? '');
}
