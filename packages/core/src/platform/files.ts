import { randomBytes } from 'node:crypto';
import {
  type BigIntStats,
  closeSync,
  constants,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { copyFile, mkdir, open, readFile, rename, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { compareCodeUnits } from '@tidegate/formats';
import { removeLeftovers } from './leftovers.ts';

// The file operations that the tiers above use; they import them from here, so that this folder stays the only door.
export {
  type BigIntStats,
  chmodSync,
  closeSync,
  constants,
  copyFileSync,
  createReadStream,
  createWriteStream,
  type Dirent,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
  type Stats,
  statSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
export {
  chmod,
  copyFile,
  glob,
  link,
  mkdir,
  mkdtemp,
  open,
  readFile,
  readdir,
  realpath,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
export { availableParallelism, homedir, tmpdir, userInfo } from 'node:os';

/** Where a symbolic link leads to; null for anything else. */
export function linkTarget(path: string): string | null {
  const link = linkText(path);
  return link === null ? null : resolve(dirname(path), link);
}

/** What a symbolic link says, as it is written; null for anything else. */
export function linkText(path: string): string | null {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true ? readlinkSync(path) : null;
}

/** Makes a symbolic link in the place of whatever file has the name. */
export function writeLink(path: string, link: string): void {
  mkdirSync(dirname(path), { recursive: true });
  rmSync(path, { force: true });
  symlinkSync(link, path);
}

/** A name in the folder of `path` that no other process uses; leftovers of a crash are recognised by the prefix `.tmp-`. */
export function temporaryBeside(path: string): string {
  return join(dirname(path), `.tmp-${process.pid}-${randomBytes(8).toString('hex')}`);
}

/** Writes the whole file or nothing: temporary name, fsync, rename, fsync of the folder. What killed writers have left there is removed. */
export async function writeFileAtomically(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await removeLeftovers(dirname(path));
  const temporary = temporaryBeside(path);
  try {
    await writeFile(temporary, content, { flush: true });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  syncFolder(dirname(path));
}

/** As {@link writeFileAtomically}, before anything else happens in this process; what killed writers have left stays. */
export function replaceFile(path: string, content: string): void {
  const temporary = temporaryBeside(path);
  try {
    writeFileSync(temporary, content, { flush: true });
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  syncFolder(dirname(path));
}

/** Makes the bytes of a file durable. An error leaves it open which of them are on the disk: discard the file, do not try again. */
export async function syncFile(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Adds text to the end of a file, which is made when there is none; it is on the disk when this returns. */
export function appendDurably(path: string, text: string): void {
  const handle = openSync(path, 'a');
  try {
    writeSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** Makes renames in the folder durable. */
export function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** Copies by reflink where the file system can, by bytes elsewhere; the copy is fsynced. */
export async function copyDurably(from: string, to: string): Promise<void> {
  await copyFile(from, to, constants.COPYFILE_FICLONE);
  await syncFile(to);
}

/** Undefined for an empty file. */
export function firstByteOf(path: string): number | undefined {
  return beginningOf(path, 1)[0];
}

/** The first bytes of a file, as many as there are. */
export function beginningOf(path: string, bytes: number): Uint8Array {
  const handle = openSync(path, 'r');
  try {
    const beginning = Buffer.alloc(bytes);
    return beginning.subarray(0, readSync(handle, beginning));
  } finally {
    closeSync(handle);
  }
}

/** Milliseconds since a time of a file, by the clock that files get their times from. */
export function ageOf(fileTimeMs: number): number {
  return Date.now() - fileTimeMs;
}

/** Gives a file the time of now. @returns false when it is not there */
export function touch(path: string): boolean {
  try {
    const now = new Date();
    utimesSync(path, now, now);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

export async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null;
}

/** Every file below the folder, relative, with `/`, sorted by code unit. Symbolic links are not followed and not listed. */
export async function filesBelow(folder: string): Promise<readonly string[]> {
  return entriesBelow(folder).files;
}

/** As {@link filesBelow}, and the symbolic links as well. */
export function entriesBelow(folder: string): { readonly files: readonly string[]; readonly links: readonly string[] } {
  const files: string[] = [];
  const links: string[] = [];
  const waiting = [''];
  for (let below = waiting.pop(); below !== undefined; below = waiting.pop())
    for (const entry of readdirSync(join(folder, below), { withFileTypes: true }))
      if (entry.isDirectory()) waiting.push(`${below}${entry.name}/`);
      else if (entry.isFile()) files.push(`${below}${entry.name}`);
      else if (entry.isSymbolicLink()) links.push(`${below}${entry.name}`);
  return { files: files.sort(compareCodeUnits), links: links.sort(compareCodeUnits) };
}

/** What lies at the path itself, a link not followed, to the nanosecond; null when nothing does. */
export function entryAt(path: string): BigIntStats | null {
  try {
    return lstatSync(path, { bigint: true, throwIfNoEntry: false }) ?? null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return null; // a file is where a folder on the way should be
    throw error;
  }
}

/** @returns the text, or null when there is no such file. */
export async function readTextIfThere(path: string): Promise<string | null> {
  return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
}

/** As {@link readTextIfThere}, before anything else happens in this process. */
export function readTextNow(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Bytes that this user can still write where the path lies. */
export async function freeBytes(path: string): Promise<number> {
  const { bavail, bsize } = await statfs(path);
  return bavail * bsize;
}
