import { mkdirSync } from 'node:fs';
import { type FileHandle, open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { PredictionSegment } from '@tidegate/formats';

/** A segment of the log that is being written: `NAME.open.jsonl`, and `NAME.jsonl` once it is closed in order. */
export interface SegmentFile {
  readonly bytes: () => number;
  readonly openedAtMs: number;
  readonly append: (lines: string) => Promise<void>;
  readonly close: () => Promise<void>;
}

let made = 0;

export async function openSegment(folder: string, header: Omit<PredictionSegment, 'startedAt'>, nowMs: number): Promise<SegmentFile> {
  mkdirSync(join(folder, 'segments'), { recursive: true, mode: 0o700 });
  const startedAt = new Date(nowMs).toISOString();
  const name = `${startedAt.replaceAll(/[-:.]/g, '')}-${header.writer.pid}-${++made}`;
  const path = join(folder, 'segments', `${name}.open.jsonl`);
  const file = await open(path, 'ax', 0o600);
  const state = { bytes: await write(file, `${JSON.stringify({ ...header, startedAt })}\n`) };
  return {
    bytes: () => state.bytes,
    openedAtMs: nowMs,
    append: async (lines) => {
      state.bytes += await write(file, lines);
    },
    close: async () => {
      await file.sync();
      await file.close();
      await rename(path, join(folder, 'segments', `${name}.jsonl`));
    },
  };
}

/** The whole text, or an error: a short write goes on. */
async function write(file: FileHandle, text: string): Promise<number> {
  const bytes = Buffer.from(text);
  await file.appendFile(bytes);
  return bytes.length;
}
