import { join } from 'node:path';
import { canonicalJson, type Digest, type ErrorCode, failure, type Json, TidegateError, type Zone } from '@tidegate/formats';
import {
  concurrently,
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
import { objectFiles } from './object-files.ts';
import { requireReadable, requireWritable } from './record-name.ts';
import type { Remote } from './remote.ts';

const markerName = 'tidegate-remote.json';
const marker = canonicalJson({ format: 'tidegate.remote/1' });

/** A longer record is none of ours. */
const longestRecord = 32 << 20;

/** Records read at once: a share far away answers each of them late. */
const readAtOnce = 32;

/**
 * A remote in a folder that several machines see, or that is carried from one to the other. Objects and records are files, each
 * written under a temporary name, fsynced and then given its name. What the zone may not is refused here; against whoever writes to the folder
 * without this program only the permissions of its files help. Specification: docs/reference/formats/remote.md.
 */
export function folderRemote(root: string, zone: Zone): Remote {
  const objects = objectFiles(join(root, 'objects'));
  const fileOf = (name: string): string => join(root, 'records', `${name}.json`);

  let isKnown = false;
  /** Whether there is a remote; one that is not there yet may be made by another machine at any time. */
  const isThere = async (): Promise<boolean> => (isKnown ||= await look(root));
  const prepare = async (): Promise<void> => {
    if (isKnown && (await stat(join(root, markerName)).catch(() => null)) === null) throw unreachable(root, 'it was there and is gone');
    if (await isThere()) return;
    await mkdir(root, { recursive: true });
    await putRecord(join(root, markerName), marker, rename);
    isKnown = true;
  };
  const reading = async <T>(work: () => Promise<T>, whenEmpty: T): Promise<T> =>
    guarded(root, 'TG-STORE-REMOTE-UNREACHABLE', async () => ((await isThere()) ? work() : whenEmpty));
  const writing = async <T>(work: () => Promise<T>): Promise<T> =>
    guarded(root, 'TG-STORE-REMOTE-NOT-WRITABLE', async () => {
      await prepare();
      return work();
    });
  const writingRecord = async <T>(name: string, work: (path: string) => Promise<T>): Promise<T> => {
    requireWritable(zone, name);
    return writing(() => work(fileOf(name)));
  };

  return {
    address: root,
    zone,
    check: () => reading(async () => {}, undefined),
    missing: (wanted) =>
      reading<readonly Digest[]>(
        () => objects.missing(wanted),
        wanted.map(({ digest }) => digest),
      ),
    putObject: (digest, source) => writing(() => objects.putObject(digest, source)),
    getObject: (digest, path) => reading(() => objects.getObject(digest, path), null),
    readRecords: async (names) => {
      for (const name of names) requireReadable(zone, name);
      const none: readonly (Json | null)[] = names.map(() => null);
      return reading(() => concurrently(readAtOnce, names, (name) => readRecordFile(fileOf(name))), none);
    },
    addRecord: (name, record) => writingRecord(name, (path) => addRecordFile(path, canonicalJson(record))),
    replaceRecord: (name, record) => writingRecord(name, (path) => putRecord(path, canonicalJson(record), rename)),
  };
}

/** @throws TG-STORE-REMOTE for a folder of something else, or of a later version */
async function look(root: string): Promise<boolean> {
  const found = await stat(root).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error.code === 'EACCES' || error.code === 'ENOTDIR' ? unusable(root, error.code, error) : error;
  });
  if (found === null) return false;
  if (!found.isDirectory()) throw unusable(root, 'it is no folder');
  const text = await readTextIfThere(join(root, markerName)).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'EIO' ? error : unusable(root, error.code ?? error.message, error);
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

function unreachable(root: string, found: string, cause?: unknown): Error {
  return failure(
    'TG-STORE-REMOTE-UNREACHABLE',
    `Cannot reach the remote "${root}": ${found}`,
    'Look whether the folder is mounted and this user may read it; runs go on without it meanwhile',
    cause,
  );
}

/** Null for what is not there, and for what is no record. */
async function readRecordFile(path: string): Promise<Json | null> {
  const text = await readSmallFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR' || error.code === 'EISDIR') return null;
    throw error;
  });
  if (text === null) return null;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return null;
  }
}

async function readSmallFile(path: string): Promise<string | null> {
  return (await stat(path)).size > longestRecord ? null : readTextIfThere(path);
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

/** What the file system refuses, told as what it means for a remote. */
async function guarded<T>(root: string, code: ErrorCode, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code: found } = error as NodeJS.ErrnoException;
    if (error instanceof TidegateError || typeof found !== 'string') throw error;
    if (code === 'TG-STORE-REMOTE-UNREACHABLE' || found === 'ESTALE' || found === 'ENOTCONN' || found === 'ETIMEDOUT')
      throw unreachable(root, found, error);
    throw failure(
      code,
      `Cannot write to the remote "${root}": ${found}`,
      'Let this user write there, or free space; what was written so far stays and is whole',
      error,
    );
  }
}
