import { createHash, hash } from 'node:crypto';
import { statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { type Digest, digestOfHex } from '@tidegate/formats';
import { type MeasuredFile, measureFileHere, smallFile } from './hash-file.ts';
import type { Answer, HashThreads } from './hash-threads.ts';
import { threads } from './threads.ts';

/** From this size on a file is given to a thread: starting one takes as long as hashing it. */
const largeFile = 32 << 20;

export function digestOfBytes(bytes: Uint8Array | string): Digest {
  return digestOfHex(hash('sha256', bytes));
}

/** Memory is bounded whatever the size of the file. */
export async function digestOfFile(path: string): Promise<Digest> {
  return (await measureFile(path)).digest;
}

/** Digest and number of bytes read, from one pass over the file; a large one is read by a thread beside this one. */
export async function measureFile(path: string): Promise<MeasuredFile> {
  const { size } = statSync(path);
  if (size <= smallFile) return measureFileHere(path);
  if (size < largeFile) return measureInPieces(path);
  const [answer] = await threads.measure([path]);
  return measuredIn(answer);
}

/** While one piece is hashed, the next one is read. Both are used again and again: a stream's, which are new each time, cost more to collect than to hash. */
async function measureInPieces(path: string): Promise<MeasuredFile> {
  const sum = createHash('sha256');
  await using file = await open(path, 'r');
  let bytes = 0;
  let [current, other] = [Buffer.allocUnsafe(smallFile), Buffer.allocUnsafe(smallFile)];
  let { bytesRead } = await file.read(current, 0, smallFile);
  while (bytesRead > 0) {
    const next = file.read(other, 0, smallFile);
    sum.update(current.subarray(0, bytesRead));
    bytes += bytesRead;
    ({ bytesRead } = await next);
    [current, other] = [other, current];
  }
  return { digest: digestOfHex(sum.digest('hex')), bytes };
}

function measuredIn(answer: Answer | undefined): MeasuredFile {
  if (answer !== undefined && 'digest' in answer) return answer;
  throw answer?.error;
}

export interface FileToMeasure {
  readonly path: string;
  /** About how many; the digest is of what is there. */
  readonly bytes: number;
}

/** Opening and reading a file costs about as much as hashing so many bytes. */
const openingBytes = 20_000;

/** What one thread is given at a time, so that none is without work while another has much. */
const portionBytes = 4 << 20;

/** As {@link measureFile} for many files, several at once when they are many; null for one that cannot be read. */
export async function measureFiles(
  files: readonly FileToMeasure[],
  pool: HashThreads = threads,
): Promise<readonly (MeasuredFile | null)[]> {
  const cost = ({ bytes }: FileToMeasure): number => openingBytes + bytes;
  const portions: string[][] = [];
  let room = 0;
  for (const file of files) {
    if (room <= 0) {
      portions.push([]);
      room = portionBytes;
    }
    portions.at(-1)?.push(file.path);
    room -= cost(file);
  }
  const isMuch = files.reduce((sum, file) => sum + cost(file), 0) >= largeFile;
  const measure = isMuch ? pool.measure : measureOneByOne;
  const answers = await Promise.all(portions.map((paths) => measure(paths)));
  return answers.flat().map((answer) => ('digest' in answer ? answer : null));
}

async function measureOneByOne(paths: readonly string[]): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  for (const path of paths) answers.push(await measureFile(path).catch((error: unknown) => ({ error })));
  return answers;
}
