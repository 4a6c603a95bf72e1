import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { compareCodeUnits, digest, type Digest, failure } from '@tidegate/formats';
import { execWhenFree } from '../exec-when-free.ts';
import { decodeCells, encodeCells } from './feature-cells.ts';
import type { ArrivalWatermark, OnlineAdvance, OnlineEntry, OnlineProgress, OnlineRow, OnlineStore } from './online-store.ts';

/** Version of the file's layout, kept in `user_version`. Specification: docs/reference/formats/online-store.md. */
const layout = 2;
/** What leads from each layout to the next; never edited once released. */
const migrations: readonly string[] = [
  `
  CREATE TABLE view (id INTEGER PRIMARY KEY, version TEXT NOT NULL UNIQUE, as_of_us INTEGER) STRICT;
  CREATE TABLE value (view INTEGER NOT NULL, key TEXT NOT NULL, event_us INTEGER NOT NULL, known_us INTEGER NOT NULL, cells TEXT NOT NULL, PRIMARY KEY (view, key)) WITHOUT ROWID, STRICT;
  `,
  `
  ALTER TABLE view ADD COLUMN revision INTEGER NOT NULL DEFAULT 1;
  CREATE TABLE later (view INTEGER NOT NULL, key TEXT NOT NULL, event_us INTEGER NOT NULL, available_us INTEGER NOT NULL, known_us INTEGER NOT NULL, cells TEXT NOT NULL, PRIMARY KEY (view, key, event_us, available_us)) WITHOUT ROWID, STRICT;
  CREATE INDEX later_by_time ON later (view, available_us);
  CREATE TABLE watermark (view INTEGER PRIMARY KEY, reading TEXT NOT NULL, newest_event_us INTEGER, lookback_ms INTEGER, late_rows INTEGER NOT NULL) STRICT;
  CREATE TABLE arrived (view INTEGER NOT NULL, dataset TEXT NOT NULL, path TEXT NOT NULL, digest TEXT NOT NULL, PRIMARY KEY (view, dataset, path)) WITHOUT ROWID, STRICT;
  `,
];

export interface OnlineStoreOptions {
  /** Milliseconds that a writer waits for another one before it gives up. Default: a minute. */
  readonly writerWaitMs?: number;
}

/**
 * The online store as one SQLite file (WAL), made when it is not there; its folder must be. Reads go through one prepared
 * statement and never wait for writers; a writer that waits too long throws TG-FEATURES-ONLINE-BUSY.
 *
 * @throws TG-FEATURES-ONLINE-NEWER when a newer Tidegate has written the file; TG-FEATURES-ONLINE-BROKEN when it is no online store.
 */
export function openSqliteOnlineStore(path: string, { writerWaitMs = 60_000 }: OnlineStoreOptions = {}): OnlineStore {
  const database = openDatabase(path);
  const place = { path, writerWaitMs };
  // a real number reads back exactly up to the year 2255 and never overflows
  const find = database.prepare(
    'SELECT event_us * 1.0, known_us * 1.0, cells FROM value WHERE view = (SELECT id FROM view WHERE version = ?) AND key = ?',
  );
  find.setReturnArrays(true);

  return {
    read: async (version, keys) => keys.map((key) => (key === null ? null : rowOf(find.get(version, key)))),
    write: (version, entries) =>
      inTransaction(place, (writer) => {
        const view = viewId(writer, version);
        upsert(writer, view, entries);
        touch(writer, view);
      }),
    replace: (version, batches, asOfUs) => inTransaction(place, (writer) => replaceView(writer, { version, batches, asOfUs })),
    newestEvent: async (version) => greatestOf(database, 'event_us', version),
    lastUse: async (version) => greatestOf(database, 'max(event_us, known_us)', version),
    nextUse: async (version) => {
      const row = database
        .prepare('SELECT min(available_us) * 1.0 AS next FROM later WHERE view = (SELECT id FROM view WHERE version = ?)')
        .get(version);
      return row?.['next'] == null ? null : Number(row['next']);
    },
    progress: async (version) => readProgress(database, version),
    advance: (version, change) => inTransaction(place, (writer) => advanceView(writer, version, change)),
    views: async () =>
      database
        .prepare('SELECT version, as_of_us * 1.0 AS as_of, (SELECT count(*) FROM value WHERE value.view = view.id) AS entities FROM view')
        .all()
        .map((row) => ({
          version: digest(String(row['version'])),
          entities: Number(row['entities']),
          asOfUs: row['as_of'] === null ? null : Number(row['as_of']),
        }))
        .sort((a, b) => compareCodeUnits(a.version, b.version)),
    keepOnly: (versions) => inTransaction(place, (writer) => deleteOthers(writer, versions)),
    close: () => database.close(),
  };
}

