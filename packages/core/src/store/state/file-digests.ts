import { basename, dirname, join } from 'node:path';
import { type Digest, digest, failure } from '@tidegate/formats';
import { type Clock, digestOfFile, entryAt, measureFiles } from '../../platform/index.ts';
import { type FileStamp, type FileStat, isSameStamp, stampOf } from './file-stamp.ts';
import { type FolderStats, keepFolderStats, type LearnedFile, readFolderStats } from './folder-stats.ts';
import type { State } from './state.ts';

export interface FileReading {
  readonly digest: Digest;
  readonly stamp: FileStamp;
  readonly settled: boolean;
}

/**
 * Digests of files, reading only those whose stat changed since they were read last.
 * A file counts as unchanged when size, modification time, change time and inode are the same (all to the nanosecond).
 */
export interface FileDigests {
  /**
   * Digest of a regular file (no link), and the stat it had all the while it was read. `settled`: any later change shows in the stat.
   * @throws TG-STORE-FILE-CHANGED when something keeps writing to it
   */
  readonly of: (path: string, stat: FileStat) => Promise<FileReading>;
  /**
   * As `of` for each file, in their order; many that have to be read are read side by side.
   * @param read reads files and says what it found, null for one that cannot be read. Default: for their digests alone
   */
  readonly ofAll: (files: readonly { readonly path: string; readonly stat: FileStat }[], read?: ReadAll) => Promise<readonly FileReading[]>;
  /** Keeps what was found out since the last call, in one transaction. */
  readonly save: () => void;
}

/** Reads files and answers in their order. */
export type ReadAll = (
  files: readonly { readonly path: string; readonly bytes: number }[],
) => Promise<readonly ({ readonly digest: Digest } | null)[]>;

export function fileDigests(state: State, clock: Clock): FileDigests {
  const learned = new Map<string, LearnedFile>();
  const folders = new Map<string, FolderStats | null>();
  const recalled = (path: string, stat: FileStat): FileReading | null => {
    const stamp = stampOf(stat);
    const known = statsOf(dirname(path))?.find(basename(path), stamp) ?? recall(state, path, stamp);
    return known === null ? null : { digest: known, stamp, settled: true };
  };
  const statsOf = (folder: string): FolderStats | null => {
    const known = folders.get(folder);
    if (known !== undefined) return known;
    const stats = readFolderStats(state, folder);
    folders.set(folder, stats);
    return stats;
  };
  const learn = (path: string, read: Omit<FileReading, 'settled'>): FileReading => {
    const settled = !isYoung(read.stamp, clock);
    if (settled) learned.set(path, read);
    return { ...read, settled };
  };
  return {
    of: async (path, stat) => recalled(path, stat) ?? learn(path, await readUnchanged(path, stampOf(stat))),
    ofAll: async (files, readAll = measureFiles) => {
      const found = files.map(({ path, stat }) => recalled(path, stat));
      const unknown = files.filter((_, index) => found[index] === null);
      const read = await readAll(unknown.map(({ path, stat }) => ({ path, bytes: Number(stat.size) })));
      const readings = new Map<string, FileReading>();
      for (const [index, { path, stat }] of unknown.entries()) {
        const digest = read[index]?.digest;
        const isSteady = digest !== undefined && isStill(path, stampOf(stat));
        const reading = isSteady ? { digest, stamp: stampOf(stat) } : await readUnchanged(path, stampOf(stat));
        readings.set(path, learn(path, reading));
      }
      return files.flatMap(({ path }, index) => found[index] ?? readings.get(path) ?? []);
    },
    save: () => {
      if (learned.size === 0) return;
      state.note(() => {
        for (const [folder, files] of byFolder(learned))
          if (files.size >= manyFiles) keepFolderStats(state, folder, files);
          else for (const [name, known] of files) keep(state, join(folder, name), known);
      });
      learned.clear();
      folders.clear();
    },
  };
}

/** From so many files of a folder on that were learned at once they are kept as one row: one costs a hundredth of as many. */
const manyFiles = 64;

function byFolder(learned: ReadonlyMap<string, LearnedFile>): ReadonlyMap<string, ReadonlyMap<string, LearnedFile>> {
  const folders = new Map<string, Map<string, LearnedFile>>();
  for (const [path, known] of learned) {
    const folder = dirname(path);
    const files = folders.get(folder) ?? new Map<string, LearnedFile>();
    folders.set(folder, files.set(basename(path), known));
  }
  return folders;
}

/** Compared by the database, which is cheaper than fetching the columns. */
function recall(state: State, path: string, { bytes, mtimeNs, ctimeNs, inode }: FileStamp): Digest | null {
  const row = state
    .prepare('SELECT digest FROM file_stat WHERE path = ? AND mtime_ns = ? AND ctime_ns = ? AND inode = ? AND bytes = ?')
    .get(path, String(mtimeNs), String(ctimeNs), String(inode), bytes);
  return row === undefined ? null : digest(String(row['digest']));
}

function keep(state: State, path: string, { stamp, digest }: LearnedFile): void {
  state
    .prepare('INSERT OR REPLACE INTO file_stat (path, bytes, mtime_ns, ctime_ns, inode, digest) VALUES (?, ?, ?, ?, ?, ?)')
    .run(path, stamp.bytes, String(stamp.mtimeNs), String(stamp.ctimeNs), String(stamp.inode), digest);
}

async function readUnchanged(path: string, first: FileStamp): Promise<Omit<FileReading, 'settled'>> {
  let before = first;
  for (let attempt = 0; attempt < 3; attempt++) {
    const found = await digestOfFile(path).catch(gone);
    const entry = entryAt(path);
    if (found === null || entry === null) throw changing(path, 'it went away while it was read');
    const after = stampOf(entry);
    if (isSameStamp(before, after)) return { digest: found, stamp: after };
    before = after;
  }
  throw changing(path, 'something writes to it all the while');
}

function isStill(path: string, stamp: FileStamp): boolean {
  const entry = entryAt(path);
  return entry !== null && isSameStamp(stampOf(entry), stamp);
}

function gone(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null;
  throw error;
}

function changing(path: string, found: string): Error {
  return failure('TG-STORE-FILE-CHANGED', `Cannot read "${path}": ${found}`, 'Run the command again when nothing writes to the file');
}

/**
 * Whether the file could still be changed without its stat showing it: a second write within the same tick of the file system's
 * clock leaves the same times. Git calls such entries racily clean (Documentation/technical/racy-git) and reads the file again.
 * Ticks are at most 10 ms on Linux; a file system that keeps whole seconds shows it by its zeros.
 */
function isYoung({ mtimeNs, ctimeNs }: FileStamp, clock: Clock): boolean {
  const youngest = mtimeNs > ctimeNs ? mtimeNs : ctimeNs;
  const keepsSeconds = mtimeNs % 1_000_000_000n === 0n && ctimeNs % 1_000_000_000n === 0n;
  const tickNs = keepsSeconds ? 2_000_000_000n : 20_000_000n;
  return youngest + tickNs >= BigInt(Math.floor(clock.now())) * 1_000_000n;
}
