import { dirname } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { diskTrouble, failure, sqliteFault } from '@tidegate/formats';
import { execWhenFree } from '@tidegate/runtime';
import { entryAt, mkdirSync } from '../../platform/index.ts';
import { type Healed, salvage, setAsideState } from './heal.ts';
import { type Journal, journalBeside } from './journal.ts';

/** The state database. One file for all projects of a home; many processes read and write it at once (SQLite, WAL). */
export interface State {
  readonly database: DatabaseSync;
  /** A prepared statement; the same text gives the same one, so a result must be read before the next use. */
  readonly prepare: (sql: string) => StatementSync;
  /** All of the work or nothing; durable when it returns. The work is synchronous and holds no other transaction. */
  readonly commit: <T>(work: () => T) => T;
  /** As `commit`, but a power failure (not a killed process) may lose it: for what can be found out again. About 20 times cheaper. */
  readonly note: <T>(work: () => T) => T;
  readonly journal: Journal;
  readonly [Symbol.dispose]: () => void;
}

/**
 * One entry a schema version, applied in order inside a transaction; never edited once released.
 * Specification: docs/reference/formats/state.md.
 */
const migrations: readonly string[] = [
  `
  -- what the digest of a file was when it had this stat; racily clean entries are never written
  CREATE TABLE file_stat (path TEXT PRIMARY KEY, bytes INTEGER NOT NULL, mtime_ns TEXT NOT NULL, ctime_ns TEXT NOT NULL, inode TEXT NOT NULL, digest TEXT NOT NULL) WITHOUT ROWID, STRICT;
  CREATE TABLE result (key TEXT PRIMARY KEY, project TEXT NOT NULL, step TEXT NOT NULL, run TEXT NOT NULL, record TEXT NOT NULL, duration_ms REAL NOT NULL, recorded_at TEXT NOT NULL) WITHOUT ROWID, STRICT;
  CREATE INDEX result_by_step ON result (project, step, recorded_at);
  CREATE TABLE run (id TEXT PRIMARY KEY, project TEXT NOT NULL, started_at TEXT NOT NULL, status TEXT NOT NULL, owner TEXT NOT NULL, record TEXT NOT NULL) WITHOUT ROWID, STRICT;
  CREATE INDEX run_by_project ON run (project, started_at);
  -- steps of a run that is going or was killed; a run that ended has them in its record
  CREATE TABLE run_step (run TEXT NOT NULL, step TEXT NOT NULL, record TEXT NOT NULL, PRIMARY KEY (run, step)) STRICT;
  -- who is making the result of a key just now
  CREATE TABLE flight (key TEXT PRIMARY KEY, run TEXT NOT NULL, pid INTEGER NOT NULL, started_at TEXT NOT NULL, boot TEXT NOT NULL) WITHOUT ROWID, STRICT;
  -- the tree a run has put in a user's folder, so that a later one removes what is no longer part of it and nothing else
  CREATE TABLE published (root TEXT NOT NULL, path TEXT NOT NULL, digest TEXT NOT NULL, PRIMARY KEY (root, path)) WITHOUT ROWID, STRICT;
  -- process groups a run has started, so that a later run can end what a killed one left
  CREATE TABLE process (run TEXT NOT NULL, pid INTEGER NOT NULL, started_at TEXT NOT NULL, boot TEXT NOT NULL, PRIMARY KEY (run, pid)) WITHOUT ROWID, STRICT;
  CREATE TABLE release (digest TEXT PRIMARY KEY, project TEXT NOT NULL, service TEXT NOT NULL, run TEXT, commit_id TEXT, made_at TEXT NOT NULL) WITHOUT ROWID, STRICT;
  CREATE TABLE deployment (project TEXT NOT NULL, environment TEXT NOT NULL, sequence INTEGER NOT NULL, record TEXT NOT NULL, PRIMARY KEY (project, environment, sequence)) WITHOUT ROWID, STRICT;
  CREATE TABLE model_version (digest TEXT PRIMARY KEY, project TEXT NOT NULL, model TEXT NOT NULL, run TEXT NOT NULL, record TEXT NOT NULL, made_at TEXT NOT NULL) WITHOUT ROWID, STRICT;
  `,
  `
  -- the history of deployments is appended to and nothing else, whoever writes; REPLACE deletes without asking the trigger for DELETE
  CREATE TRIGGER deployment_is_not_changed BEFORE UPDATE ON deployment BEGIN SELECT RAISE(ABORT, 'the history of deployments is append-only'); END;
  CREATE TRIGGER deployment_is_not_taken_out BEFORE DELETE ON deployment BEGIN SELECT RAISE(ABORT, 'the history of deployments is append-only'); END;
  CREATE TRIGGER deployment_is_not_replaced BEFORE INSERT ON deployment
    WHEN EXISTS (SELECT 1 FROM deployment WHERE project = NEW.project AND environment = NEW.environment AND sequence = NEW.sequence)
    BEGIN SELECT RAISE(ABORT, 'the history of deployments is append-only'); END;
  `,
  `
  -- what "tidegate up" did and why, appended to and nothing else
  CREATE TABLE loop_note (project TEXT NOT NULL, sequence INTEGER NOT NULL, kind TEXT NOT NULL, record TEXT NOT NULL, PRIMARY KEY (project, sequence)) WITHOUT ROWID, STRICT;
  CREATE INDEX loop_note_by_kind ON loop_note (project, kind, sequence);
  CREATE TRIGGER loop_note_is_not_changed BEFORE UPDATE ON loop_note BEGIN SELECT RAISE(ABORT, 'the log of the loop is append-only'); END;
  CREATE TRIGGER loop_note_is_not_taken_out BEFORE DELETE ON loop_note BEGIN SELECT RAISE(ABORT, 'the log of the loop is append-only'); END;
  `,
  `
  -- what monitors found and what came of it is appended to and nothing else, as the history of deployments
  CREATE TABLE monitor_check (project TEXT NOT NULL, monitor TEXT NOT NULL, sequence INTEGER NOT NULL, record TEXT NOT NULL, PRIMARY KEY (project, monitor, sequence)) STRICT;
  CREATE TABLE retraining (project TEXT NOT NULL, monitor TEXT NOT NULL, sequence INTEGER NOT NULL, record TEXT NOT NULL, PRIMARY KEY (project, monitor, sequence)) STRICT;
  CREATE TRIGGER monitor_check_is_not_changed BEFORE UPDATE ON monitor_check BEGIN SELECT RAISE(ABORT, 'checks of monitors are append-only'); END;
  CREATE TRIGGER monitor_check_is_not_taken_out BEFORE DELETE ON monitor_check BEGIN SELECT RAISE(ABORT, 'checks of monitors are append-only'); END;
  CREATE TRIGGER monitor_check_is_not_replaced BEFORE INSERT ON monitor_check
    WHEN EXISTS (SELECT 1 FROM monitor_check WHERE project = NEW.project AND monitor = NEW.monitor AND sequence = NEW.sequence)
    BEGIN SELECT RAISE(ABORT, 'checks of monitors are append-only'); END;
  CREATE TRIGGER retraining_is_not_changed BEFORE UPDATE ON retraining BEGIN SELECT RAISE(ABORT, 'retrainings are append-only'); END;
  CREATE TRIGGER retraining_is_not_taken_out BEFORE DELETE ON retraining BEGIN SELECT RAISE(ABORT, 'retrainings are append-only'); END;
  CREATE TRIGGER retraining_is_not_replaced BEFORE INSERT ON retraining
    WHEN EXISTS (SELECT 1 FROM retraining WHERE project = NEW.project AND monitor = NEW.monitor AND sequence = NEW.sequence)
    BEGIN SELECT RAISE(ABORT, 'retrainings are append-only'); END;
  -- the profile that drift of a model version is judged against, an object of the store
  CREATE TABLE drift_reference (model_version TEXT PRIMARY KEY, digest TEXT NOT NULL) WITHOUT ROWID, STRICT;
  `,
  `
  -- what a list of runs shows and filters by, so that it reads no record; the index has all of it
  ALTER TABLE run ADD COLUMN branch TEXT;
  ALTER TABLE run ADD COLUMN commit_id TEXT;
  ALTER TABLE run ADD COLUMN verdict TEXT;
  ALTER TABLE run ADD COLUMN brief TEXT NOT NULL DEFAULT '{}';
  UPDATE run SET
    branch = json_extract(record, '$.branch'), commit_id = json_extract(record, '$.commit'), verdict = json_extract(record, '$.verdict'),
    brief = json_object('dirty', json(iif(json_extract(record, '$.dirty'), 'true', 'false')), 'subject', json_extract(record, '$.subject'), 'goal', json_extract(record, '$.goal'),
      'endedAt', json_extract(record, '$.endedAt'), 'durationMs', json_extract(record, '$.durationMs'), 'steps', json_object(
        'all', json_array_length(record, '$.steps'),
        'ran', (SELECT count(*) FROM json_each(record, '$.steps') WHERE json_extract(value, '$.status') IN ('done', 'failed')),
        'failed', (SELECT count(*) FROM json_each(record, '$.steps') WHERE json_extract(value, '$.status') = 'failed')))
    WHERE json_valid(record);
  DROP INDEX run_by_project;
  CREATE INDEX run_in_brief ON run (project, started_at, id, status, verdict, branch, commit_id, brief);
  -- each time that a step ran in a run that has ended: how long it takes is expected from these
  CREATE TABLE step_run (project TEXT NOT NULL, step TEXT NOT NULL, at TEXT NOT NULL, run TEXT NOT NULL, status TEXT NOT NULL, duration_ms REAL NOT NULL, input_bytes INTEGER, PRIMARY KEY (project, step, at, run)) WITHOUT ROWID, STRICT;
  INSERT OR IGNORE INTO step_run (project, step, at, run, status, duration_ms)
    SELECT run.project, json_extract(one.value, '$.step'), run.started_at, run.id, json_extract(one.value, '$.status'), json_extract(one.value, '$.durationMs')
    FROM run, json_each(run.record, '$.steps') AS one
    WHERE json_valid(run.record) AND json_extract(one.value, '$.status') IN ('done', 'failed') AND json_extract(one.value, '$.durationMs') IS NOT NULL;
  `,
  `
  -- that the result of a key was made again, and how it compares with the one that was there
  CREATE TABLE repetition (key TEXT NOT NULL, run TEXT NOT NULL, project TEXT NOT NULL, step TEXT NOT NULL, record TEXT NOT NULL, recorded_at TEXT NOT NULL, PRIMARY KEY (key, run)) WITHOUT ROWID, STRICT;
  -- the first output with a stable digest, which stands for all that have it
  CREATE TABLE stable_output (project TEXT NOT NULL, step TEXT NOT NULL, output TEXT NOT NULL, digest TEXT NOT NULL, artifact TEXT NOT NULL, PRIMARY KEY (project, step, output, digest)) WITHOUT ROWID, STRICT;
  `,
  `
  -- what of a run's tree was in no commit, so that it can be compared with and replayed: a tree of the store, and what was removed (JSON)
  CREATE TABLE uncommitted (run TEXT PRIMARY KEY, tree TEXT NOT NULL, removed TEXT NOT NULL, whole INTEGER NOT NULL) WITHOUT ROWID, STRICT;
  `,
  `
  -- the zone of the run that made a result, and the remote or bundle it came from (JSON); what is there already was made when a home had one zone only
  ALTER TABLE result ADD COLUMN zone TEXT NOT NULL DEFAULT 'main';
  ALTER TABLE result ADD COLUMN taken_from TEXT;
  ALTER TABLE stable_output ADD COLUMN zone TEXT NOT NULL DEFAULT 'main';
  `,
  `
  -- the projects of the home, where they lie and how long they keep what: garbage collection reads their lock files
  CREATE TABLE project (name TEXT NOT NULL, root TEXT NOT NULL, keep_runs INTEGER NOT NULL, keep_days INTEGER NOT NULL, seen_at TEXT NOT NULL, PRIMARY KEY (name, root)) WITHOUT ROWID, STRICT;
  -- what is kept because somebody said so: objects (digests with blanks between) and what they lead to, or a run with all that it made
  CREATE TABLE pin (name TEXT NOT NULL, project TEXT NOT NULL, digests TEXT NOT NULL, run TEXT, made_at TEXT NOT NULL, PRIMARY KEY (project, name)) WITHOUT ROWID, STRICT;
  -- results that were taken out of the cache, so that somebody can say why a step runs again
  CREATE TABLE tombstone (key TEXT PRIMARY KEY, project TEXT NOT NULL, step TEXT NOT NULL, run TEXT NOT NULL, why TEXT NOT NULL, evicted_at TEXT NOT NULL) WITHOUT ROWID, STRICT;
  CREATE INDEX tombstone_by_step ON tombstone (project, step, evicted_at);
  -- when a scrub has read an object last
  CREATE TABLE scrubbed (digest TEXT PRIMARY KEY, read_at TEXT NOT NULL) WITHOUT ROWID, STRICT;
  `,
  `
  -- as file_stat, for folders with many files: all that is known of them in one row
  CREATE TABLE folder_stat (path TEXT PRIMARY KEY, files BLOB NOT NULL) STRICT;
  -- what was added to a dataset in a working tree and is no version yet
  CREATE TABLE data_added (root TEXT NOT NULL, dataset TEXT NOT NULL, tree TEXT NOT NULL, files INTEGER NOT NULL, bytes INTEGER NOT NULL, added_at TEXT NOT NULL, PRIMARY KEY (root, dataset)) WITHOUT ROWID, STRICT;
  `,
  `
  -- what sources gave to a working tree: the table, how far it was read (JSON), and whether it is what the next version is to have
  CREATE TABLE source_reading (root TEXT NOT NULL, dataset TEXT NOT NULL, tree TEXT NOT NULL, position TEXT NOT NULL, is_added INTEGER NOT NULL, read_at TEXT NOT NULL, PRIMARY KEY (root, dataset, tree)) WITHOUT ROWID, STRICT;
  `,
  `
  -- the version that what was added was made of without the files of the working tree, and how many rows it has then; null where it is those files
  ALTER TABLE data_added ADD COLUMN onto TEXT;
  ALTER TABLE data_added ADD COLUMN row_count INTEGER;
  `,
  `
  -- rows that were forgotten: the tombstone, and what of their bytes is still to go (JSON list of digests)
  CREATE TABLE forgetting (id TEXT PRIMARY KEY, project TEXT NOT NULL, dataset TEXT NOT NULL, record TEXT NOT NULL, going TEXT NOT NULL, begun_at TEXT NOT NULL, done_at TEXT) WITHOUT ROWID, STRICT;
  CREATE INDEX forgetting_of_dataset ON forgetting (project, dataset, begun_at);
  -- dataset versions and tables in whose place others stand since rows were forgotten
  CREATE TABLE replaced (old TEXT PRIMARY KEY, new TEXT NOT NULL, forgetting TEXT NOT NULL) WITHOUT ROWID, STRICT;
  `,
  `
  -- what a cheap look at the source has found just before it was read (JSON); NULL when that cannot tell anything
  ALTER TABLE source_reading ADD COLUMN glance TEXT;
  `,
  `
  -- folders of files that were looked at: what their stats were altogether, and the record of the folder in a tree
  CREATE TABLE folder_look (path TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, folder TEXT NOT NULL, files INTEGER NOT NULL, bytes INTEGER NOT NULL) STRICT;
  `,
  `
  -- by project: another one with the very same table has forgotten nothing; where the tombstone is gone nobody knows whose it was
  ALTER TABLE replaced RENAME TO replaced_before;
  CREATE TABLE replaced (project TEXT NOT NULL, old TEXT NOT NULL, new TEXT NOT NULL, forgetting TEXT NOT NULL, PRIMARY KEY (old, project)) WITHOUT ROWID, STRICT;
  INSERT OR IGNORE INTO replaced (project, old, new, forgetting)
    SELECT coalesce(forgetting.project, project.name), old, new, forgetting FROM replaced_before
    LEFT JOIN forgetting ON forgetting.id = replaced_before.forgetting LEFT JOIN project ON forgetting.id IS NULL
    WHERE coalesce(forgetting.project, project.name) IS NOT NULL;
  DROP TABLE replaced_before;
  `,
  `
  -- objects (digests with blanks between) that a command works with and nothing else names yet: garbage collection leaves them alone while its process lives
  CREATE TABLE hold (id TEXT PRIMARY KEY, project TEXT NOT NULL, digests TEXT NOT NULL, owner TEXT NOT NULL) WITHOUT ROWID, STRICT;
  `,
  `
  -- what was measured of each version of a dataset when it was first had, which later ones are judged by (JSON); gone with rows that were forgotten
  CREATE TABLE measured_version (project TEXT NOT NULL, dataset TEXT NOT NULL, version TEXT NOT NULL, at TEXT NOT NULL, record TEXT NOT NULL, PRIMARY KEY (project, dataset, version)) WITHOUT ROWID, STRICT;
  -- that somebody said of a version that what is unusual about it is fine, or took that back; appended to and nothing else
  CREATE TABLE fine_note (project TEXT NOT NULL, dataset TEXT NOT NULL, id TEXT NOT NULL, at TEXT NOT NULL, record TEXT NOT NULL, PRIMARY KEY (project, dataset, id)) STRICT;
  CREATE TRIGGER fine_note_is_not_changed BEFORE UPDATE ON fine_note BEGIN SELECT RAISE(ABORT, 'what was said of versions is append-only'); END;
  CREATE TRIGGER fine_note_is_not_taken_out BEFORE DELETE ON fine_note BEGIN SELECT RAISE(ABORT, 'what was said of versions is append-only'); END;
  `,
  `
  -- who has signed which release: the signature as others verify it, by the hint of the key
  CREATE TABLE release_signature (release TEXT NOT NULL, key TEXT NOT NULL, bundle TEXT NOT NULL, PRIMARY KEY (release, key)) WITHOUT ROWID, STRICT;
  `,
];

