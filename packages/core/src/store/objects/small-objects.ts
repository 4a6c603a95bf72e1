import { type Digest, digestOfHex, hexOf, sqliteFault } from '@tidegate/formats';
import { storing } from './failures.ts';
import type { ObjectEntry } from './object-store.ts';
import type { SmallObject } from './put-files.ts';
import { type Prepare, type SmallDatabase, smallDatabase } from './small-database.ts';

/** Objects of few bytes, all in one database; what comes out of it is not checked here. */
export interface SmallObjects {
  readonly find: (digest: Digest) => Uint8Array | null;
  /** Null when it is not there. */
  readonly lengthOf: (digest: Digest) => number | null;
  /** Durable when the promise resolves. Puts that wait at the same moment share one transaction, so that many cost one fsync. */
  readonly put: (digest: Digest, bytes: Uint8Array) => Promise<void>;
  /** Puts many in one transaction; durable when it returns. Those that are there are made as young as one that was stored just now. */
  readonly putAll: (objects: readonly SmallObject[]) => void;
  readonly discard: (digest: Digest) => void;
  /** Takes out objects so that none of their bytes stays in the file, which is written anew. */
  readonly erase: (digests: readonly Digest[]) => void;
  readonly entry: (digest: Digest) => ObjectEntry | null;
  readonly entries: () => Generator<ObjectEntry>;
  /** Lets no other process write to the store meanwhile: neither objects of the database nor, by agreement, their times. */
  readonly exclusively: <T>(work: (held: HeldObjects) => T) => T;
  /** Looks at every page of the database. @returns what was found; then what can be read of it is in a new one */
  readonly check: () => string | null;
  /** Gives the room of what was taken out back to the disk. */
  readonly shrink: () => void;
  readonly [Symbol.dispose]: () => void;
}

/** Small objects while nobody else can write to the store. */
export interface HeldObjects {
  /** Makes it as young as one that was stored just now. @returns false when it is not there */
  readonly renew: (digest: Digest) => boolean;
  readonly entry: SmallObjects['entry'];
  /** @returns false when it is not there */
  readonly remove: (digest: Digest) => boolean;
}

interface Put extends SmallObject {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * The database `small.sqlite` in the folder of the objects; made at the first put. Format: docs/reference/formats/object-store.md.
 *
 * @param onSetAside told where the database is now when it was damaged; what was in it counts as missing
 */
export function smallObjects(root: string, onSetAside: (path: string) => void): SmallObjects {
  const database = smallDatabase(root, onSetAside);
  let waiting: Put[] = [];
  const writeWaiting = (): void => {
    const group = waiting;
    waiting = [];
    try {
      writeGroup(database, group);
      for (const { resolve } of group) resolve();
    } catch (error) {
      for (const { reject } of group) reject(storing(root, error));
    }
  };
  return {
    find: (digest) =>
      database.read((prepare) => {
        const bytes = prepare('SELECT bytes FROM object WHERE digest = ?').get(rowKey(digest))?.['bytes'];
        return bytes instanceof Uint8Array ? bytes : null;
      }),
    lengthOf: (digest) =>
      database.read((prepare) => {
        const length = prepare('SELECT length(bytes) AS length FROM object WHERE digest = ?').get(rowKey(digest))?.['length'];
        return typeof length === 'number' ? length : null;
      }),
    put: (digest, bytes) =>
      new Promise((resolve, reject) => {
        waiting.push({ digest, bytes, resolve, reject });
        if (waiting.length === 1) setImmediate(writeWaiting);
      }),
    putAll: (objects) => {
      try {
        writeGroup(database, objects);
      } catch (error) {
        throw storing(root, error);
      }
    },
    discard: (digest) => {
      database.write((prepare) => prepare('DELETE FROM object WHERE digest = ?').run(rowKey(digest)));
    },
    erase: (digests) => {
      database.erase((prepare) => {
        for (const digest of digests) prepare('DELETE FROM object WHERE digest = ?').run(rowKey(digest));
      });
    },
    entry: (digest) => database.read((prepare) => entryIn(prepare, digest)),
    entries: function* () {
      let last = Buffer.alloc(0);
      for (;;) {
        const rows = database.read((prepare) => prepare(`${selectEntry} WHERE digest > ? ORDER BY digest LIMIT 1000`).all(last)) ?? [];
        for (const row of rows) yield entryOf(row);
        const end = rows.at(-1)?.['digest'];
        if (!(end instanceof Uint8Array)) return;
        last = Buffer.from(end);
      }
    },
    exclusively: (work) => {
      try {
        return database.write((prepare) => work(heldBy(prepare)));
      } catch (error) {
        throw storing(root, error);
      }
    },
    check: () => database.check(),
    shrink: () => database.shrink(),
    [Symbol.dispose]: () => {
      if (waiting.length > 0) writeWaiting();
      database[Symbol.dispose]();
    },
  };
}

/**
 * After a failed fsync nobody knows what is on the disk. SQLite takes the transaction back, so a second try writes every page anew.
 */
function writeGroup(database: SmallDatabase, group: readonly SmallObject[]): void {
  if (group.length === 0) return;
  const write = (): void =>
    database.write((prepare) => {
      const insert = prepare(insertOrRenew);
      for (const { digest, bytes } of group) insert.run(rowKey(digest), bytes);
    });
  try {
    write();
  } catch (error) {
    if (sqliteFault(error) !== 'disk') throw error;
    write();
  }
}

/** Written again at most every ten minutes, as long as an object counts as stored just now. */
const insertOrRenew = `INSERT INTO object (digest, stored_at, bytes) VALUES (?, unixepoch(), ?)
  ON CONFLICT (digest) DO UPDATE SET stored_at = excluded.stored_at WHERE stored_at < excluded.stored_at - 600`;

function heldBy(prepare: Prepare): HeldObjects {
  const change = (sql: string, digest: Digest): boolean => prepare(sql).run(rowKey(digest)).changes > 0;
  return {
    renew: (digest) => change('UPDATE object SET stored_at = unixepoch() WHERE digest = ?', digest),
    entry: (digest) => entryIn(prepare, digest),
    remove: (digest) => change('DELETE FROM object WHERE digest = ?', digest),
  };
}

function entryIn(prepare: Prepare, digest: Digest): ObjectEntry | null {
  const row = prepare(`${selectEntry} WHERE digest = ?`).get(rowKey(digest));
  return row === undefined ? null : entryOf(row);
}

const selectEntry = 'SELECT digest, stored_at, length(bytes) AS length FROM object';

function entryOf(row: { readonly [column: string]: unknown }): ObjectEntry {
  const { digest, stored_at: storedAt, length } = row;
  const hex = digest instanceof Uint8Array ? Buffer.from(digest).toString('hex') : '';
  return { digest: digestOfHex(hex), bytes: Number(length), storedAtMs: Number(storedAt) * 1000, place: 'database' };
}

function rowKey(digest: Digest): Buffer {
  return Buffer.from(hexOf(digest), 'hex');
}
