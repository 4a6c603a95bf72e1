import { type Engine, quoteText } from '@tidegate/runtime';
import { rm } from '../../../platform/index.ts';
import { type ReadColumn, selectList } from './read-column.ts';
import { withLines } from './text-lines.ts';
import type { TakenRows, TextParts } from './text-parts.ts';

/** What nobody but us reads is written in the newer encodings, which take half of the time. */
export const fileOptions = 'FORMAT parquet, PARQUET_VERSION v2, COMPRESSION zstd, COMPRESSION_LEVEL 1';

/** Makes a Parquet file of each part of text. */
export function partsToFiles(
  engine: Engine,
  { title, columns }: { readonly title: string; readonly columns: readonly ReadColumn[] },
): TextParts {
  const files: string[] = [];
  let rows = 0;
  return {
    take: async (part) => {
      const file = part.path.replace(/\.text$/, '.parquet');
      files.push(file);
      const [written] = await withLines(engine, { part, columns, title }, (lines) =>
        engine.rows(`COPY (SELECT ${selectList(lines.columns)} FROM ${lines.sql}) TO ${quoteText(file)} (${fileOptions})`),
      );
      rows += Number(written?.['Count'] ?? 0);
      await rm(part.path);
    },
    finish: async (): Promise<TakenRows> => ({ files, rows, groups: null }),
    stop: async () => {},
  };
}