export interface StateOptions {
  /** Told when the file was damaged, or was emptied, and what was kept of it. Default: nobody is told. */
  readonly onHealed?: (healed: Healed) => void;
  /** Whether every page is looked at, which reads the whole file; else damage of a page shows when it is used. Default false. */
  readonly thorough?: boolean;
}

/**
 * Opens the state, or makes it. A file that is no database, or not a whole one, is set aside by itself: histories are taken over as far
 * as they can be read, deployments from their journal, and results are made again by the next run.
 *
 * @throws TG-STORE-NOT-WRITABLE when there can be no such file; TG-STORE-STATE-NEWER when a newer Tidegate has written it; TG-STORE-DISK-FULL, TG-STORE-DISK-FAULT
 */
export function openState(path: string, { onHealed = () => {}, thorough = false }: StateOptions = {}): State {
  const journal = journalBeside(path);
  const inode = entryAt(path)?.ino ?? null;
  try {
    return open(path, { journal, onHealed, thorough, aside: null });
  } catch (error) {
    if (sqliteFault(error) !== 'damage') throw diskTrouble(error) ?? error;
    return open(path, { journal, onHealed, thorough: false, aside: setAsideState(path, inode) });
  }
}

interface Opening {
  readonly journal: Journal;
  readonly onHealed: (healed: Healed) => void;
  readonly thorough: boolean;
  readonly aside: string | null;
}