function openDatabase(path: string): DatabaseSync {
  let database: DatabaseSync | null = null;
  try {
    database = new DatabaseSync(path, { timeout: 10_000 });
    execWhenFree(database, 'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
    prepareLayout(database, path);
    return database;
  } catch (error) {
    database?.close();
    if (error instanceof Error && /not a database|malformed|no such table/.test(error.message))
      throw failure(
        'TG-FEATURES-ONLINE-BROKEN',
        `Cannot open the online store "${path}": ${error.message}`,
        `Move the file away and fill it anew: mv "${path}" "${path}.broken" && tidegate features materialise`,
        error,
      );
    throw error;
  }
}

function prepareLayout(database: DatabaseSync, path: string): void {
  const version = (): number => Number(database.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);
  if (version() < layout) {
    database.exec('BEGIN IMMEDIATE');
    try {
      if (version() < layout) database.exec(`${migrations.slice(version()).join('')}; PRAGMA user_version = ${layout}`);
      database.exec('COMMIT');
    } catch (error) {
      database.exec('ROLLBACK');
      throw error;
    }
  }
  if (version() > layout)
    throw failure(
      'TG-FEATURES-ONLINE-NEWER',
      `Cannot open the online store "${path}": a newer Tidegate has written it (layout ${version()}, this one knows ${layout})`,
      'Install the newest Tidegate: npm install -g tidegate@latest',
    );
}

function rowOf(found: unknown): OnlineRow | null {
  if (!Array.isArray(found)) return null;
  const [eventUs, knownUs, cells] = found as [number, number, string];
  return { eventUs, knownUs, values: decodeCells(cells) };
}

interface Place {
  readonly path: string;
  readonly writerWaitMs: number;
}

/** Writes on a connection of its own, so that reads beside it see what was committed before. */
async function inTransaction<T>(place: Place, work: (writer: DatabaseSync) => Promise<T> | T): Promise<T> {
  const writer = new DatabaseSync(place.path, { timeout: 0 });
  try {
    writer.exec('PRAGMA synchronous = FULL');
    await begin(writer, place);
    try {
      const result = await work(writer);
      writer.exec('COMMIT');
      return result;
    } catch (error) {
      writer.exec('ROLLBACK');
      throw error;
    }
  } finally {
    writer.close();
  }
}

/** Waits for other writers without holding up this process, in which one of them may be. */
async function begin(writer: DatabaseSync, { path, writerWaitMs }: Place): Promise<void> {
  for (let waitedMs = 0; ; waitedMs += 20) {
    try {
      writer.exec('BEGIN IMMEDIATE');
      return;
    } catch (error) {
      if (!(error instanceof Error && /locked|busy/.test(error.message))) throw error;
      if (waitedMs >= writerWaitMs)
        throw failure(
          'TG-FEATURES-ONLINE-BUSY',
          `Cannot write the online store "${path}": another process has been writing it for ${writerWaitMs / 1000} seconds`,
          'Run the command again when the other one has ended',
          error,
        );
      await sleep(20);
    }
  }
}

function viewId(writer: DatabaseSync, version: Digest): number {
  writer.prepare('INSERT INTO view (version, revision) VALUES (?, 0) ON CONFLICT DO NOTHING').run(version);
  return Number(writer.prepare('SELECT id FROM view WHERE version = ?').get(version)?.['id']);
}

/** What was written otherwise than by a refresh is nothing that one could go on from. */
function touch(writer: DatabaseSync, view: number): void {
  writer.prepare('UPDATE view SET revision = revision + 1 WHERE id = ?').run(view);
  forgetArrivals(writer, view);
}

function forgetArrivals(writer: DatabaseSync, view: number): void {
  writer.prepare('DELETE FROM later WHERE view = ?').run(view);
  forgetWatermark(writer, view);
}

function forgetWatermark(writer: DatabaseSync, view: number): void {
  writer.prepare('DELETE FROM watermark WHERE view = ?').run(view);
  writer.prepare('DELETE FROM arrived WHERE view = ?').run(view);
}

const overwrite = `INSERT INTO value (view, key, event_us, known_us, cells) VALUES (?, ?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET event_us = excluded.event_us, known_us = excluded.known_us, cells = excluded.cells`;

function upsert(writer: DatabaseSync, view: number, entries: readonly OnlineEntry[]): void {
  put(writer.prepare(`${overwrite} WHERE (excluded.event_us, excluded.known_us) >= (event_us, known_us)`), view, entries);
}

function put(statement: StatementSync, view: number, entries: readonly OnlineEntry[]): void {
  for (const entry of entries)
    statement.run(view, entry.key, BigInt(Math.round(entry.eventUs)), BigInt(Math.round(entry.knownUs)), encodeCells(entry.values));
}

interface Replacement {
  readonly version: Digest;
  readonly batches: AsyncIterable<readonly OnlineEntry[]>;
  readonly asOfUs: number;
}

async function replaceView(writer: DatabaseSync, { version, batches, asOfUs }: Replacement): Promise<boolean> {
  const view = viewId(writer, version);
  const asOf = BigInt(Math.round(asOfUs));
  const newer = writer.prepare('SELECT 1 FROM view WHERE id = ? AND as_of_us > ?').get(view, asOf);
  if (newer !== undefined) return false;
  writer.prepare('DELETE FROM value WHERE view = ?').run(view);
  for await (const batch of batches) upsert(writer, view, batch);
  writer.prepare('UPDATE view SET as_of_us = ? WHERE id = ?').run(asOf, view);
  touch(writer, view);
  return true;
}

async function advanceView(writer: DatabaseSync, version: Digest, change: OnlineAdvance): Promise<number | null> {
  const view = viewId(writer, version);
  const changed = writer
    .prepare('UPDATE view SET revision = revision + 1, as_of_us = ? WHERE id = ? AND revision = ?')
    .run(micros(change.asOfUs), view, change.from);
  if (changed.changes === 0) return null;
  makeRoom(writer, view, change.about);
  const cameIntoUse = useLater(writer, view, change.asOfUs);
  const statement = writer.prepare(overwrite);
  for await (const batch of change.entries) put(statement, view, batch);
  const remove = writer.prepare('DELETE FROM value WHERE view = ? AND key = ?');
  for (const key of change.gone) remove.run(view, key);
  for await (const batch of change.later) putAside(writer, view, batch);
  writeWatermark(writer, view, change.watermark);
  return cameIntoUse;
}

/** Takes out what the change knows better. */
function makeRoom(writer: DatabaseSync, view: number, about: OnlineAdvance['about']): void {
  if (about === null) {
    writer.prepare('DELETE FROM value WHERE view = ?').run(view);
    writer.prepare('DELETE FROM later WHERE view = ?').run(view);
    return;
  }
  const remove = writer.prepare('DELETE FROM later WHERE view = ? AND key = ? AND event_us >= ?');
  for (const key of about.keys) remove.run(view, key, about.sinceUs === null ? beginning : BigInt(Math.round(about.sinceUs)));
}

/** Before every time of the engine. */
const beginning = -(2n ** 63n);

/** Of several rows that come into use the newest stays, as when they had been written one by one. */
function useLater(writer: DatabaseSync, view: number, asOfUs: number): number {
  const asOf = micros(asOfUs);
  const due = writer.prepare('SELECT count(DISTINCT key) AS entities FROM later WHERE view = ? AND available_us <= ?').get(view, asOf);
  writer
    .prepare(
      `INSERT INTO value (view, key, event_us, known_us, cells)
         SELECT view, key, event_us, known_us, cells FROM later WHERE view = ? AND available_us <= ?
       ON CONFLICT DO UPDATE SET event_us = excluded.event_us, known_us = excluded.known_us, cells = excluded.cells
       WHERE (excluded.event_us, excluded.known_us) >= (event_us, known_us)`,
    )
    .run(view, asOf);
  writer.prepare('DELETE FROM later WHERE view = ? AND available_us <= ?').run(view, asOf);
  return Number(due?.['entities'] ?? 0);
}

function putAside(writer: DatabaseSync, view: number, entries: readonly OnlineEntry[]): void {
  const statement = writer.prepare(
    `INSERT INTO later (view, key, event_us, available_us, known_us, cells) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET known_us = excluded.known_us, cells = excluded.cells`,
  );
  for (const { key, eventUs, knownUs, values } of entries)
    statement.run(view, key, micros(eventUs), micros(Math.max(eventUs, knownUs)), micros(knownUs), encodeCells(values));
}

function writeWatermark(writer: DatabaseSync, view: number, watermark: ArrivalWatermark): void {
  forgetWatermark(writer, view);
  const { reading, newestEventUs, lookbackMs, lateRows, files } = watermark;
  writer
    .prepare('INSERT INTO watermark (view, reading, newest_event_us, lookback_ms, late_rows) VALUES (?, ?, ?, ?, ?)')
    .run(view, reading, micros(newestEventUs), micros(lookbackMs), lateRows);
  const add = writer.prepare('INSERT INTO arrived (view, dataset, path, digest) VALUES (?, ?, ?, ?)');
  for (const { dataset, path, digest: found } of files) add.run(view, dataset, path, found);
}

function greatestOf(database: DatabaseSync, expression: string, version: Digest): number | null {
  const row = database
    .prepare(`SELECT max(${expression}) * 1.0 AS greatest FROM value WHERE view = (SELECT id FROM view WHERE version = ?)`)
    .get(version);
  return typeof row?.['greatest'] === 'number' ? row['greatest'] : null;
}

function readProgress(database: DatabaseSync, version: Digest): OnlineProgress | null {
  // one statement, so that no writer comes in between
  const rows = database
    .prepare(
      `SELECT revision, as_of_us * 1.0 AS as_of, reading, newest_event_us * 1.0 AS newest, lookback_ms, late_rows, dataset, path, digest
       FROM view LEFT JOIN watermark ON watermark.view = id LEFT JOIN arrived ON arrived.view = id WHERE version = ? ORDER BY dataset, path`,
    )
    .all(version);
  const [first] = rows;
  if (first === undefined) return null;
  const number = (name: string): number | null => (first[name] === null ? null : Number(first[name]));
  const progress = { revision: Number(first['revision']), asOfUs: number('as_of') };
  if (first['reading'] === null) return { ...progress, watermark: null };
  const files = rows
    .filter((row) => row['path'] !== null)
    .map((row) => ({ dataset: String(row['dataset']), path: String(row['path']), digest: digest(String(row['digest'])) }));
  const watermark: ArrivalWatermark = {
    reading: digest(String(first['reading'])),
    files,
    newestEventUs: number('newest'),
    lookbackMs: number('lookback_ms'),
    lateRows: number('late_rows') ?? 0,
  };
  return { ...progress, watermark };
}

/** SQLite takes a JavaScript number for a real one unless it is small. */
function micros(value: number | null): bigint | null {
  return value === null ? null : BigInt(Math.round(value));
}

function deleteOthers(writer: DatabaseSync, versions: ReadonlySet<Digest>): readonly Digest[] {
  const gone = writer
    .prepare('SELECT id, version FROM view')
    .all()
    .map((row) => ({ id: Number(row['id']), version: digest(String(row['version'])) }))
    .filter((view) => !versions.has(view.version));
  for (const { id } of gone) {
    forgetArrivals(writer, id);
    writer.prepare('DELETE FROM value WHERE view = ?').run(id);
    writer.prepare('DELETE FROM view WHERE id = ?').run(id);
  }
  return gone.map((view) => view.version).sort(compareCodeUnits);
}
