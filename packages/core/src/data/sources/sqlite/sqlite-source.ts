import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { failure, TidegateError } from '@tidegate/formats';
import { quoteName } from '@tidegate/runtime';
import type { SqliteConfig } from '../../../config/index.ts';
import { stat } from '../../../platform/index.ts';
import { cursorWindow, glanceOf, type NewestValue, readUpTo } from '../rows/cursor-window.ts';
import { keyOfGroups } from '../rows/key-of-groups.ts';
import { originOf, positionOf, positionRecord, sameColumns } from '../rows/position.ts';
import { type Relation, relationOf } from '../rows/query-text.ts';
import { foundWith, lookOver, passed } from '../look-over.ts';
import { latencyFinding } from '../measured-findings.ts';
import type { ReadRequest, RowsReading, Source, SourceFinding } from '../source.ts';
import type { SourceParts } from '../source-parts.ts';
import { sqliteColumns } from './sqlite-columns.ts';
import { stageRows } from './stage-rows.ts';

/** A table or query of an SQLite database that others may be writing: it is opened for reading, and read in one transaction. */
export function sqliteSource(config: SqliteConfig, { root }: SourceParts): Source {
  const path = join(root, config.file);
  const relation = (): Promise<Relation> => relationOf(config, { root, quote: quoteName, schema: null });
  return {
    kind: 'sqlite',
    title: `${config.table === null ? 'a query' : `the table "${config.table}"`} of "${config.file}"`,
    check: () => findings(config, path, relation),
    read: async (request) => {
      request.signal.throwIfAborted();
      using database = await openDatabase(path, config.file);
      const found = await relation();
      return await inTransaction(database, () => readAll(database, { config, relation: found, request }));
    },
    glance: async () => {
      using database = await openDatabase(path, config.file);
      if (config.cursor !== null) return glanceOf(newest(database, (await relation()).sql, config.cursor.column));
      const version = database.prepare('PRAGMA data_version').get();
      const { mtimeMs, size } = await stat(path);
      const log = await stat(`${path}-wal`).catch(() => null);
      return { ...version, mtimeMs, size, log: log === null ? null : { mtimeMs: log.mtimeMs, size: log.size } };
    },
    confirm: async () => {},
  };
}

/** Waits so long for a writer that holds the database for itself, in milliseconds. */
const busyMs = 10_000;

async function openDatabase(path: string, name: string): Promise<DatabaseSync> {
  if ((await stat(path).catch(() => null))?.isFile() !== true)
    throw failure('TG-SOURCE-NOT-FOUND', `Cannot read "${name}": there is no such file`, 'Correct "file" of the source in tidegate.yaml');
  try {
    const database = new DatabaseSync(path, { readOnly: true, timeout: busyMs });
    database.prepare('SELECT count(*) FROM sqlite_schema').get();
    return database;
  } catch (error) {
    throw sqliteFailure(error, `"${name}"`);
  }
}

function sqliteFailure(error: unknown, title: string): unknown {
  if (!(error instanceof Error) || error instanceof TidegateError || !('errcode' in error)) return error;
  if (/no such (table|column)/.test(error.message))
    return failure(
      'TG-SOURCE-NOT-FOUND',
      `Cannot read ${title}: ${error.message}`,
      'Correct the table or the query in tidegate.yaml',
      error,
    );
  if (/not a database|malformed/.test(error.message))
    return failure('TG-SOURCE-BROKEN', `Cannot read ${title}: ${error.message}`, `Check it: sqlite3 FILE "PRAGMA integrity_check"`, error);
  if (/locked|busy|unable to open/.test(error.message))
    return failure(
      'TG-SOURCE-UNREACHABLE',
      `Cannot read ${title}: ${error.message}`,
      'Try again when nobody holds it, and look at who may read it',
      error,
    );
  return failure('TG-SOURCE-QUERY', `Cannot read ${title}: ${error.message}`, 'Correct the query in tidegate.yaml', error);
}

async function inTransaction<T>(database: DatabaseSync, work: () => Promise<T>): Promise<T> {
  database.exec('BEGIN');
  try {
    return await work();
  } finally {
    if (database.isTransaction) database.exec('ROLLBACK');
  }
}

interface Reading {
  readonly config: SqliteConfig;
  readonly relation: Relation;
  readonly request: ReadRequest;
}

