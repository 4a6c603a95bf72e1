import { join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { type Digest, digestOfHex, hexOf, sqliteFault } from '@tidegate/formats';
import { execWhenFree } from '@tidegate/runtime';
import { existsSync, mkdirSync, readdirSync, unlinkSync } from '../../platform/index.ts';
import type { PackEntry } from '../packs/pack-format.ts';
import { readPackIndex } from '../packs/read-pack.ts';
import type { WrittenPack } from '../packs/write-pack.ts';

/** Where a piece is. */
export interface PiecePlace {
  readonly path: string;
  readonly entry: PackEntry;
}

/**
 * Which pack has which piece. What it holds can be made again from the ends of the packs, and is when it is damaged or knows less than there is.
 * Many processes may use it at once.
 */
export interface PieceIndex {
  readonly find: (piece: Digest) => PiecePlace | null;
  readonly packs: () => readonly Digest[];
  readonly add: (packs: readonly WrittenPack[]) => void;
  readonly remove: (packs: readonly Digest[]) => void;
  /** Forgets where a piece is whose bytes are damaged there. */
  readonly forget: (piece: Digest) => void;
  /** Takes in packs that lie in the folder and are not known, such as those of a process that was killed. @returns whether there were any */
  readonly takeIn: () => Promise<boolean>;
  /** How often packs were removed: while it is the same, what was found is still there. */
  readonly removals: () => number;
  /** Of each pack, in bytes: what its pieces take, and what those of them take that are among `pieces`. */
  readonly liveBytes: (pieces: Iterable<Digest>) => readonly PackUse[];
  /** The pieces of a pack that are among those that {@link liveBytes} was asked about last. */
  readonly livePieces: (pack: Digest) => readonly Digest[];
  readonly [Symbol.dispose]: () => void;
}

export interface PackUse {
  readonly pack: Digest;
  readonly all: number;
  readonly live: number;
}

const schema = `
  CREATE TABLE IF NOT EXISTS pack (id INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE) STRICT;
  CREATE TABLE IF NOT EXISTS piece (digest BLOB PRIMARY KEY, pack INTEGER NOT NULL, offset INTEGER NOT NULL, stored INTEGER NOT NULL,
    bytes INTEGER NOT NULL, codec TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS piece_of_pack ON piece (pack);
  CREATE TABLE IF NOT EXISTS removals (count INTEGER NOT NULL) STRICT;
  INSERT INTO removals SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM removals);
  CREATE TEMP TABLE live (digest BLOB PRIMARY KEY) STRICT, WITHOUT ROWID;`;

/** How long a writer waits for the others. */
const patienceMs = 30_000;
const packName = /^[0-9a-f]{64}\.pack$/;

/** The path of a pack in the folder of packs. */
export function packPath(folder: string, pack: Digest): string {
  return join(folder, `${hexOf(pack)}.pack`);
}

export function pieceIndex(folder: string): PieceIndex {
  const path = join(folder, 'index.sqlite');
  let opened: DatabaseSync | null = null;
  let statements = new Map<string, StatementSync>();
  const close = (): void => {
    opened?.close();
    opened = null;
    statements = new Map();
  };
  const use = <T>(work: (database: DatabaseSync) => T): T => {
    try {
      return work((opened ??= open(folder, path)));
    } catch (error) {
      if (sqliteFault(error) !== 'damage') throw error;
      close();
      for (const ending of ['', '-wal', '-shm']) if (existsSync(`${path}${ending}`)) unlinkSync(`${path}${ending}`);
      return work((opened = open(folder, path)));
    }
  };
  const prepare = (sql: string): StatementSync =>
    use((database) => {
      const statement = statements.get(sql) ?? database.prepare(sql);
      statements.set(sql, statement);
      return statement;
    });
  const writing = (work: () => void): void =>
    use((database) => {
      database.exec('BEGIN IMMEDIATE');
      try {
        work();
        database.exec('COMMIT');
      } catch (error) {
        if (database.isTransaction) database.exec('ROLLBACK');
        throw error;
      }
    });
  const packs = (): readonly Digest[] => prepare('SELECT digest FROM pack').all().map(digestIn);
  const addPack = ({ digest, entries }: Pick<WrittenPack, 'digest' | 'entries'>): void => {
    prepare('INSERT OR IGNORE INTO pack (digest) VALUES (?)').run(rowKey(digest));
    const { id } = prepare('SELECT id FROM pack WHERE digest = ?').get(rowKey(digest)) ?? {};
    const insert = prepare('INSERT OR REPLACE INTO piece (digest, pack, offset, stored, bytes, codec) VALUES (?, ?, ?, ?, ?, ?)');
    for (const entry of entries) insert.run(rowKey(entry.digest), Number(id), entry.offset, entry.stored, entry.bytes, entry.codec);
  };
  return {
    find: (piece) => {
      const row = prepare(`${selectPiece} WHERE piece.digest = ?`).get(rowKey(piece));
      if (row === undefined) return null;
      const [offset, stored, bytes] = [Number(row['offset']), Number(row['stored']), Number(row['bytes'])];
      const codec = row['codec'] === 'zstd' ? 'zstd' : 'raw';
      return { path: packPath(folder, digestIn(row)), entry: { digest: piece, offset, stored, bytes, codec } };
    },
    packs,
    add: (added) => writing(() => added.forEach(addPack)),
    remove: (removed) =>
      writing(() => {
        for (const pack of removed) {
          prepare('DELETE FROM piece WHERE pack = (SELECT id FROM pack WHERE digest = ?)').run(rowKey(pack));
          prepare('DELETE FROM pack WHERE digest = ?').run(rowKey(pack));
        }
        prepare('UPDATE removals SET count = count + 1').run();
      }),
    forget: (piece) => writing(() => prepare('DELETE FROM piece WHERE digest = ?').run(rowKey(piece))),
    takeIn: async () => {
      const known = new Set(packs());
      const found = readdirSync(folder)
        .filter((name) => packName.test(name))
        .map((name) => digestOfHex(name.slice(0, 64)));
      const unknown = found.filter((pack) => !known.has(pack));
      for (const digest of unknown) {
        const entries = await readPackIndex(packPath(folder, digest)).catch(() => null); // a damaged one has nothing to give
        if (entries !== null) writing(() => addPack({ digest, entries }));
      }
      return unknown.length > 0;
    },
    removals: () => Number(prepare('SELECT count FROM removals').get()?.['count']),
    liveBytes: (pieces) => {
      writing(() => {
        prepare('DELETE FROM live').run();
        const insert = prepare('INSERT OR IGNORE INTO live (digest) VALUES (?)');
        for (const piece of pieces) insert.run(rowKey(piece));
      });
      return prepare(
        `SELECT pack.digest AS digest, coalesce(sum(stored), 0) AS "all", coalesce(sum(stored) FILTER (WHERE live.digest IS NOT NULL), 0) AS live
         FROM pack LEFT JOIN piece ON piece.pack = pack.id LEFT JOIN live ON live.digest = piece.digest GROUP BY pack.id`,
      )
        .all()
        .map((row) => ({ pack: digestIn(row), all: Number(row['all']), live: Number(row['live']) }));
    },
    livePieces: (pack) =>
      prepare(
        `SELECT piece.digest AS digest FROM piece JOIN live ON live.digest = piece.digest
         WHERE pack = (SELECT id FROM pack WHERE digest = ?) ORDER BY offset`,
      )
        .all(rowKey(pack))
        .map(digestIn),
    [Symbol.dispose]: close,
  };
}

const selectPiece = 'SELECT pack.digest AS digest, offset, stored, bytes, codec FROM piece JOIN pack ON pack.id = piece.pack';

function open(folder: string, path: string): DatabaseSync {
  mkdirSync(folder, { recursive: true });
  const database = new DatabaseSync(path, { timeout: patienceMs });
  try {
    execWhenFree(database, `PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; ${schema}`);
  } catch (error) {
    database.close();
    throw error;
  }
  return database;
}

function digestIn(row: { readonly [column: string]: unknown }): Digest {
  const { digest } = row;
  return digestOfHex(digest instanceof Uint8Array ? Buffer.from(digest).toString('hex') : '');
}

function rowKey(digest: Digest): Buffer {
  return Buffer.from(hexOf(digest), 'hex');
}
