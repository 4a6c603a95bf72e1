import { open, readdir, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { type PredictionSegment, predictionSegment } from '@tidegate/formats';
import { isRunning } from '../process-identity.ts';

/** A file of `segments/` that can be read. */
export interface FoundSegment {
  readonly name: string;
  readonly path: string;
  readonly header: PredictionSegment;
  /** `open`: its server writes it now; `closed`: in order; `torn`: its server was killed. */
  readonly state: 'open' | 'closed' | 'torn';
}

/** Every segment of a log, oldest first; one whose first line is not whole yet is left out. */
export async function segmentsIn(folder: string): Promise<readonly FoundSegment[]> {
  const names = (await readdir(join(folder, 'segments')).catch(() => [])).filter((file) => file.endsWith('.jsonl')).toSorted();
  const found = await Promise.all(
    names.map(async (file): Promise<readonly FoundSegment[]> => {
      const path = join(folder, 'segments', file);
      const header = await headerOf(path);
      if (header === null) return [];
      const state = !file.endsWith('.open.jsonl') ? 'closed' : isRunning(header.writer) ? 'open' : 'torn';
      return [{ name: file.replace(/(\.open)?\.jsonl$/, ''), path, header, state }];
    }),
  );
  return found.flat();
}

async function headerOf(path: string): Promise<PredictionSegment | null> {
  const file = await open(path).catch(() => null);
  if (file === null) return null;
  try {
    for await (const line of file.readLines({ autoClose: false })) {
      try {
        return predictionSegment(JSON.parse(line), path);
      } catch (error) {
        if (error instanceof SyntaxError) return null;
        throw error;
      }
    }
    return null;
  } finally {
    await file.close();
  }
}

/** Cuts off a last line that has no end. @returns its bytes */
export async function cutTornLine(path: string): Promise<number> {
  const { size } = await stat(path);
  const file = await open(path);
  let end = size;
  try {
    const piece = Buffer.alloc(1 << 16);
    for (let from = size; from > 0;) {
      from = Math.max(0, from - piece.length);
      const { bytesRead } = await file.read(piece, 0, Math.min(piece.length, end), from);
      const at = piece.subarray(0, bytesRead).lastIndexOf(10);
      if (at >= 0) {
        end = from + at + 1;
        break;
      }
      end = from;
    }
  } finally {
    await file.close();
  }
  if (end < size) await truncate(path, end);
  return size - end;
}
