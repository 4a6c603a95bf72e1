import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { compareCodeUnits, digest, type Digest, failure } from '@tidegate/formats';
import { decodeCells, encodeCells } from './feature-cells.ts';
import type { OnlineEntry, OnlineRow, OnlineStore } from './online-store.ts';

/** Version of the file's layout, kept in `user_version`. Specification: docs/reference/formats/online-store.md. */
const layout = 1;
const tables = `
  CREATE TABLE view (id INTEGER PRIMARY KEY, version TEXT NOT NULL UNIQUE, as_of_us INTEGER) STRICT;
  CREATE TABLE value (view INTEGER NOT NULL, key TEXT NOT NULL, event_us INTEGER NOT NULL, known_us INTEGER NOT NULL, cells TEXT NOT NULL, PRIMARY KEY (view, key)) WITHOUT ROWID, STRICT;
`;

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
    write: (version, entries) => inTransaction(place, (writer) => upsert(writer, viewId(writer, version), entries)),
    replace: (version, batches, asOfUs) => inTransaction(place, (writer) => replaceView(writer, { version, batches, asOfUs })),
    newestEvent: async (version) => {
      const newest = database
        .prepare('SELECT max(event_us) * 1.0 AS newest FROM value WHERE view = (SELECT id FROM view WHERE version = ?)')
        .get(version)?.['newest'];
      return typeof newest === 'number' ? newest : null;
    },
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
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
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
  if (version() === 0) {
    database.exec('BEGIN IMMEDIATE');
    try {
      if (version() === 0) database.exec(`${tables}; PRAGMA user_version = ${layout}`);
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
  writer.prepare('INSERT INTO view (version) VALUES (?) ON CONFLICT DO NOTHING').run(version);
  return Number(writer.prepare('SELECT id FROM view WHERE version = ?').get(version)?.['id']);
}

function upsert(writer: DatabaseSync, view: number, entries: readonly OnlineEntry[]): void {
  const put = writer.prepare(
    `INSERT INTO value (view, key, event_us, known_us, cells) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET event_us = excluded.event_us, known_us = excluded.known_us, cells = excluded.cells
     WHERE (excluded.event_us, excluded.known_us) >= (event_us, known_us)`,
  );
  for (const entry of entries)
    put.run(view, entry.key, BigInt(Math.round(entry.eventUs)), BigInt(Math.round(entry.knownUs)), encodeCells(entry.values));
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
  return true;
}

function deleteOthers(writer: DatabaseSync, versions: ReadonlySet<Digest>): readonly Digest[] {
  const gone = writer
    .prepare('SELECT id, version FROM view')
    .all()
    .map((row) => ({ id: Number(row['id']), version: digest(String(row['version'])) }))
    .filter((view) => !versions.has(view.version));
  for (const { id } of gone) {
    writer.prepare('DELETE FROM value WHERE view = ?').run(id);
    writer.prepare('DELETE FROM view WHERE id = ?').run(id);
  }
  return gone.map((view) => view.version).sort(compareCodeUnits);
}
