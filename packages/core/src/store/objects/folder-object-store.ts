import { join } from 'node:path';
import { canonicalJson, compareCodeUnits, type Digest, type Json, type Tree, type TreeEntry } from '@tidegate/formats';
import { ageOf, digestOfBytes, measureFile, readFileSync, rm, statSync, writePrivateFile } from '../../platform/index.ts';
import { coldObjects } from '../cold/cold-objects.ts';
import type { CollectedPacks } from '../cold/collect-packs.ts';
import type { Frozen } from '../cold/freeze.ts';
import { checkOutEntries } from './check-out-entries.ts';
import { checkOutMany, modeOf } from './check-out-files.ts';
import { changed, corrupt, missing } from './failures.ts';
import { filesToStore, readable } from './files-to-store.ts';
import { looseObjects } from './loose-objects.ts';
import { type ObjectEntry, type ObjectStore, shortestShared, type StoredObject } from './object-store.ts';
import { putManyFiles } from './put-files.ts';
import { writeAside } from './set-aside.ts';
import { smallObjects } from './small-objects.ts';
import { contentsOfTree } from './tree/contents-of-tree.ts';
import { buildTree } from './tree/build-tree.ts';
import { readWholeTree } from './tree/read-tree.ts';

/** Objects up to 16 KiB go into one database: there a put costs a fifth of the CPU of a file, above 64 KiB as much as one. */
export const longestSmall = 16 << 10;

/** An object that is put again counts as stored just now, but is written to at most this often. */
export const renewedAfterMs = 600_000;

/** A longer object is no record of ours. */
const longestRecord = 64 << 20;
const openingBrace = 0x7b;

export interface FolderStoreOptions {
  /** Told where the database of small objects is now when it was damaged; what was in it counts as missing. Default: nobody is told. */
  readonly onSetAside?: (path: string) => void;
}

function isYoung(entry: ObjectEntry | null): boolean {
  return entry !== null && ageOf(entry.storedAtMs) < renewedAfterMs;
}

