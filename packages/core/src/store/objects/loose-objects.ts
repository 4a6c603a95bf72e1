import { join } from 'node:path';
import { type Digest, digestOfHex, hexOf } from '@tidegate/formats';
import {
  chmod,
  constants,
  copyFile,
  copyMeasured,
  entryAt,
  firstByteOf,
  measureFile,
  mkdir,
  readdirSync,
  readFile,
  rm,
  statSync,
  touch,
  unlinkSync,
  writeFile,
} from '../../platform/index.ts';
import { type FileStamp, stampOf } from '../state/file-stamp.ts';
import { changed } from './failures.ts';
import { install } from './install.ts';
import type { ObjectEntry, StoredObject } from './object-store.ts';
import { asideOf, setAside } from './set-aside.ts';
import { cloneFile, linkFile } from './write-file.ts';

/** Objects that are files of their own, `ab/cdef…`, each whole and read-only. */
export interface LooseObjects {
  readonly pathOf: (digest: Digest) => string;
  /** Null when it is not there. */
  readonly lengthOf: (digest: Digest) => number | null;
  readonly put: (digest: Digest, bytes: Uint8Array) => Promise<void>;
  readonly putFile: (source: string, options: PutFileOptions) => Promise<StoredObject>;
  /** The file itself where it can be linked, else a copy. */
  readonly takeFile: (source: string, digest: Digest) => Promise<void>;
  /**
   * Whether there is a file with the right bytes: it is read once in a process, when its stat has changed, and whenever it is to be read
   * `again`. A damaged one is set aside.
   */
  readonly isSound: (digest: Digest, again?: 'again') => Promise<boolean>;
  /** Whether this process has read it and found it sound, and its stat is as it was then. */
  readonly wasRead: (digest: Digest) => boolean;
  readonly firstByte: (digest: Digest) => number | undefined;
  /** Unchecked. */
  readonly read: (digest: Digest) => Promise<Uint8Array>;
  /** Unchecked copy, in the place of whatever is there. */
  readonly copyTo: (digest: Digest, path: string, mode: number) => Promise<void>;
  /** A copy that has the bytes in common with the object, until one of them is written. @returns false where the file system has no such copies */
  readonly cloneTo: (digest: Digest, path: string, mode: number) => Promise<boolean>;
  /** @returns false where it cannot be linked */
  readonly linkTo: (digest: Digest, path: string) => boolean;
  readonly setAside: (digest: Digest) => void;
  /** Makes it as young as one that was stored just now. @returns false when it is not there */
  readonly renew: (digest: Digest) => boolean;
  /** @returns false when it stays, because the disk or its rights say so */
  readonly remove: (digest: Digest) => boolean;
  /** Removes what was set aside under its name because it was damaged. */
  readonly removeAside: (digest: Digest) => void;
  readonly entry: (digest: Digest) => ObjectEntry | null;
  readonly entries: () => Generator<ObjectEntry>;
}

interface PutFileOptions {
  /** What the digest must be. */
  readonly known: Digest | undefined;
  /** Asked once the digest is known: whether the object need not be stored. */
  readonly isThere: (object: StoredObject) => boolean;
}

export function looseObjects(root: string): LooseObjects {
  const pathOf = (digest: Digest): string => join(root, hexOf(digest).slice(0, 2), hexOf(digest).slice(2));
  const sound = new Map<Digest, FileStamp>();
  const entry: LooseObjects['entry'] = (digest) => {
    const found = statSync(pathOf(digest), { throwIfNoEntry: false });
    return found === undefined ? null : { digest, bytes: found.size, storedAtMs: found.mtimeMs, place: 'file' };
  };
  return {
    pathOf,
    lengthOf: (digest) => statSync(pathOf(digest), { throwIfNoEntry: false })?.size ?? null,
    put: (digest, bytes) =>
      install(root, async (temporary) => {
        await writeFile(temporary, bytes, { flag: 'wx', mode: 0o444 });
        return pathOf(digest);
      }),
    putFile: async (source, { known, isThere }) => {
      let object: StoredObject | null = null;
      await install(root, async (temporary) => {
        object = await copyMeasured(source, temporary);
        if (known !== undefined && known !== object.digest) throw changed(source);
        if (isThere(object)) return null;
        await chmod(temporary, 0o444);
        return pathOf(object.digest);
      });
      return object ?? (await measureFile(source));
    },
    takeFile: async (source, digest) => {
      let [mayLink, isLink] = [true, false];
      await install(root, async (temporary) => {
        isLink = mayLink && linkFile(source, temporary);
        mayLink = false; // after a failed fsync nobody knows what of this file is on the disk: then it is another one
        if (!isLink && (await copyMeasured(source, temporary)).digest !== digest) throw changed(source);
        await chmod(temporary, 0o444);
        touch(temporary); // as young as one that was written now
        return pathOf(digest);
      });
      const found = isLink ? entryAt(pathOf(digest)) : null;
      if (found !== null) sound.set(digest, stampOf(found)); // the caller has read this very file
    },
    isSound: async (digest, again) => {
      const found = entryAt(pathOf(digest));
      if (found === null) return false;
      const known = sound.get(digest);
      if (again === undefined && known !== undefined && isUntouched(known, stampOf(found))) return true;
      const isRight = (await measureFile(pathOf(digest))).digest === digest;
      if (isRight) sound.set(digest, stampOf(found));
      else setAside(pathOf(digest));
      return isRight;
    },
    wasRead: (digest) => {
      const [known, found] = [sound.get(digest), entryAt(pathOf(digest))];
      return known !== undefined && found !== null && isUntouched(known, stampOf(found));
    },
    firstByte: (digest) => firstByteOf(pathOf(digest)),
    read: (digest) => readFile(pathOf(digest)),
    copyTo: async (digest, path, mode) => {
      await mkdir(join(path, '..'), { recursive: true });
      await rm(path, { force: true });
      await copyFile(pathOf(digest), path, constants.COPYFILE_FICLONE);
      await chmod(path, mode);
    },
    cloneTo: (digest, path, mode) => cloneFile(pathOf(digest), path, mode),
    linkTo: (digest, path) => linkFile(pathOf(digest), path),
    setAside: (digest) => setAside(pathOf(digest)),
    renew: (digest) => touch(pathOf(digest)),
    remove: (digest) => removeFile(pathOf(digest)),
    removeAside: (digest) => void removeFile(asideOf(pathOf(digest))),
    entry,
    entries: function* () {
      for (const folder of foldersIn(root))
        for (const name of namesIn(join(root, folder))) {
          const found = /^[0-9a-f]{62}$/.test(name) ? entry(digestOfHex(folder + name)) : null;
          if (found !== null) yield found;
        }
    },
  };
}

/** The time of the last change of the inode is left out: every link that is made of an object, or removed, is one. */
function isUntouched(a: FileStamp, b: FileStamp): boolean {
  return a.bytes === b.bytes && a.mtimeNs === b.mtimeNs && a.inode === b.inode;
}

function foldersIn(root: string): readonly string[] {
  return namesIn(root).filter((name) => /^[0-9a-f]{2}$/.test(name));
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

function removeFile(path: string): boolean {
  try {
    unlinkSync(path);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT';
  }
}
