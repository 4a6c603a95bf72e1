import { dirname, join } from 'node:path';
import type { TreeEntry } from '@tidegate/formats';
import { type Engine, quoteName, quoteText } from '@tidegate/runtime';
import { copyFile, mkdirSync } from '../../platform/index.ts';
import type { ObjectStore } from '../../store/index.ts';

export interface SampleOrder {
  readonly engine: Engine;
  readonly store: ObjectStore;
  /** Files of one dataset. */
  readonly entries: readonly TreeEntry[];
  readonly share: number;
  readonly by: readonly string[];
  /** Folder that gets the files, at their own paths. */
  readonly to: string;
}

/** What became of a dataset. */
export interface SampledDataset {
  /** Column that its rows were chosen by; null where it has none of them, and is whole. */
  readonly by: string | null;
  readonly rows: number | null;
}

/**
 * Writes the rows of the entities that a hash of their key chooses, so that an entity is in the sample of every dataset or of none, on any machine and in any run.
 * Files keep their paths, formats and columns. A dataset without such a column, and files that no table is read from, are taken whole.
 */
export async function sampleFiles({ engine, store, entries, share, by, to }: SampleOrder): Promise<SampledDataset> {
  let chosenBy: string | null = null;
  let rows: number | null = null;
  for (const { path, digest } of entries) {
    const target = join(to, path);
    mkdirSync(dirname(target), { recursive: true });
    const source = await store.pathOf(digest);
    const format = formatOf(path);
    const read = format === null ? null : await format.read(engine, source);
    const columns = read === null ? [] : (await engine.describe(`SELECT * FROM ${read.from}`)).map(({ name }) => name);
    const column = by.find((name) => columns.includes(name));
    if (read === null || column === undefined) {
      await copyFile(source, target);
      continue;
    }
    chosenBy = column;
    const rule = `md5_number_lower(CAST(${quoteName(column)} AS VARCHAR)) % ${scale} < ${Math.round(share * scale)}`;
    const query = `SELECT * FROM ${read.from} WHERE ${rule}`;
    await engine.run(`COPY (${query}) TO ${quoteText(target)} (${read.write})`);
    rows = (rows ?? 0) + Number((await engine.rows(`SELECT count(*)::DOUBLE AS n FROM (${query})`))[0]?.['n'] ?? 0);
  }
  return { by: chosenBy, rows };
}

/** Parts of the hash that a share is rounded to. */
const scale = 1_000_000;

interface Format {
  readonly read: (engine: Engine, file: string) => Promise<{ readonly from: string; readonly write: string }>;
}

/** How files of such a path are read, as text where that is what they are, and written again; null for what is no table. */
function formatOf(path: string): Format | null {
  const isPacked = /\.gz$/i.test(path);
  const plain = path.replace(/\.gz$/i, '');
  const compression = `compression = '${isPacked ? 'gzip' : 'none'}'`;
  if (/\.parquet$/i.test(plain))
    return { read: async (_, file) => ({ from: `read_parquet(${quoteText(file)})`, write: 'FORMAT parquet, COMPRESSION zstd' }) };
  if (/\.(jsonl|ndjson|json)$/i.test(plain))
    return {
      read: async (_, file) => ({
        from: `read_json(${quoteText(file)}, ${compression}, sample_size = -1)`,
        write: `FORMAT json, COMPRESSION ${isPacked ? 'gzip' : 'none'}`,
      }),
    };
  if (!/\.(csv|tsv)$/i.test(plain)) return null;
  return {
    read: async (engine, file) => {
      const options = `all_varchar = true, header = true, ${compression}`;
      const [found] = await engine.rows(`SELECT Delimiter AS sign FROM sniff_csv(${quoteText(file)}, ${options})`);
      const sign = String(found?.['sign'] ?? ',');
      return {
        from: `read_csv(${quoteText(file)}, ${options}, delim = ${quoteText(sign)})`,
        write: `FORMAT csv, HEADER true, DELIMITER ${quoteText(sign)}, COMPRESSION ${isPacked ? 'gzip' : 'none'}`,
      };
    },
  };
}