/** A store in a folder, which holds a database open from its first use. */
export interface FolderObjectStore extends ObjectStore {
  /** Every place where an object lies; one that lies in two, such as the database and a file, comes twice. What is put meanwhile may be left out. */
  readonly entries: () => Generator<ObjectEntry>;
  /** Reads an object wherever it lies, and sets aside what is damaged. */
  readonly verify: (digest: Digest) => Promise<'sound' | 'damaged' | 'missing'>;
  /** The text of an object that begins like a record and is no longer than one; null for any other. @throws TG-STORE-OBJECT-CORRUPT */
  readonly recordText: (digest: Digest) => Promise<string | null>;
  /** Takes an object out, wherever it lies; one that is not there is no error. */
  readonly remove: (digest: Digest) => void;
  /**
   * Takes out objects so that nothing of their bytes stays: not in free pages of the database, not under the name of something damaged, not in a pack of
   * which most is needed still. Nobody may need them any more, however young they are.
   * @returns those that were there
   */
  readonly erase: (digests: readonly Digest[], signal?: AbortSignal) => Promise<readonly Digest[]>;
  /**
   * Takes out those of these objects that were stored before a moment, while nobody can put any of them again.
   * @param before asked once nobody else can write; milliseconds since 1970
   * @returns what was taken out
   */
  readonly removeOlder: (digests: readonly Digest[], before: () => number) => readonly ObjectEntry[];
  /** Whether the object has a file that may be turned into pieces: one that begins like a record may not, since what it leads to must be found. */
  readonly canFreeze: (digest: Digest) => boolean;
  /** Turns files of objects into pieces, which objects that are alike share; whoever reads one gets its file again. */
  readonly freeze: (digests: readonly Digest[], signal?: AbortSignal) => Promise<Frozen>;
  /** Takes out pieces that no object needs any more. */
  readonly collectPacks: (signal?: AbortSignal) => Promise<CollectedPacks>;
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
export function folderObjectStore(root: string, { onSetAside = () => {} }: FolderStoreOptions = {}): FolderObjectStore {
  const loose = looseObjects(root);
  const small = smallObjects(root, onSetAside);
  const cold = coldObjects(root, { pathOf: loose.pathOf, exclusively: (work) => small.exclusively(() => work()) });
  const isSmall = (bytes: number | null): boolean => bytes === null || bytes <= longestSmall;

  /** Whether the object is there with that length; one of another length is damaged and makes room for a whole one. */
  const isWhole = (digest: Digest, bytes: number | null): boolean =>
    isWholeSmall(digest, bytes) || isWholeFile(digest, bytes) || isWholeCold(digest, bytes);
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
  const isWholeCold = (digest: Digest, bytes: number | null): boolean => {
    const length = cold.lengthOf(digest);
    return length !== null && (bytes === null || length === bytes);
  };
  /** Whether there is a whole file of it, now at least. */
  const hasFile = async (digest: Digest): Promise<boolean> => isWholeFile(digest, null) || cold.restore(digest);
  const entryOf = (digest: Digest): ObjectEntry | null => small.entry(digest) ?? loose.entry(digest) ?? cold.entry(digest);
  /** Whether it need not be put. From then on it is as young as one that was: no garbage collection that goes on takes it out. */
  const isThere = ({ digest, bytes }: StoredObject): boolean => {
    if (!isWhole(digest, bytes)) return false;
    if (isYoung(entryOf(digest))) return true;
    return small.exclusively((held) => held.renew(digest) || loose.renew(digest) || cold.renew(digest));
  };

  /** The bytes of a small object, checked; null when there is none, or a damaged one, which is set aside, while there is a file of it. */
  const smallBytes = (digest: Digest): Uint8Array | null => {
    const bytes = small.find(digest);
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
  const takeFile: ObjectStore['takeFile'] = async (source, digest) => {
    const object = { digest, bytes: statSync(source).size };
    if (isSmall(object.bytes)) return putFile(source, digest);
    if (!isThere(object)) await loose.takeFile(source, digest);
    return object;
  };
  const putFiles: ObjectStore['putFiles'] = (files) =>
    putManyFiles(files, {
      longestSmall,
      isThere,
      putSmall: (objects) => small.putAll(objects),
      putLarge: putFile,
    });
  const putRecords = async (
    entries: readonly TreeEntry[],
  ): Promise<{ readonly digest: Digest; readonly tree: Tree; readonly bytes: number }> => {
    const sorted = entries.toSorted((a, b) => compareCodeUnits(a.path, b.path));
    const { digest, records } = buildTree(sorted);
    await Promise.all(records.map(({ text }) => putBytes(text)));
    const parts = new Set(records.map((record) => record.digest));
    parts.delete(digest);
    return { digest, tree: { entries: sorted, parts: [...parts] }, bytes: sorted.reduce((sum, { bytes }) => sum + bytes, 0) };
  };
  const putEntries: ObjectStore['putEntries'] = async (entries) => {
    const { digest, bytes } = await putRecords(entries);
    return { digest, bytes };
  };
  const putTree: ObjectStore['putTree'] = async (folder, paths) => {
    const files = (paths ?? (await filesToStore(folder))).map((path) => ({ path, stat: readable(join(folder, path)) }));
    const stored = await putFiles(files.map(({ path, stat }) => ({ path: join(folder, path), bytes: stat.size })));
    const entries = files.flatMap(({ path, stat }, index): readonly TreeEntry[] => {
      const object = stored[index];
      return object === undefined ? [] : [{ path, ...object, ...((stat.mode & 0o100) !== 0 && { executable: true }) }];
    });
    return putRecords(entries);
  };

  const pathOf: ObjectStore['pathOf'] = async (digest) => {
    const isDamaged = loose.lengthOf(digest) !== null && !(await loose.isSound(digest));
    if (loose.lengthOf(digest) !== null) return loose.pathOf(digest);
    const bytes = smallBytes(digest);
    if (bytes !== null) await loose.put(digest, bytes);
    else if (!(await cold.restore(digest))) throw isDamaged ? corrupt(digest) : missing(digest);
    return loose.pathOf(digest);
  };
  const readBytes: ObjectStore['readBytes'] = async (digest) => {
    const inDatabase = smallBytes(digest);
    if (inDatabase !== null) return inDatabase;
    if (!(await hasFile(digest))) throw missing(digest);
    const bytes = await loose.read(digest);
    if (digestOfBytes(bytes) === digest) return bytes;
    loose.setAside(digest);
    throw corrupt(digest);
  };
  const readJson: ObjectStore['readJson'] = async (digest) => JSON.parse(Buffer.from(await readBytes(digest)).toString('utf8')) as Json;
  const readTree: ObjectStore['readTree'] = (digest) => readWholeTree({ readJson }, digest);

  const checkOut: ObjectStore['checkOut'] = async (digest, path, options = {}) => {
    const isShared = options.as === 'shared';
    const mode = modeOf(options.executable === true, options.as);
    const bytes = smallBytes(digest);
    if (bytes !== null) return writePrivateFile(path, bytes, mode);
    if (!(await hasFile(digest))) throw missing(digest);
    if (isShared && mode === 0o444) {
      if (!(await loose.isSound(digest))) throw corrupt(digest);
      if (loose.linkTo(digest, path)) return;
    }
    if (options.as === 'sealed' && (loose.lengthOf(digest) ?? 0) >= shortestShared) {
      if (!(await loose.isSound(digest))) throw corrupt(digest);
      if ((await loose.cloneTo(digest, path, mode)) || (!options.executable && loose.linkTo(digest, path))) return;
    }
    const wasRead = loose.wasRead(digest);
    await loose.copyTo(digest, path, mode);
    if (wasRead || (await measureFile(path)).digest === digest) return;
    loose.setAside(digest);
    await rm(path, { force: true });
    throw corrupt(digest);
  };

  const checkOutFiles: ObjectStore['checkOutFiles'] = (files, options = {}) => checkOutMany(files, options, { smallBytes, checkOut });
  const canFreeze = (digest: Digest): boolean => loose.lengthOf(digest) !== null && loose.firstByte(digest) !== openingBrace;

  return {
    putBytes,
    putJson: (value) => putBytes(canonicalJson(value)),
    putFile,
    takeFile,
    putFiles,
    putTree,
    putEntries,
    has: async (digest) => isWhole(digest, null),
    fetch: async (objects) => objects.filter(({ digest, bytes }) => !isWhole(digest, bytes)).map(({ digest }) => digest),
    missing: async (objects) => objects.filter(({ digest, bytes }) => !isWhole(digest, bytes)).map(({ digest }) => digest),
    renew: async (digests) => {
      const old = digests.filter((digest) => isWhole(digest, null) && !isYoung(entryOf(digest)));
      if (old.length > 0)
        small.exclusively((held) => {
          for (const digest of old) if (!held.renew(digest) && !loose.renew(digest)) cold.renew(digest);
        });
      return digests.filter((digest) => !isWhole(digest, null));
    },
    pathOf,
    readBytes,
    readJson,
    readTree,
    contentsOf: async (tree) => contentsOfTree(tree, await readTree(tree)),
    checkOut,
    checkOutFiles,
    checkOutTree: async (digest, folder, options = {}) =>
      checkOutEntries(await readTree(digest), folder, (files) => checkOutFiles(files, options)),
    entries: function* () {
      yield* small.entries();
      yield* loose.entries();
      yield* cold.entries();
    },
    verify: async (digest) => {
      const inDatabase = small.find(digest);
      const isDamagedRow = inDatabase !== null && digestOfBytes(inDatabase) !== digest;
      if (isDamagedRow) discardSmall(digest);
      const isFile = loose.lengthOf(digest) !== null;
      const isDamagedFile = isFile && !(await loose.isSound(digest, 'again'));
      const isCold = cold.lengthOf(digest) !== null;
      const isDamagedCold = isCold && !(await cold.isSound(digest));
      if (isDamagedRow || isDamagedFile || isDamagedCold) return 'damaged';
      return inDatabase !== null || isFile || isCold ? 'sound' : 'missing';
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
      cold.remove(digest);
    },
    erase: async (digests, signal) => {
      if (digests.length === 0) return [];
      const there = digests.filter((digest) => isWhole(digest, null));
      small.erase(digests);
      for (const digest of digests) {
        loose.remove(digest);
        loose.removeAside(digest);
        cold.remove(digest);
      }
      await cold.erase(signal);
      return there;
    },
    removeOlder: (digests, before) =>
      small.exclusively((held) => {
        const limit = before();
        return digests.flatMap((digest) =>
          [held.entry(digest), loose.entry(digest), cold.entry(digest)].flatMap((entry) => {
            if (entry === null || entry.storedAtMs >= limit) return [];
            const place = { database: held, file: loose, pack: cold }[entry.place];
            return place.remove(digest) ? [entry] : [];
          }),
        );
      }),
    canFreeze,
    freeze: async (digests, signal) => {
      return cold.freeze(
        digests.filter(canFreeze).map((digest) => ({ digest, path: loose.pathOf(digest), removeFile: () => loose.remove(digest) })),
        signal,
      );
    },
    collectPacks: cold.collect,
    check: () => small.check(),
    shrink: () => small.shrink(),
    [Symbol.dispose]: () => {
      small[Symbol.dispose]();
      cold[Symbol.dispose]();
    },
  };
}