function open(path: string, { journal, onHealed, thorough, aside }: Opening): State {
  const database = openDatabase(path);
  try {
    execWhenFree(database, 'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON');
    const kept = migrate(database, path, () => (aside === null ? 0 : salvage(aside, database)) + journal.restore(database));
    if (thorough) checkPages(database);
    if (aside !== null || kept > 0) onHealed({ aside, kept });
  } catch (error) {
    database.close();
    throw error;
  }
  const statements = new Map<string, StatementSync>();
  const prepare = (sql: string): StatementSync => {
    const statement = statements.get(sql) ?? database.prepare(sql);
    statements.set(sql, statement);
    return statement;
  };
  return {
    database,
    prepare,
    journal,
    commit: (work) => inTransaction(database, work),
    note: (work) => {
      database.exec('PRAGMA synchronous = NORMAL');
      try {
        return inTransaction(database, work);
      } finally {
        database.exec('PRAGMA synchronous = FULL');
      }
    },
    [Symbol.dispose]: () => database.close(),
  };
}

/** @throws what SQLite throws of a damaged page (SQLITE_CORRUPT) */
function checkPages(database: DatabaseSync): void {
  const [found] = Object.values(database.prepare('PRAGMA quick_check(1)').get() ?? {});
  if (found !== 'ok') throw Object.assign(new Error(String(found)), { errcode: 11 });
}

