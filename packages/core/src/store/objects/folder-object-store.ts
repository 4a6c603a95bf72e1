import { join } from 'node:path';
import { canonicalJson, type Digest, type Json, type TreeEntry } from '@tidegate/formats';
import { ageOf, concurrently, digestOfBytes, measureFile, mkdir, readFileSync, rm, statSync } from '../../platform/index.ts';
import { changed, corrupt, missing } from './failures.ts';
import { filesToStore, unreadable } from './files-to-store.ts';
import { looseObjects } from './loose-objects.ts';
import type { ObjectEntry, ObjectStore, StoredObject } from './object-store.ts';
import { writeAside } from './set-aside.ts';
import { smallObjects } from './small-objects.ts';
import { parseTree, treeJson, treeOf } from './tree.ts';
import { writePrivateFile } from './write-file.ts';

/** Files of one tree that are put or checked out at once: enough for the disk to gather their fsyncs. */
const filesAtOnce = 16;

/** Objects up to 16 KiB go into one database: there a put costs a fifth of the CPU of a file, above 64 KiB as much as one. */
export const longestSmall = 16 << 10;

/** An object that is put again counts as stored just now, but is written to at most this often. */
export const renewedAfterMs = 600_000;

/** A longer object is no record of ours. */
const longestRecord = 64 << 20;
const openingBrace = 0x7b;

export interface FolderStoreOptions {
  /** Every object is a file of its own, also a small one: for a folder that others read as files. Default false. */
  readonly filesOnly?: boolean;
  /** Told where the database of small objects is now when it was damaged; what was in it counts as missing. Default: nobody is told. */
  readonly onSetAside?: (path: string) => void;
}

function isYoung(entry: ObjectEntry | null): boolean {
  return entry !== null && ageOf(entry.storedAtMs) < renewedAfterMs;
}

/** A store in a folder, which holds a database open from its first use. */
export interface FolderObjectStore extends ObjectStore {
  /** Every place where an object lies; one that lies in the database and in a file comes twice. What is put meanwhile may be left out. */
  readonly entries: () => Generator<ObjectEntry>;
  /** Reads an object wherever it lies, and sets aside what is damaged. */
  readonly verify: (digest: Digest) => Promise<'sound' | 'damaged' | 'missing'>;
  /** The text of an object that begins like a record and is no longer than one; null for any other. @throws TG-STORE-OBJECT-CORRUPT */
  readonly recordText: (digest: Digest) => Promise<string | null>;
  /** Takes an object out, wherever it lies; one that is not there is no error. */
  readonly remove: (digest: Digest) => void;
  /**
   * Takes out those of these objects that were stored before a moment, while nobody can put any of them again.
   * @param before asked once nobody else can write; milliseconds since 1970
   * @returns what was taken out
   */
  readonly removeOlder: (digests: readonly Digest[], before: () => number) => readonly ObjectEntry[];
  /** Looks at the database of small objects as a whole. @returns what was found; then what can be read of it is in a new one */
  readonly check: () => string | null;
  /** Gives the room of what was taken out back to the disk. */
  readonly shrink: () => void;
  readonly [Symbol.dispose]: () => void;
}

/**
 * Small objects in a database, the others as files `objects/ab/cdef…`, each whole and read-only. A file is written to a temporary name on
 * the same file system, fsynced and renamed, so one under its final name is always complete. Format: docs/reference/formats/object-store.md.
 */
