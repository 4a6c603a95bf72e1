import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { failure } from '@tidegate/formats';
import { mkdirSync } from '../platform/index.ts';

/** The state database. One file for all projects of a home; many processes read and write it at once (SQLite, WAL). */
export interface State {
  readonly database: DatabaseSync;
  readonly [Symbol.dispose]: () => void;
}

/**
 * One entry a schema version, applied in order inside a transaction; never edited once released.
 * Specification: docs/reference/formats/state.md.
 */
const migrations: readonly string[] = [
  `
  CREATE TABLE object (digest TEXT PRIMARY KEY, bytes INTEGER NOT NULL, recorded_at TEXT NOT NULL) WITHOUT ROWID, STRICT;
  -- what the digest of a file was when it had this stat; racily clean entries are never written
  CREATE TABLE file_stat (path TEXT PRIMARY KEY, bytes INTEGER NOT NULL, mtime_ns TEXT NOT NULL, ctime_ns TEXT NOT NULL, inode TEXT NOT NULL, digest TEXT NOT NULL) WITHOUT ROWID, STRICT;
  CREATE TABLE result (key TEXT PRIMARY KEY, project TEXT NOT NULL, step TEXT NOT NULL, run TEXT NOT NULL, record TEXT NOT NULL, duration_ms REAL NOT NULL, recorded_at TEXT NOT NULL) WITHOUT ROWID, STRICT;
  CREATE INDEX result_by_step ON result (project, step, recorded_at);
  CREATE TABLE run (id TEXT PRIMARY KEY, project TEXT NOT NULL, started_at TEXT NOT NULL, status TEXT NOT NULL, owner TEXT NOT NULL, record TEXT NOT NULL) WITHOUT ROWID, STRICT;
  CREATE INDEX run_by_project ON run (project, started_at);
  -- process groups a run has started, so that a later run can end what a killed one left
  CREATE TABLE process (run TEXT NOT NULL, pid INTEGER NOT NULL, started_at TEXT NOT NULL, boot TEXT NOT NULL, PRIMARY KEY (run, pid)) WITHOUT ROWID, STRICT;
  CREATE TABLE release (digest TEXT PRIMARY KEY, project TEXT NOT NULL, service TEXT NOT NULL, run TEXT, commit_id TEXT, made_at TEXT NOT NULL) WITHOUT ROWID, STRICT;
  CREATE TABLE deployment (project TEXT NOT NULL, environment TEXT NOT NULL, sequence INTEGER NOT NULL, record TEXT NOT NULL, PRIMARY KEY (project, environment, sequence)) WITHOUT ROWID, STRICT;
  CREATE TABLE model_version (digest TEXT PRIMARY KEY, project TEXT NOT NULL, model TEXT NOT NULL, run TEXT NOT NULL, record TEXT NOT NULL, made_at TEXT NOT NULL) WITHOUT ROWID, STRICT;
  `,
];

/** @throws TG-STORE-STATE-NEWER when a newer Tidegate has written the file; TG-STORE-STATE-BROKEN when it is no database. */
export function openState(path: string): State {
  mkdirSync(dirname(path), { recursive: true });
  const database = new DatabaseSync(path, { timeout: 10_000 });
  try {
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON');
    migrate(database, path);
  } catch (error) {
    database.close();
    if (error instanceof Error && /not a database|malformed/.test(error.message))
      throw failure(
        'TG-STORE-STATE-BROKEN',
        `Cannot open the state "${path}": ${error.message}`,
        `Move the file away and run again; results are made anew, deployments go on running: mv "${path}" "${path}.broken"`,
        error,
      );
    throw error;
  }
  return { database, [Symbol.dispose]: () => database.close() };
}

function migrate(database: DatabaseSync, path: string): void {
  const version = (): number => Number(database.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);
  if (version() === migrations.length) return;
  if (version() > migrations.length)
    throw failure(
      'TG-STORE-STATE-NEWER',
      `Cannot open the state "${path}": a newer Tidegate has written it (schema ${version()}, this one knows ${migrations.length})`,
      'Install the newest Tidegate: npm install -g tidegate@latest',
    );
  database.exec('BEGIN IMMEDIATE');
  try {
    for (const statements of migrations.slice(version())) database.exec(statements);
    database.exec(`PRAGMA user_version = ${migrations.length}`);
    database.exec('COMMIT');
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
}