function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec('BEGIN IMMEDIATE');
  try {
    const value = work();
    database.exec('COMMIT');
    return value;
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw isFull(error) ? diskFull(database, error) : error;
  }
}

function openDatabase(path: string): DatabaseSync {
  try {
    mkdirSync(dirname(path), { recursive: true });
    return new DatabaseSync(path, { timeout: 10_000 });
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error);
    throw failure(
      'TG-STORE-NOT-WRITABLE',
      `Cannot open the state "${path}": ${found}`,
      'Set TIDEGATE_HOME to a folder that you may write to',
      error,
    );
  }
}

/** @returns what `fill` says that it has put into a new state; 0 when there was one */
function migrate(database: DatabaseSync, path: string, fill: () => number): number {
  const version = (): number => Number(database.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);
  if (version() === migrations.length) return 0;
  if (version() > migrations.length)
    throw failure(
      'TG-STORE-STATE-NEWER',
      `Cannot open the state "${path}": a newer Tidegate has written it (schema ${version()}, this one knows ${migrations.length})`,
      'Install the newest Tidegate: npm install -g tidegate@latest',
    );
  return inTransaction(database, () => {
    const isNew = version() === 0;
    for (const statements of migrations.slice(version())) database.exec(statements);
    database.exec(`PRAGMA user_version = ${migrations.length}`);
    return isNew ? fill() : 0;
  });
}

/** SQLITE_FULL (https://www.sqlite.org/rescode.html#full) */
function isFull(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === 13;
}

function diskFull(database: DatabaseSync, error: unknown): Error {
  return failure(
    'TG-STORE-DISK-FULL',
    `Cannot write the state "${database.location() ?? ''}": no space is left there`,
    'Free some space, or move the home to a larger disk with TIDEGATE_HOME, and run again',
    error,
  );
}
