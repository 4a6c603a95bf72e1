import { quoteName, quoteText } from '@tidegate/runtime';
import { openRowStage } from '../../rows/row-stage.ts';
import { type Field, rowText } from '../../rows/row-text.ts';
import type { ReadRequest } from '../../source.ts';
import type { PostgresConnection } from '../connect.ts';
import { lineStart } from '../copy-messages.ts';
import { copyOut } from '../copy-out.ts';
import type { PostgresColumn } from '../postgres-columns.ts';
import type { PostgresRelation } from '../postgres-relation.ts';
import { changedRows, type ChangedRows } from './changed-rows.ts';
import { logColumn } from './log-columns.ts';
import { type LoggedRow, type LoggedValue, readChange } from './pgoutput.ts';
import { logText, type Replication } from './slot.ts';

export interface LogRequest extends Pick<ReadRequest, 'folder' | 'signal' | 'progress'> {
  readonly replication: Replication;
  readonly relation: PostgresRelation;
  readonly columns: readonly PostgresColumn[];
  readonly key: readonly string[];
  /** Where in the log to end. */
  readonly upTo: bigint;
}

export interface LoggedFiles {
  readonly files: readonly string[];
  readonly rows: number;
  readonly removed: readonly string[];
  readonly removedRows: number;
}

/** Reads what the log says of a table up to a place in it; null when everything has to be read. Nothing is taken out of the log. */
export async function readLog(connection: PostgresConnection, request: LogRequest): Promise<LoggedFiles | null> {
  const { relation, columns, key } = request;
  const [named] = await connection.rows(
    'SELECT n.nspname AS schema, c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = $1::regclass',
    [relation.table],
  );
  const table = { schema: named?.['schema'] ?? '', name: named?.['name'] ?? '' };
  const changed = changedRows(
    table,
    columns.map(({ read }) => read.name),
    key,
  );
  if (!(await takeAll(connection, changed, request))) return null;
  const present = await completed(connection, changed.present(), request);
  return stage(present, changed.gone(), request);
}

/** COPY writes bytes as `\\\\x` and digits. */
const valueStart = lineStart.length + 3;

async function takeAll(
  connection: PostgresConnection,
  changed: ChangedRows,
  { replication, upTo, signal, progress }: LogRequest,
): Promise<boolean> {
  const call = `pg_logical_slot_peek_binary_changes(${quoteText(replication.slot)}, ${quoteText(logText(upTo))}, NULL, 'proto_version', '1', 'publication_names', ${quoteText(quoteName(replication.publication))})`;
  let rest = '';
  let taken = 0;
  let isFollowed = true;
  for await (const text of copyOut(connection, `COPY (SELECT data FROM ${call}) TO STDOUT`)) {
    signal.throwIfAborted();
    if (!isFollowed) continue; // what is on its way has to be read before anything else can be asked
    const lines = (rest + text.toString('latin1')).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const change = readChange(Buffer.from(line.slice(valueStart), 'hex'));
      if (change !== null && !changed.take(change)) isFollowed = false;
    }
    taken += lines.length;
    progress(`Read ${taken} changes`, null);
  }
  return isFollowed;
}

/** Rows with the large values that the log left out, as the snapshot of the transaction has them: what it left out did not change. */
async function completed(
  connection: PostgresConnection,
  rows: readonly LoggedRow[],
  { columns, key, relation }: LogRequest,
): Promise<readonly LoggedRow[]> {
  const names = columns.map(({ read }) => read.name);
  const keyPlaces = key.map((name) => names.indexOf(name));
  const keyOf = (row: LoggedRow): string => JSON.stringify(keyPlaces.map((place) => row[place]));
  const open = rows.filter((row) => row.includes(undefined));
  if (open.length === 0) return rows;
  const wanted = key.map((_, index) => `$${index + 1}::text[]`).join(', ');
  const aliases = key.map((_, index) => `k${index}`).join(', ');
  const types = key.map((name) => columns.find(({ read }) => read.name === name)?.read.sourceType ?? 'text');
  const joined = key.map((name, index) => `t.${quoteName(name)} = w.k${index}::${types[index]}`).join(' AND ');
  const found = await connection.rows(
    `SELECT ${names.map((name) => `t.${quoteName(name)}`).join(', ')} FROM ${relation.sql} AS t JOIN unnest(${wanted}) AS w(${aliases}) ON ${joined}`,
    keyPlaces.map((place) => open.map((row) => row[place] ?? null)),
  );
  const byKey = new Map(found.map((row) => [keyOf(names.map((name) => row[name] ?? null)), row]));
  return rows.map((row) =>
    row.includes(undefined)
      ? row.map((value, index): LoggedValue => (value === undefined ? (byKey.get(keyOf(row))?.[names[index] ?? ''] ?? null) : value))
      : row,
  );
}

/** Lines that are written at once. */
const linesAtOnce = 1000;

async function stage(
  present: readonly LoggedRow[],
  gone: readonly LoggedRow[],
  { relation, columns, key, folder, signal }: LogRequest,
): Promise<LoggedFiles> {
  const logged = columns.map(logColumn);
  const keyed = key.flatMap((name) => logged.filter(({ read }) => read.name === name));
  const write = async (
    name: string,
    of: typeof logged,
    rows: readonly LoggedRow[],
  ): Promise<{ readonly files: readonly string[]; readonly rows: number }> => {
    await using opened = await openRowStage({ title: relation.title, folder, name, columns: of.map(({ read }) => read), signal });
    for (let at = 0; at < rows.length; at += linesAtOnce) {
      const lines = rows.slice(at, at + linesAtOnce).map((row) => rowText(row.map((value, index) => fieldOf(value, of[index]?.field))));
      await opened.write(Buffer.from(lines.join('')));
    }
    return await opened.finish();
  };
  const rows = await write('rows', logged, present);
  const removed = gone.length === 0 ? { files: [], rows: 0 } : await write('gone', keyed, gone);
  return { files: rows.files, rows: rows.rows, removed: removed.files, removedRows: removed.rows };
}

function fieldOf(value: LoggedValue, field: ((text: string) => Field) | undefined): Field {
  return value === null || value === undefined || field === undefined ? null : field(value);
}
