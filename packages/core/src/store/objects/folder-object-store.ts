import { join, sep } from 'node:path';
import { canonicalJson, type Digest, failure, hexOf, type Json, type TreeEntry } from '@tidegate/formats';
import {
  chmod,
  concurrently,
  constants,
  copyFile,
  digestOfBytes,
  entriesBelow,
  measureFile,
  mkdir,
  readFile,
  realpath,
  rename,
  rm,
  statSync,
  writeFile,
} from '../../platform/index.ts';
import { install } from './install.ts';
import type { ObjectStore } from './object-store.ts';
import { parseTree, treeJson, treeOf } from './tree.ts';

/** Files of one tree that are put or checked out at once: enough for the disk to gather their fsyncs. */
const filesAtOnce = 16;

/**
 * Objects as files `objects/ab/cdef…`, each whole and read-only. An object is written to a temporary name on the same file
 * system, fsynced and renamed, so a file under its final name is always complete. Format: docs/reference/formats/object-store.md.
 */
export function folderObjectStore(root: string): ObjectStore {
  const fileOf = (digest: Digest): string => join(root, hexOf(digest).slice(0, 2), hexOf(digest).slice(2));

  /** Whether the object is there with that length; one of another length is damaged and makes room for a whole one. */
  const isWhole = async (digest: Digest, bytes: number | null): Promise<boolean> => {
    const found = statSync(fileOf(digest), { throwIfNoEntry: false });
    if (found === undefined || bytes === null || found.size === bytes) return found !== undefined;
    await setAside(fileOf(digest));
    return false;
  };

  const putBytes: ObjectStore['putBytes'] = async (content) => {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    const object = { digest: digestOfBytes(bytes), bytes: bytes.byteLength };
    if (await isWhole(object.digest, object.bytes)) return object;
    await install(root, async (temporary) => {
      await writeFile(temporary, bytes, { flag: 'wx', mode: 0o444 });
      return fileOf(object.digest);
    });
    return object;
  };

  const putFile: ObjectStore['putFile'] = async (source, known) => {
    const length = statSync(source).size;
    if (known !== undefined && (await isWhole(known, length))) return { digest: known, bytes: length };
    let object = { digest: known ?? digestOfBytes(''), bytes: 0 };
    await install(root, async (temporary) => {
      await copyFile(source, temporary, constants.COPYFILE_FICLONE);
      object = await measureFile(temporary);
      if (known !== undefined && known !== object.digest) throw changed(source);
      if (await isWhole(object.digest, object.bytes)) return null;
      await chmod(temporary, 0o444);
      return fileOf(object.digest);
    });
    return object;
  };

  const putTree: ObjectStore['putTree'] = async (folder, paths) => {
    const entries = await concurrently(filesAtOnce, paths ?? (await filesOf(folder)), async (path): Promise<TreeEntry> => {
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
    if (!(await isWhole(digest, null))) throw missing(digest);
    return fileOf(digest);
  };

  const readBytes: ObjectStore['readBytes'] = async (digest) => {
    const bytes = await readFile(await pathOf(digest));
    if (digestOfBytes(bytes) === digest) return bytes;
    await setAside(fileOf(digest));
    throw corrupt(digest);
  };

  const readJson: ObjectStore['readJson'] = async (digest) => JSON.parse(Buffer.from(await readBytes(digest)).toString('utf8')) as Json;
  const readTree: ObjectStore['readTree'] = async (digest) => parseTree(await readJson(digest), digest);

  const checkOut: ObjectStore['checkOut'] = async (digest, path, options = {}) => {
    await mkdir(join(path, '..'), { recursive: true });
    await rm(path, { force: true });
    await copyFile(await pathOf(digest), path, constants.COPYFILE_FICLONE);
    await chmod(path, options.executable ? 0o755 : 0o644);
    if ((await measureFile(path)).digest === digest) return;
    await Promise.all([setAside(fileOf(digest)), rm(path, { force: true })]);
    throw corrupt(digest);
  };

  return {
    putBytes,
    putJson: (value) => putBytes(canonicalJson(value)),
    putFile,
    putTree,
    has: (digest) => isWhole(digest, null),
    missing: async (objects) => {
      const gone: Digest[] = [];
      for (const { digest, bytes } of objects) if (!(await isWhole(digest, bytes))) gone.push(digest);
      return gone;
    },
    pathOf,
    readBytes,
    readJson,
    readTree,
    checkOut,
    checkOutTree: async (digest, folder) => {
      await mkdir(folder, { recursive: true });
      const { entries } = await readTree(digest);
      await concurrently(filesAtOnce, entries, (entry) =>
        checkOut(entry.digest, join(folder, entry.path), { executable: entry.executable === true }),
      );
    },
  };
}

/** Keeps a damaged file for whoever wants to know what happened, under a name that no reader looks for. */
async function setAside(path: string): Promise<void> {
  await rename(path, `${path}.corrupt`).catch(() => undefined); // another process may have been first
}

/** The files of a folder that is to be stored; links among them are followed to files of the same folder. */
async function filesOf(folder: string): Promise<readonly string[]> {
  const { files, links } = entriesBelow(folder);
  const inside = `${await realpath(folder)}${sep}`;
  for (const link of links) {
    const path = join(folder, link);
    const end = await realpath(path).catch(() => null);
    if (end === null || !end.startsWith(inside) || !statSync(end).isFile())
      throw failure(
        'TG-STORE-LINK',
        `Cannot store "${path}": it is a symbolic link to ${end === null ? 'nothing' : 'something that is no file of that folder'}`,
        'Put the file itself there instead of the link',
      );
  }
  return [...files, ...links];
}

function unreadable(path: string, error: unknown): unknown {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || !path.includes('\uFFFD')) return error;
  return failure('TG-STORE-NAME', `Cannot store "${path}": its name is not valid UTF-8`, 'Rename the file', error);
}

function changed(path: string): Error {
  return failure(
    'TG-STORE-FILE-CHANGED',
    `Cannot store "${path}": it changed while it was read`,
    'Run the command again when nothing writes to the file',
  );
}

function missing(digest: Digest): Error {
  return failure(
    'TG-STORE-OBJECT-MISSING',
    `Cannot read object "${digest}": it is not in the store`,
    'Run "tidegate run" to make it again',
  );
}

function corrupt(digest: Digest): Error {
  return failure(
    'TG-STORE-OBJECT-CORRUPT',
    `Cannot read object "${digest}": its bytes have another digest`,
    'Run "tidegate run" to make it again; the damaged file was set aside',
  );
}
