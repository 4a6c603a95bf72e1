import { join } from 'node:path';
import { canonicalJson, type ErrorCode, failure, type Json, TidegateError } from '@tidegate/formats';
import {
  link,
  mkdir,
  readdir,
  readTextIfThere,
  rename,
  rm,
  stat,
  syncFile,
  syncFolder,
  temporaryBeside,
  writeFile,
} from '../../platform/index.ts';
import { folderObjectStore } from '../objects/folder-object-store.ts';
import type { Remote } from './remote.ts';

const markerName = 'tidegate-remote.json';
const marker = canonicalJson({ format: 'tidegate.remote/1' });

/** A longer record is none of ours. */
const longestRecord = 32 << 20;

/**
 * A remote in a folder that several machines see, or that is carried from one to the other. Objects and records are files, each
 * written under a temporary name, fsynced and then given its name. Specification: docs/reference/formats/remote.md.
 */
export function folderRemote(root: string): Remote {
  const store = folderObjectStore(join(root, 'objects'), { filesOnly: true });
  const fileOf = (name: string): string => {
    if (!/^[A-Za-z0-9_-]+(?:\/[A-Za-z0-9_-]+)*$/.test(name)) throw new Error(`Cannot name a record "${name}"; please report this`);
    return join(root, 'records', `${name}.json`);
  };

  let isKnown = false;
  /** Whether there is a remote; one that is not there yet may be made by another machine at any time. */
  const isThere = async (): Promise<boolean> => (isKnown ||= await look(root));
  const prepare = async (): Promise<void> => {
    if (await isThere()) return;
    await guarded(root, async () => {
      await mkdir(root, { recursive: true });
      await putRecord(join(root, markerName), marker, rename);
    });
    isKnown = true;
  };
  const writing = async <T>(work: () => Promise<T>): Promise<T> => {
    await prepare();
    return guarded(root, work);
  };

  return {
    address: root,
    missing: async (objects) => ((await isThere()) ? store.missing(objects) : objects.map(({ digest }) => digest)),
    putObject: async (digest, path) => {
      await writing(() => store.putFile(path, digest));
    },
    getObject: async (digest, path) => {
      if (!(await isThere()) || !(await store.has(digest))) return false;
      await store.checkOut(digest, path);
      return true;
    },
    readRecord: async (name) => ((await isThere()) ? readRecordFile(fileOf(name)) : null),
    addRecord: (name, record) => writing(() => addRecordFile(fileOf(name), canonicalJson(record))),
    replaceRecord: (name, record) => writing(() => putRecord(fileOf(name), canonicalJson(record), rename)),
  };
}

/** @throws TG-STORE-REMOTE for a folder of something else, or of a later version */
async function look(root: string): Promise<boolean> {
  const found = await stat(root).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw unusable(root, error.code ?? error.message, error);
  });
  if (found === null) return false;
  if (!found.isDirectory()) throw unusable(root, 'it is no folder');
  const text = await readTextIfThere(join(root, markerName)).catch((error: NodeJS.ErrnoException) => {
    throw unusable(root, error.code ?? error.message, error);
  });
  if (text === marker) return true;
  if (text !== null) throw unusable(root, `its "${markerName}" is of another version of Tidegate`);
  const names = (await readdir(root)).filter((name) => !name.startsWith('.'));
  if (names.length > 0) throw unusable(root, `it holds "${names[0]}" and no "${markerName}"`);
  return false;
}

function unusable(root: string, found: string, cause?: unknown): Error {
  return failure(
    'TG-STORE-REMOTE',
    `Cannot use "${root}" as a remote: ${found}`,
    'Name an empty folder, or one that "tidegate remote push" has filled',
    cause,
  );
}

async function readRecordFile(path: string): Promise<Json | null> {
  const found = await stat(path).catch(() => null);
  if (found === null || found.size > longestRecord) return null;
  const text = await readTextIfThere(path).catch(() => null);
  if (text === null) return null;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return null;
  }
}

type Name = (temporary: string, path: string) => Promise<void>;

async function putRecord(path: string, text: string, name: Name): Promise<void> {
  await mkdir(join(path, '..'), { recursive: true });
  const temporary = temporaryBeside(path);
  try {
    await writeFile(temporary, text, { flag: 'wx' });
    await syncFile(temporary);
    await name(temporary, path);
    syncFolder(join(path, '..'));
  } finally {
    await rm(temporary, { force: true });
  }
}

/** A hard link is made only where nothing has the name; a file system without links cannot tell two that come at the very same time apart. */
async function addRecordFile(path: string, text: string): Promise<boolean> {
  if ((await stat(path).catch(() => null)) !== null) return false;
  let isFirst = true;
  await putRecord(path, text, (temporary, final) =>
    link(temporary, final).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') isFirst = false;
      else if (error.code === 'EPERM' || error.code === 'ENOTSUP' || error.code === 'EOPNOTSUPP' || error.code === 'ENOSYS')
        return rename(temporary, final);
      else throw error;
      return undefined;
    }),
  );
  return isFirst;
}

const ofTheStore: readonly ErrorCode[] = ['TG-STORE-NOT-WRITABLE', 'TG-STORE-DISK-FULL', 'TG-STORE-DISK-FAULT'];

/** What goes wrong on writing, told of the remote and not of the home. */
async function guarded<T>(root: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const isOurs = error instanceof TidegateError && error.diagnostics.some((one) => ofTheStore.includes(one.code));
    if (!isOurs && (error instanceof TidegateError || typeof code !== 'string')) throw error;
    throw failure(
      'TG-STORE-REMOTE-NOT-WRITABLE',
      `Cannot write to the remote "${root}": ${isOurs ? error.diagnostics[0].message : code}`,
      'Let this user write there, or free space; what was written so far stays and is whole',
      error,
    );
  }
}