export function folderObjectStore(root: string, { filesOnly = false, onSetAside = () => {} }: FolderStoreOptions = {}): FolderObjectStore {
  const loose = looseObjects(root);
  const small = smallObjects(root, onSetAside);
  const isSmall = (bytes: number | null): boolean => !filesOnly && (bytes === null || bytes <= longestSmall);

  /** Whether the object is there with that length; one of another length is damaged and makes room for a whole one. */
  const isWhole = (digest: Digest, bytes: number | null): boolean => isWholeSmall(digest, bytes) || isWholeFile(digest, bytes);
  const isWholeSmall = (digest: Digest, bytes: number | null): boolean => {
    const length = isSmall(bytes) ? small.lengthOf(digest) : null;
    if (length === null || bytes === null || length === bytes) return length !== null;
    discardSmall(digest);
    return false;
  };
  const isWholeFile = (digest: Digest, bytes: number | null): boolean => {
    const length = loose.lengthOf(digest);
    if (length === null || bytes === null || length === bytes) return length !== null;
    loose.setAside(digest);
    return false;
  };
  /** Whether it need not be put. From then on it is as young as one that was: no garbage collection that goes on takes it out. */
  const isThere = ({ digest, bytes }: StoredObject): boolean => {
    if (!isWhole(digest, bytes)) return false;
    if (filesOnly || isYoung(small.entry(digest) ?? loose.entry(digest))) return true;
    return small.exclusively((held) => held.renew(digest) || loose.renew(digest));
  };

  /** The bytes of a small object, checked; null when there is none, or a damaged one, which is set aside, while there is a file of it. */
  const smallBytes = (digest: Digest): Uint8Array | null => {
    const bytes = filesOnly ? null : small.find(digest);
    if (bytes === null || digestOfBytes(bytes) === digest) return bytes;
    discardSmall(digest);
    if (isWholeFile(digest, null)) return null;
    throw corrupt(digest);
  };
  const discardSmall = (digest: Digest): void => {
    writeAside(loose.pathOf(digest), small.find(digest));
    small.discard(digest);
  };

  const putBytes: ObjectStore['putBytes'] = async (content) => {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    const object = { digest: digestOfBytes(bytes), bytes: bytes.byteLength };
    if (isThere(object)) return object;
    await (isSmall(object.bytes) ? small : loose).put(object.digest, bytes);
    return object;
  };
  const putFile: ObjectStore['putFile'] = async (source, known) => {
    const bytes = statSync(source).size;
    if (known !== undefined && isThere({ digest: known, bytes })) return { digest: known, bytes };
    if (!isSmall(bytes)) return loose.putFile(source, { known, isThere });
    const content = readFileSync(source);
    if (known !== undefined && known !== digestOfBytes(content)) throw changed(source);
    return putBytes(content);
  };
  const putTree: ObjectStore['putTree'] = async (folder, paths) => {
    const entries = await concurrently(filesAtOnce, paths ?? (await filesToStore(folder)), async (path): Promise<TreeEntry> => {
      const file = join(folder, path);
      const executable = (statSync(file, { throwIfNoEntry: false })?.mode ?? 0) & 0o100;
      return {
        path,
        ...(await putFile(file).catch((error: unknown) => Promise.reject(unreadable(file, error)))),
        ...(executable !== 0 && { executable: true }),
      };
    });
    const tree = treeOf(entries);
    const { digest } = await putBytes(treeJson(tree));
    return { digest, tree, bytes: entries.reduce((sum, entry) => sum + entry.bytes, 0) };
  };

  const pathOf: ObjectStore['pathOf'] = async (digest) => {
    const isDamaged = loose.lengthOf(digest) !== null && !(await loose.isSound(digest));
    if (loose.lengthOf(digest) !== null) return loose.pathOf(digest);
    const bytes = smallBytes(digest);
    if (bytes === null) throw isDamaged ? corrupt(digest) : missing(digest);
    await loose.put(digest, bytes);
    return loose.pathOf(digest);
  };
  const readBytes: ObjectStore['readBytes'] = async (digest) => {
    const inDatabase = smallBytes(digest);
    if (inDatabase !== null) return inDatabase;
    if (!isWholeFile(digest, null)) throw missing(digest);
    const bytes = await loose.read(digest);
    if (digestOfBytes(bytes) === digest) return bytes;
    loose.setAside(digest);
    throw corrupt(digest);
  };
  const readJson: ObjectStore['readJson'] = async (digest) => JSON.parse(Buffer.from(await readBytes(digest)).toString('utf8')) as Json;
  const readTree: ObjectStore['readTree'] = async (digest) => parseTree(await readJson(digest), digest);

  const checkOut: ObjectStore['checkOut'] = async (digest, path, options = {}) => {
    const isShared = options.as === 'shared';
    const mode = (options.executable ? 0o755 : 0o644) & (isShared ? 0o555 : 0o777);
    const bytes = smallBytes(digest);
    if (bytes !== null) return writePrivateFile(path, bytes, mode);
    if (!isWholeFile(digest, null)) throw missing(digest);
    if (isShared && mode === 0o444) {
      if (!(await loose.isSound(digest))) throw corrupt(digest);
      if (loose.linkTo(digest, path)) return;
    }
    await loose.copyTo(digest, path, mode);
    if ((await measureFile(path)).digest === digest) return;
    loose.setAside(digest);
    await rm(path, { force: true });
    throw corrupt(digest);
  };

  return {
    putBytes,
    putJson: (value) => putBytes(canonicalJson(value)),
    putFile,
    putTree,
    has: async (digest) => isWhole(digest, null),
    fetch: async (objects) => objects.filter(({ digest, bytes }) => !isWhole(digest, bytes)).map(({ digest }) => digest),
    missing: async (objects) => objects.filter(({ digest, bytes }) => !isWhole(digest, bytes)).map(({ digest }) => digest),
    pathOf,
    readBytes,
    readJson,
    readTree,
    checkOut,
    checkOutTree: async (digest, folder, options = {}) => {
      await mkdir(folder, { recursive: true });
      const { entries } = await readTree(digest);
      await concurrently(filesAtOnce, entries, (entry) =>
        checkOut(entry.digest, join(folder, entry.path), { ...options, executable: entry.executable === true }),
      );
    },
    entries: function* () {
      yield* small.entries();
      yield* loose.entries();
    },
    verify: async (digest) => {
      const inDatabase = small.find(digest);
      const isDamagedRow = inDatabase !== null && digestOfBytes(inDatabase) !== digest;
      if (isDamagedRow) discardSmall(digest);
      const isFile = loose.lengthOf(digest) !== null;
      const isDamagedFile = isFile && !(await loose.isSound(digest, 'again'));
      if (isDamagedRow || isDamagedFile) return 'damaged';
      return inDatabase !== null || isFile ? 'sound' : 'missing';
    },
    recordText: async (digest) => {
      const length = small.lengthOf(digest) ?? loose.lengthOf(digest);
      if (length === null || length > longestRecord) return null;
      const first = small.lengthOf(digest) === null ? loose.firstByte(digest) : small.find(digest)?.[0];
      return first === openingBrace ? Buffer.from(await readBytes(digest)).toString('utf8') : null;
    },
    remove: (digest) => {
      if (small.lengthOf(digest) !== null) small.discard(digest);
      loose.remove(digest);
    },
    removeOlder: (digests, before) =>
      small.exclusively((held) => {
        const limit = before();
        return digests.flatMap((digest) =>
          [held.entry(digest), loose.entry(digest)].flatMap((entry) => {
            if (entry === null || entry.storedAtMs >= limit) return [];
            return (entry.place === 'database' ? held : loose).remove(digest) ? [entry] : [];
          }),
        );
      }),
    check: () => small.check(),
    shrink: () => small.shrink(),
    [Symbol.dispose]: () => small[Symbol.dispose](),
  };
}
