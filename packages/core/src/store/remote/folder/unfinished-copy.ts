import { dirname, join } from 'node:path';
import { hexOf } from '@tidegate/formats';
import { constants, digestOfBytes, measureFile, open, rm, temporaryBeside } from '../../../platform/index.ts';
import type { TransferOptions } from '../remote-files.ts';
import { changed } from './failures.ts';
import { moveBytes } from './move-bytes.ts';
import { readPart, tagOfOpen } from './tag-of.ts';

/** A file that is whole and durable and has not got its name yet. */
interface Copy {
  readonly path: string;
  readonly tag: string;
  readonly moved: number;
}

/**
 * Writes bytes, or those of a file, beside a path; what is handed over with its digest under a name of its own, where whoever is interrupted goes on.
 */
export async function unfinishedCopy(path: string, source: Uint8Array | string, options: TransferOptions): Promise<Copy> {
  if (typeof source !== 'string') return copyOfBytes(temporaryBeside(path), source, options);
  const { digest } = options;
  return copyOfFile(digest === undefined ? temporaryBeside(path) : join(dirname(path), `.part-${hexOf(digest)}`), source, options);
}

async function copyOfBytes(path: string, bytes: Uint8Array, { digest, signal, onProgress }: TransferOptions): Promise<Copy> {
  signal?.throwIfAborted();
  if (digest !== undefined && digestOfBytes(bytes) !== digest) throw changed(digest);
  try {
    await using file = await open(path, 'wx+', 0o644);
    await file.writeFile(bytes);
    await file.sync();
    onProgress?.(bytes.byteLength);
    return { path, tag: await tagOfOpen(file), moved: bytes.byteLength };
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
}

async function copyOfFile(path: string, source: string, options: TransferOptions): Promise<Copy> {
  const { digest, signal, onProgress } = options;
  try {
    await using from = await open(source, 'r');
    await using to = await open(path, constants.O_RDWR | constants.O_CREAT, 0o644);
    const start = await sameUpTo(from, to);
    const moved = await moveBytes({ from, to, start, signal, onProgress });
    await to.sync();
    if (digest !== undefined && (await measureFile(path)).digest !== digest) throw changed(source);
    return { path, tag: await tagOfOpen(to), moved };
  } catch (error) {
    if (digest === undefined || !isInterruption(error, signal)) await rm(path, { force: true });
    throw error;
  }
}

function isInterruption(error: unknown, signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true && error === signal.reason;
}

type OpenFile = Awaited<ReturnType<typeof open>>;

const blockBytes = 1 << 20;

/**
 * How far a copy is right: a power failure, or a source that changed, may have left something else, which is cut off. What is right stays as it is, for
 * another process may be going on with it at the same time, with the same bytes at the same places.
 */
async function sameUpTo(source: OpenFile, copy: OpenFile): Promise<number> {
  const { size } = await copy.stat();
  let at = 0;
  while (at < size) {
    const to = Math.min(at + blockBytes, size);
    const [mine, there] = [await readPart(source, { from: at, to }), await readPart(copy, { from: at, to })];
    if (Buffer.compare(mine, there) !== 0) {
      await copy.truncate(at);
      break;
    }
    at = to;
  }
  return at;
}
