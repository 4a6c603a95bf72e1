import { join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { digestOfHex, failure, sqliteFault } from '@tidegate/formats';
import { execWhenFree } from '@tidegate/runtime';
import { digestOfBytes, entryAt, existsSync, mkdirSync, renameSync } from '../../platform/index.ts';

export type Prepare = (sql: string) => StatementSync;

/** The database of small objects; many processes read and write it at once (SQLite, WAL). One that is damaged is set aside by itself. */
export interface SmallDatabase {
  /** Null while there is none: reading makes no database. */
  readonly read: <T>(work: (prepare: Prepare) => T) => T | null;
  /** All of the work or nothing; durable when it returns. May be called twice. */
  readonly write: <T>(work: (prepare: Prepare) => T) => T;
  /**
   * As `write`, and of what is taken out in it no byte stays: the file is written anew, for pages that were divided keep copies of what they had. Nor does one in
   * the log, where no other process reads just then.
   */
  readonly erase: <T>(work: (prepare: Prepare) => T) => T;
  /** Looks at every page. One that is damaged makes the database be set aside, as it does wherever it is met. @returns what was found */
  readonly check: () => string | null;
  /** Gives pages that hold nothing back to the disk. */
  readonly shrink: () => void;
  readonly [Symbol.dispose]: () => void;
}

/** Schema 1. `stored_at` (seconds since 1970) stands before the bytes, so that it is read without them. */
const schema = `
  CREATE TABLE object (digest BLOB PRIMARY KEY, stored_at INTEGER NOT NULL, bytes BLOB NOT NULL) STRICT;
  PRAGMA user_version = 1;`;

/** How long a writer waits for the others. */
const patienceMs = 30_000;

interface Opened {
  readonly database: DatabaseSync;
  readonly prepare: Prepare;
  /** Which file that was, for another process may have set it aside since. */
  readonly inode: bigint | null;
}

/** @param onSetAside told the new path of a database that was damaged */
export function smallDatabase(root: string, onSetAside: (path: string) => void): SmallDatabase {
  const path = join(root, 'small.sqlite');
  let opened: Opened | null = null;
  const close = (): void => {
    opened?.database.close();
    opened = null;
  };
  const healing = <T>(work: (use: Opened) => T): T => {
    try {
      return work((opened ??= open(root, path)));
    } catch (error) {
      if (sqliteFault(error) !== 'damage') throw error;
      const inode = opened?.inode ?? inodeOf(path);
      close();
      const aside = setAside(path, inode);
      opened = open(root, path);
      if (aside !== null) {
        salvage(aside, opened.database);
        onSetAside(aside);
      }
      return work(opened);
    }
  };
  const write: SmallDatabase['write'] = (work) =>
    healing(({ database, prepare }) => {
      database.exec('BEGIN IMMEDIATE');
      try {
        const value = work(prepare);
        database.exec('COMMIT');
        return value;
      } catch (error) {
        if (database.isTransaction) database.exec('ROLLBACK');
        throw error;
      }
    });
  return {
    read: (work) => (opened === null && !existsSync(path) ? null : healing(({ prepare }) => work(prepare))),
    write,
    erase: (work) => {
      const value = write(work);
      healing(({ database }) => database.exec('VACUUM; PRAGMA wal_checkpoint(TRUNCATE)'));
      return value;
    },
    check: () => {
      if (opened === null && !existsSync(path)) return null;
      let found: string | null = null;
      healing(({ database }) => {
        const [first] = Object.values(database.prepare('PRAGMA quick_check(1)').get() ?? {});
        if (first === 'ok') return;
        found = String(first);
        throw Object.assign(new Error(found), { errcode: 11 });
      });
      return found;
    },
    shrink: () => {
      if (opened === null && !existsSync(path)) return;
      healing(({ database }) => {
        database.exec('PRAGMA incremental_vacuum; PRAGMA wal_checkpoint(PASSIVE)');
      });
    },
    [Symbol.dispose]: close,
  };
}

/** Pages of 8 KiB hold a key record or two whole; given back to the disk when garbage is collected. */
function open(root: string, path: string): Opened {
  mkdirSync(root, { recursive: true });
  const database = new DatabaseSync(path, { timeout: patienceMs });
  try {
    execWhenFree(
      database,
      'PRAGMA page_size = 8192; PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL',
    );
    migrate(database, path);
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
  return { database, prepare, inode: inodeOf(path) };
}

function migrate(database: DatabaseSync, path: string): void {
  const version = (): number => Number(database.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);
  if (version() === 1) return;
  if (version() > 1)
    throw failure(
      'TG-STORE-STATE-NEWER',
      `Cannot open the store "${path}": a newer Tidegate has written it (schema ${version()}, this one knows 1)`,
      'Install the newest Tidegate: npm install -g tidegate@latest',
    );
  database.exec('BEGIN IMMEDIATE');
  if (version() === 0) database.exec(schema);
  database.exec('COMMIT');
}

/**
 * Moves a damaged database away; processes that have it open go on with it, and close it without touching the new one, for SQLite
 * looks whether its file was moved.
 *
 * @returns where it is now; null when another process was first
 */
function setAside(path: string, inode: bigint | null): string | null {
  if (inode === null || inodeOf(path) !== inode) return null;
  const aside = `${path}.${inode}.corrupt`;
  for (const ending of ['', '-wal', '-shm']) if (existsSync(`${path}${ending}`)) renameSync(`${path}${ending}`, `${aside}${ending}`);
  return aside;
}

/** Takes over what can still be read and has the right digest: from the beginning as far as it goes, then from the end. */
function salvage(aside: string, into: DatabaseSync): void {
  const insert = into.prepare('INSERT OR IGNORE INTO object (digest, stored_at, bytes) VALUES (?, ?, ?)');
  const take = (order: 'ASC' | 'DESC'): void => {
    const from = new DatabaseSync(aside);
    try {
      for (const { digest, stored_at: storedAt, bytes } of from.prepare(`SELECT * FROM object ORDER BY rowid ${order}`).iterate()) {
        const isWhole = bytes instanceof Uint8Array && digest instanceof Uint8Array && typeof storedAt === 'number';
        if (isWhole && digestOfBytes(bytes) === digestOfHex(Buffer.from(digest).toString('hex'))) insert.run(digest, storedAt, bytes);
      }
    } finally {
      from.close();
    }
  };
  into.exec('BEGIN IMMEDIATE');
  for (const order of ['ASC', 'DESC'] as const)
    try {
      take(order);
      break;
    } catch (error) {
      if (sqliteFault(error) !== 'damage') break; // as much as there is room for
    }
  into.exec('COMMIT');
}

function inodeOf(path: string): bigint | null {
  return entryAt(path)?.ino ?? null;
}
