import { join } from 'node:path';
import { openEngine } from '@tidegate/runtime';
import { partsToFiles } from './parts-to-files.ts';
import { partsToGroups } from './parts-to-groups.ts';
import type { ReadColumn } from './read-column.ts';
import { refuseColumns } from './refuse-columns.ts';
import { type OpenTextPart, openTextPart } from './text-part.ts';
import type { TakenRows } from './text-parts.ts';

/** What lies on the disk besides the files is three times this at most. */
const usualPartBytes = 64 * 1024 ** 2;

export interface RowStageOptions {
  /** What is read, for messages: `the table "weather" in PostgreSQL`. */
  readonly title: string;
  readonly folder: string;
  /** First part of the names of its files. Default `rows`. */
  readonly name?: string;
  readonly columns: readonly ReadColumn[];
  /** Key by which the rows are to be kept, when groups of a table are wanted. Default: null, they are not. */
  readonly key?: readonly string[] | null;
  /** Bytes of text that are turned at a time. Default 64 MiB. */
  readonly partBytes?: number;
  readonly signal: AbortSignal;
}

/** Takes lines of text, one a row, and makes Parquet files of them, with bounded memory and disk: while one part is turned the next one is taken. */
export interface RowStage {
  /** Whole lines or parts of them, each with a first field that nobody reads; waits while the engine is behind. @throws TG-SOURCE-VALUE */
  readonly write: (text: Uint8Array) => Promise<void>;
  /** @throws TG-SOURCE-VALUE */
  readonly finish: () => Promise<TakenRows>;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
}

const newLine = 10;

/** @throws TG-SOURCE-VALUE for columns that no table can have */
export async function openRowStage(options: RowStageOptions): Promise<RowStage> {
  const { title, folder, name = 'rows', columns, key = null, partBytes = usualPartBytes, signal } = options;
  refuseColumns(
    columns.map((column) => column.name),
    title,
  );
  const engine = await openEngine({ threads: 2, memory: '1GB', spill: join(folder, 'spill'), signal });
  const parts = key === null ? partsToFiles(engine, { title, columns }) : await partsToGroups(engine, { title, columns, key, folder });
  const signs = [...new Set(columns.flatMap(({ rarely }) => (rarely === undefined ? [] : [rarely.sign])))];
  let opened = 0;
  let open: OpenTextPart | null = null;
  let turning: Promise<void> = Promise.resolve();
  const openPart = async (): Promise<OpenTextPart> => {
    open = await openTextPart(join(folder, `${name}-${String(opened++).padStart(5, '0')}.text`), signs);
    return open;
  };
  const endPart = async (ended: OpenTextPart): Promise<void> => {
    open = null;
    const part = await ended.close();
    await turning;
    turning = parts.take(part);
    turning.catch(() => {}); // the next one who waits for it throws
  };
  return {
    write: async (text) => {
      const part = open ?? (await openPart());
      const end = part.bytes() + text.byteLength < partBytes ? 0 : text.lastIndexOf(newLine) + 1;
      if (end === 0) return part.add(text);
      await part.add(text.subarray(0, end));
      await endPart(part);
      if (end < text.byteLength) await (await openPart()).add(text.subarray(end));
    },
    finish: async () => {
      if (open !== null || opened === 0) await endPart(open ?? (await openPart()));
      await turning;
      return parts.finish();
    },
    [Symbol.asyncDispose]: async () => {
      await open?.close().catch(() => {});
      await turning.catch(() => {});
      await parts.stop();
      engine[Symbol.dispose]();
    },
  };
}
