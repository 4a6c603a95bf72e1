import { dirname, join } from 'node:path';
import { type Digest, failure, hexOf } from '@tidegate/formats';
import {
  chmod,
  concurrently,
  constants,
  copyFile,
  digestOfBytes,
  measureFile,
  mkdir,
  readFile,
  rename,
  rm,
  stat,
  syncFile,
  syncFolder,
  temporaryBeside,
  writeFile,
} from '../../platform/index.ts';
import type { Remote } from './remote.ts';

/** Objects up to here are handed over as bytes: a file on the way would cost more than they do. */
const longestInMemory = 64 << 10;

/** Questions to the file system on their way at once: a share far away answers each of them late. */
const askedAtOnce = 32;

/**
 * The objects of a remote in a folder: `ab/cdef…`, each a file of its own, whole and read-only. Nothing here blocks the process while a share is slow.
 */
export function objectFiles(root: string): Pick<Remote, 'missing' | 'putObject' | 'getObject'> {
  const fileOf = (digest: Digest): string => join(root, hexOf(digest).slice(0, 2), hexOf(digest).slice(2));

  /** One of another length is damaged and makes room for a whole one. */
  const isWhole = async (digest: Digest, bytes: number | null): Promise<boolean> => {
    const found = await stat(fileOf(digest)).catch(absent);
    if (found === null || bytes === null || found.size === bytes) return found !== null;
    await setAside(fileOf(digest));
    return false;
  };

  return {
    missing: async (objects) => {
      const areThere = await concurrently(askedAtOnce, objects, ({ digest, bytes }) => isWhole(digest, bytes));
      return objects.flatMap(({ digest }, index) => (areThere[index] === true ? [] : [digest]));
    },
    putObject: async (digest, source) => {
      if (await isWhole(digest, typeof source === 'string' ? (await stat(source)).size : source.byteLength)) return;
      const temporary = temporaryBeside(join(root, 'incoming', 'object'));
      await mkdir(dirname(temporary), { recursive: true });
      try {
        if (typeof source === 'string') await copyFile(source, temporary, constants.COPYFILE_FICLONE);
        else await writeFile(temporary, source, { flag: 'wx' });
        if ((await measureFile(temporary)).digest !== digest) throw changed(typeof source === 'string' ? source : digest);
        await chmod(temporary, 0o444);
        await syncFile(temporary);
        const path = fileOf(digest);
        const made = await mkdir(dirname(path), { recursive: true });
        await rename(temporary, path);
        syncFolder(dirname(path));
        if (made !== undefined) syncFolder(dirname(made));
      } finally {
        await rm(temporary, { force: true });
      }
    },
    getObject: async (digest, path) => {
      const found = await stat(fileOf(digest)).catch(absent);
      if (found === null) return null;
      const received = found.size <= longestInMemory ? await readFile(fileOf(digest)).catch(absent) : await copyTo(path, fileOf(digest));
      if (received === null) return null;
      if ((received === 'at-path' ? (await measureFile(path)).digest : digestOfBytes(received)) === digest) return received;
      await Promise.all([setAside(fileOf(digest)), rm(path, { force: true })]);
      throw corrupt(digest);
    },
  };
}

function copyTo(path: string, from: string): Promise<'at-path' | null> {
  return copyFile(from, path, constants.COPYFILE_FICLONE).then(() => 'at-path', absent);
}

function absent(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
  throw error;
}

/** Keeps a damaged file for whoever wants to know what happened, under a name that no reader looks for. */
async function setAside(path: string): Promise<void> {
  await rename(path, `${path}.corrupt`).catch(() => undefined); // another process may have been first, or we may only read here
}

function changed(path: string): Error {
  return failure(
    'TG-STORE-FILE-CHANGED',
    `Cannot store "${path}": it changed while it was read`,
    'Run the command again when nothing writes to the file',
  );
}

function corrupt(digest: Digest): Error {
  return failure(
    'TG-STORE-OBJECT-CORRUPT',
    `Cannot read object "${digest}": its bytes in the remote have another digest`,
    'Run "tidegate run" to make it again; the damaged file was set aside where that is allowed',
  );
}
