import type { Readable } from 'node:stream';
import type { MysqlConfig } from '../../../config/index.ts';
import { type CursorWindow, cursorWindow, type NewestValue, readUpTo } from '../rows/cursor-window.ts';
import { keyOfGroups } from '../rows/key-of-groups.ts';
import { positionOf, positionRecord, sameColumns } from '../rows/position.ts';
import { openRowStage, type RowStage } from '../rows/row-stage.ts';
import { type Field, rowText } from '../rows/row-text.ts';
import type { ReadRequest, RowsReading } from '../source.ts';
import type { MysqlConnection } from './connect.ts';
import { literalOfMysql, type MysqlColumn, mysqlColumns, quoteMysql } from './mysql-columns.ts';
import { engineNotices, fieldsOf, jsonColumns, type MysqlRelation, primaryKey } from './mysql-relation.ts';

export interface RowsRequest extends ReadRequest {
  readonly config: MysqlConfig;
  readonly relation: MysqlRelation;
}

/** Reads all rows, or those from the cursor on, as one snapshot has them. @throws what the driver throws, TG-SOURCE-VALUE */
export async function readRows(connection: MysqlConnection, request: RowsRequest): Promise<RowsReading> {
  const { ask } = connection;
  const { config, relation, since, folder, signal } = request;
  await ask('SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ');
  await ask('START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY');
  const columns = mysqlColumns(await fieldsOf(connection, relation), await jsonColumns(connection, relation));
  const read = columns.map((column) => column.read);
  const plain = read.map(({ name, type, sourceType }) => ({ name, type, sourceType }));
  const former = positionOf(since, relation.origin);
  const kept = former !== null && sameColumns(former.columns, plain) ? former : null;
  const { cursor } = config;
  const type = plain.find(({ name }) => name === cursor?.column)?.type;
  const window = cursorWindow(cursor, type, kept);
  const latest = readUpTo(cursor?.column ?? '', type, cursor === null ? null : await newest(connection, relation, cursor.column));
  const key = config.key ?? (await primaryKey(connection, relation));
  const groupsBy = window === null ? keyOfGroups(request, key) : null;
  await using stage = await openRowStage({ title: relation.title, folder, columns: read, key: groupsBy, signal });
  const zeroDates = await sendRows(connection, stage, { columns, window, request });
  const { files, rows, groups } = await stage.finish();
  return {
    kind: 'rows',
    scope: window === null ? 'whole' : 'changes',
    files,
    rows,
    columns: plain,
    key,
    groups,
    replaces: window,
    removed: [],
    notices: [...(await engineNotices(connection, relation)), ...zeroDateNotices(zeroDates), ...latest.notices],
    position: positionRecord({ origin: relation.origin, columns: plain, cursor: latest.cursor, log: null }),
  };
}

/** The largest value of the cursor, as text: with an index one row is read. */
export async function newest({ ask }: MysqlConnection, relation: MysqlRelation, column: string): Promise<NewestValue> {
  const { rows } = await ask(
    `SELECT max(${quoteMysql(column)}) AS newest, unix_timestamp(now(6)) * 1000 AS now FROM ${relation.sql}${relation.where}`,
  );
  return { value: rows[0]?.['newest'] ?? null, nowMs: Number(rows[0]?.['now']) };
}

interface SendParts {
  readonly columns: readonly MysqlColumn[];
  readonly window: CursorWindow | null;
  readonly request: RowsRequest;
}

/** Rows between two looks at the signal, and lines that are written at once. */
const rowsAtOnce = 1000;

/** @returns how many dates there were that no calendar has, by column */
async function sendRows(
  { connection }: MysqlConnection,
  stage: RowStage,
  { columns, window, request }: SendParts,
): Promise<ReadonlyMap<string, number>> {
  const { relation, signal, progress } = request;
  const sql = `SELECT ${columns.map(({ ask }) => ask).join(', ')} FROM ${relation.sql}${conditions(relation.where, window)}`;
  const query = connection.query({ sql, rowsAsArray: true, typeCast: (field) => field.buffer() });
  const stream: Readable = query.stream({ highWaterMark: rowsAtOnce });
  connection.once('error', (error) => stream.destroy(error)); // the stream itself is not told when the connection ends
  const zeroDates = new Map<string, number>();
  let lines: string[] = [];
  let rows = 0;
  for await (const row of stream as AsyncIterable<readonly (Buffer | null)[]>) {
    lines.push(rowText(row.map((bytes, index) => fieldOf(bytes, columns[index], zeroDates))));
    rows++;
    if (lines.length < rowsAtOnce) continue;
    await stage.write(Buffer.from(lines.join('')));
    lines = [];
    signal.throwIfAborted();
    progress(`Read ${rows} rows of ${relation.title}`, null);
  }
  if (lines.length > 0) await stage.write(Buffer.from(lines.join('')));
  return zeroDates;
}

function fieldOf(bytes: Buffer | null, column: MysqlColumn | undefined, zeroDates: Map<string, number>): Field {
  if (bytes === null || column === undefined) return null;
  const field = column.field(bytes);
  if (!column.mayBeZeroDate || typeof field !== 'string' || !/^0000|-00/.test(field)) return field;
  zeroDates.set(column.read.name, (zeroDates.get(column.read.name) ?? 0) + 1);
  return null;
}

function zeroDateNotices(zeroDates: ReadonlyMap<string, number>): readonly string[] {
  return [...zeroDates].map(
    ([column, count]) => `The column "${column}" has ${count} dates that no calendar has, as 0000-00-00: they are NULL here`,
  );
}

function conditions(where: string, window: CursorWindow | null): string {
  if (window === null) return where;
  const name = quoteMysql(window.column);
  return `${where === '' ? ' WHERE' : `${where} AND`} (${name} >= ${literalOfMysql(window.from)} OR ${name} IS NULL)`;
}
