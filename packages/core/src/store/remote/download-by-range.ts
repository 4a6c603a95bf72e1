import { setTimeout as wait } from 'node:timers/promises';
import { type Digest, TidegateError } from '@tidegate/formats';
import { constants, measureFile, open, rm, stat } from '../../platform/index.ts';
import type { Downloaded, TransferOptions } from './remote-files.ts';

/** The rest of a file from a position on. */
export interface Rest {
  /** Of the whole file; null when that is known at its end only. */
  readonly size: number | null;
  /** Empty for one that cannot be known again. */
  readonly tag: string;
  /** Null when nothing is left. */
  readonly body: AsyncIterable<Uint8Array> | null;
}

export interface RangeDownload {
  /** Asks for what follows a position, of the file that has the tag; null when there is none, or not that one any more. */
  readonly rest: (from: number, tag: string | null) => Promise<Rest | null>;
  /** Whether an answer that broke off may be asked for again. */
  readonly isTransient: (error: unknown) => boolean;
  readonly corrupt: (digest: Digest) => Error;
  /** What is thrown of an answer that broke off in the end. */
  readonly broken: (error: unknown) => Error;
}

/** An answer that breaks off is gone on with so often before it is given up. */
const triesInARow = 5;

/** A file that is another one each time it is asked for is given up after so many. */
const mostRestarts = 5;

/** As `RemoteFiles.download`, from a place that gives parts of a file. */
export async function downloadByRange(
  path: string,
  { rest, isTransient, corrupt, broken }: RangeDownload,
  options: TransferOptions = {},
): Promise<Downloaded | null> {
  const { digest, signal } = options;
  let [moved, farthest, tries, restarts] = [0, 0, 0, 0];
  for (let tag: string | null = null; ;) {
    signal?.throwIfAborted();
    const there = await sizeOf(path);
    let found = await rest(there, tag);
    if (found === null && tag !== null) {
      tag = null; // another one has taken its place meanwhile
      await rm(path, { force: true });
      if ((restarts += 1) === mostRestarts) throw broken(new Error('it is replaced again and again'));
      continue;
    }
    if (found !== null && found.size !== null && there > found.size) {
      await rm(path, { force: true });
      found = await rest(0, null);
    }
    if (found === null) {
      await rm(path, { force: true });
      return null;
    }
    ({ tag } = found);
    try {
      for await (const { count, end } of append(path, await sizeOf(path), found.body)) {
        signal?.throwIfAborted();
        moved += count;
        if (end > farthest) [farthest, tries] = [end, 0];
        options.onProgress?.(count);
      }
      if ((await sizeOf(path)) < (found.size ?? 0)) throw Object.assign(new Error('aborted'), { code: 'ECONNRESET' });
    } catch (error) {
      if (signal?.aborted === true) throw signal.reason;
      if (error instanceof TidegateError || (error as NodeJS.ErrnoException).code === 'ENOSPC') throw error;
      tries += 1;
      if (!isTransient(error) || tries === triesInARow) throw broken(error);
      await wait(50 * 2 ** tries, undefined, signal === undefined ? {} : { signal });
      continue;
    }
    const size = await sizeOf(path);
    if (digest === undefined || (await measureFile(path)).digest === digest) return { size, tag, moved };
    await rm(path, { force: true });
    if (there === 0 || moved >= size) throw corrupt(digest);
    tag = null;
  }
}

async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => null))?.size ?? 0;
}

interface Appended {
  readonly count: number;
  /** Length of the file by then. */
  readonly end: number;
}

/** Writes behind what is there, and makes the file when nothing is. */
async function* append(path: string, start: number, body: AsyncIterable<Uint8Array> | null): AsyncGenerator<Appended> {
  await using file = await open(path, constants.O_WRONLY | constants.O_CREAT, 0o644);
  let at = start;
  for await (const chunk of body ?? []) {
    for (let done = 0; done < chunk.byteLength;) {
      const { bytesWritten } = await file.write(chunk, done, chunk.byteLength - done, at + done);
      done += bytesWritten;
    }
    at += chunk.byteLength;
    yield { count: chunk.byteLength, end: at };
  }
}
