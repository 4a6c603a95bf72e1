import { join } from 'node:path';
import { canonicalJson, type Digest, hexOf, type Json, type TreeEntry } from '@tidegate/formats';
import {
  chmod,
  concurrently,
  constants,
  copyFile,
  digestOfBytes,
  entryAt,
  measureFile,
  mkdir,
  readFile,
  readFileSync,
  rm,
  rmSync,
  statSync,
  writeFile,
} from '../../platform/index.ts';
import { changed, corrupt, missing } from './failures.ts';
import { filesToStore, unreadable } from './files-to-store.ts';
import { type FileStamp, isSameStamp, stampOf } from '../state/file-digests.ts';
import { install } from './install.ts';
import type { ObjectStore } from './object-store.ts';
import { setAside, writeAside } from './set-aside.ts';
import { smallObjects } from './small-objects.ts';
import { parseTree, treeJson, treeOf } from './tree.ts';
import { linkFile, writePrivateFile } from './write-file.ts';

/** Files of one tree that are put or checked out at once: enough for the disk to gather their fsyncs. */
const filesAtOnce = 16;

/** Objects up to 16 KiB go into one database: there a put costs a fifth of the CPU of a file, above 64 KiB as much as one. */
export const longestSmall = 16 << 10;

export interface FolderStoreOptions {
  /** Every object is a file of its own, also a small one: for a folder that others read as files. Default false. */
  readonly filesOnly?: boolean;
  /** Told where the database of small objects is now when it was damaged; what was in it counts as missing. Default: nobody is told. */
  readonly onSetAside?: (path: string) => void;
}

/** A store in a folder, which holds a database open from its first use. */
export interface FolderObjectStore extends ObjectStore {
  /** Takes an object out, wherever it lies; one that is not there is no error. */
  readonly remove: (digest: Digest) => void;
  readonly [Symbol.dispose]: () => void;
}

/**
 * Small objects in a database, the others as files `objects/ab/cdef…`, each whole and read-only. A file is written to a temporary name on
 * the same file system, fsynced and renamed, so one under its final name is always complete. Format: docs/reference/formats/object-store.md.
 */
export function folderObjectStore(root: string, { filesOnly = false, onSetAside = () => {} }: FolderStoreOptions = {}): FolderObjectStore {
  const fileOf = (digest: Digest): string => join(root, hexOf(digest).slice(0, 2), hexOf(digest).slice(2));
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
    const found = statSync(fileOf(digest), { throwIfNoEntry: false });
    if (found === undefined || bytes === null || found.size === bytes) return found !== undefined;
    setAside(fileOf(digest));
    return false;
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
    writeAside(fileOf(digest), small.find(digest));
    small.discard(digest);
  };

  const putBytes: ObjectStore['putBytes'] = async (content) => {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    const object = { digest: digestOfBytes(bytes), bytes: bytes.byteLength };
    if (isWhole(object.digest, object.bytes)) return object;
    if (isSmall(object.bytes)) await small.put(object.digest, bytes);
    else await installBytes(object.digest, bytes);
    return object;
  };
  const installBytes = (digest: Digest, bytes: Uint8Array): Promise<void> =>
    install(root, async (temporary) => {
      await writeFile(temporary, bytes, { flag: 'wx', mode: 0o444 });
      return fileOf(digest);
    });

  const putFile: ObjectStore['putFile'] = async (source, known) => {
    const length = statSync(source).size;
    if (known !== undefined && isWhole(known, length)) return { digest: known, bytes: length };
    return isSmall(length) ? putSmallFile(source, known) : putLargeFile(source, known);
  };
  const putSmallFile: ObjectStore['putFile'] = async (source, known) => {
    const bytes = readFileSync(source);
    if (known !== undefined && known !== digestOfBytes(bytes)) throw changed(source);
    return putBytes(bytes);
  };
  const putLargeFile: ObjectStore['putFile'] = async (source, known) => {
    let object = { digest: known ?? digestOfBytes(''), bytes: 0 };
    await install(root, async (temporary) => {
      await copyFile(source, temporary, constants.COPYFILE_FICLONE);
      object = await measureFile(temporary);
      if (known !== undefined && known !== object.digest) throw changed(source);
      if (isWhole(object.digest, object.bytes)) return null;
      await chmod(temporary, 0o444);
      return fileOf(object.digest);
    });
    return object;
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
    if (await isSound(digest)) return fileOf(digest);
    const bytes = smallBytes(digest);
    if (bytes === null) throw missing(digest);
    await installBytes(digest, bytes);
    return fileOf(digest);
  };
  const sound = new Map<Digest, FileStamp>();
  /** Whether there is a file with the right bytes: read once in a process, and when its stat has changed. @throws TG-STORE-OBJECT-CORRUPT unless the database has it */
  const isSound = async (digest: Digest): Promise<boolean> => {
    const entry = entryAt(fileOf(digest));
    if (entry === null) return false;
    const known = sound.get(digest);
    if (known !== undefined && isSameStamp(known, stampOf(entry))) return true;
    const measured = await measureFile(fileOf(digest));
    if (measured.digest === digest) {
      sound.set(digest, stampOf(entry));
      return true;
    }
    setAside(fileOf(digest));
    if (small.lengthOf(digest) === null) throw corrupt(digest);
    return false;
  };

  const readBytes: ObjectStore['readBytes'] = async (digest) => {
    const inDatabase = smallBytes(digest);
    if (inDatabase !== null) return inDatabase;
    if (!isWholeFile(digest, null)) throw missing(digest);
    const bytes = await readFile(fileOf(digest));
    if (digestOfBytes(bytes) === digest) return bytes;
    setAside(fileOf(digest));
    throw corrupt(digest);
  };

  const readJson: ObjectStore['readJson'] = async (digest) => JSON.parse(Buffer.from(await readBytes(digest)).toString('utf8')) as Json;
  const readTree: ObjectStore['readTree'] = async (digest) => parseTree(await readJson(digest), digest);

  const checkOut: ObjectStore['checkOut'] = async (digest, path, options = {}) => {
    const isShared = options.as === 'shared';
    const mode = (options.executable ? 0o755 : 0o644) & (isShared ? 0o555 : 0o777);
    const bytes = smallBytes(digest);
    if (bytes !== null) return writePrivateFile(path, bytes, mode);
    if (isShared && mode === 0o444 && (await isSound(digest)) && linkFile(fileOf(digest), path)) return;
    await checkOutFile(digest, path, mode);
  };
  const checkOutFile = async (digest: Digest, path: string, mode: number): Promise<void> => {
    if (!isWholeFile(digest, null)) throw missing(digest);
    await mkdir(join(path, '..'), { recursive: true });
    await rm(path, { force: true });
    await copyFile(fileOf(digest), path, constants.COPYFILE_FICLONE);
    await chmod(path, mode);
    if ((await measureFile(path)).digest === digest) return;
    setAside(fileOf(digest));
    await rm(path, { force: true });
    throw corrupt(digest);
  };

  return {
    putBytes,
    putJson: (value) => putBytes(canonicalJson(value)),
    putFile,
    putTree,
    has: async (digest) => isWhole(digest, null),
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
    remove: (digest) => {
      if (small.lengthOf(digest) !== null) small.discard(digest);
      rmSync(fileOf(digest), { force: true });
    },
    [Symbol.dispose]: () => small[Symbol.dispose](),
  };
}