async function readAll(database: DatabaseSync, { config, relation, request }: Reading): Promise<RowsReading> {
  const { title } = relation;
  const { cursor, where } = config;
  const origin = originOf({ kind: 'sqlite', file: config.file, from: relation.sql, where, cursor: cursor?.column ?? null });
  try {
    const condition = conditionOf(where);
    const everything = `(SELECT * FROM ${relation.sql}${condition})`;
    const { columns, notices } = sqliteColumns(database, everything, title);
    const former = positionOf(request.since, origin);
    const since = former !== null && sameColumns(former.columns, columns) ? former : null;
    const type = columns.find(({ name }) => name === cursor?.column)?.type;
    const window = cursorWindow(cursor, type, since);
    const rows = window === null ? everything : `(SELECT * FROM ${everything} WHERE ${sinceSql(window)})`;
    const latest = readUpTo(cursor?.column ?? '', type, cursor === null ? null : newest(database, everything, cursor.column));
    const key = config.key ?? primaryKey(database, relation);
    const groupsBy = window === null ? keyOfGroups(request, key) : null;
    const staged = await stageRows(database, rows, { ...request, title, columns, key: groupsBy });
    return {
      kind: 'rows',
      scope: window === null ? 'whole' : 'changes',
      ...staged,
      columns: columns.map(({ name, type, sourceType }) => ({ name, type, sourceType })),
      key,
      replaces: window,
      removed: [],
      notices: [...notices, ...latest.notices],
      position: positionRecord({ origin, columns, cursor: latest.cursor, log: null }),
    };
  } catch (error) {
    throw sqliteFailure(error, title);
  }
}

function sinceSql({ column, from }: { readonly column: string; readonly from: string }): string {
  const name = quoteName(column);
  const value = /^-?\d+$/.test(from) ? from : `'${from.replaceAll("'", "''")}'`;
  return `${name} >= ${value} OR ${name} IS NULL`;
}

function newest(database: DatabaseSync, from: string, column: string): NewestValue {
  const statement = database.prepare(`SELECT max(${quoteName(column)}) AS newest FROM ${from}`);
  statement.setReadBigInts(true);
  const value = statement.get()?.['newest'] ?? null;
  return { value: value === null || value instanceof Uint8Array ? null : String(value), nowMs: Date.now() };
}

function primaryKey(database: DatabaseSync, { table }: Relation): readonly string[] {
  if (table === null) return [];
  const columns = database.prepare('SELECT name, pk FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk').all(table.name);
  return columns.map(({ name }) => String(name));
}

/** SQL of a condition that may end with a comment. */
function conditionOf(where: string | null): string {
  return where === null ? '' : ` WHERE (${where}\n)`;
}

async function findings(config: SqliteConfig, path: string, relation: () => Promise<Relation>): Promise<readonly SourceFinding[]> {
  const inDatabase = async <T>(work: (database: DatabaseSync, found: Relation) => T): Promise<T> => {
    using database = await openDatabase(path, config.file);
    const found = await relation();
    try {
      return work(database, found);
    } catch (error) {
      throw sqliteFailure(error, found.title);
    }
  };
  return lookOver([
    { about: 'reach', at: async () => inDatabase(() => passed(`"${config.file}" can be read`)) },
    { about: 'latency', at: () => latencyFinding(() => inDatabase(() => null)) },
    { about: 'found', at: () => inDatabase((database, found) => columnsFound(database, found, config.where)) },
    { about: 'rows', at: () => inDatabase((database) => rowEstimate(database, config.table)) },
    { about: 'cursor', at: () => inDatabase((database, found) => cursorIndex(database, found, config)) },
  ]);
}

type Found = Omit<SourceFinding, 'about'> | null;

function columnsFound(database: DatabaseSync, { sql, title }: Relation, where: string | null): Found {
  const columns = database.prepare(`SELECT * FROM ${sql}${conditionOf(where)}`).columns();
  return foundWith(
    title,
    columns.map(({ name }) => name),
  );
}

function rowEstimate(database: DatabaseSync, table: string | null): Found {
  const rowsEstimated = estimate(database, table);
  return rowsEstimated === null ? null : passed(`About ${rowsEstimated} rows, by ANALYZE`, { rowsEstimated });
}

/** Whether the largest value of the cursor is found without reading every row. */
function cursorIndex(database: DatabaseSync, relation: Relation, { cursor, where }: SqliteConfig): Found {
  if (cursor === null) return null;
  const { sql, title } = relation;
  const plan = database.prepare(`EXPLAIN QUERY PLAN SELECT max(${quoteName(cursor.column)}) FROM ${sql}${conditionOf(where)}`).all();
  const [first, ...more] = primaryKey(database, relation);
  // the number of a row has no index of its own that the plan would name
  const isIndexed =
    plan.some(({ detail }) => / USING (COVERING INDEX|INDEX|PRIMARY KEY)/.test(String(detail))) ||
    (first === cursor.column && more.length === 0);
  if (isIndexed) return passed(`The newest "${cursor.column}" is found by an index`, { isIndexed });
  const message = `No index helps to find the newest "${cursor.column}": every row of ${title} is read for it`;
  return { verdict: 'pass', message, hint: `Make an index on ${quoteName(cursor.column)}`, measured: { isIndexed } };
}

/** What ANALYZE has noted; null when it never ran. */
function estimate(database: DatabaseSync, table: string | null): number | null {
  const has = database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_stat1'").get() !== undefined;
  const noted = has && table !== null ? database.prepare('SELECT stat FROM sqlite_stat1 WHERE tbl = ? LIMIT 1').get(table)?.['stat'] : null;
  return typeof noted === 'string' ? Number(noted.split(' ')[0]) : null;
}
