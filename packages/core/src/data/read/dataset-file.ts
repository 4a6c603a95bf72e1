import { extname } from 'node:path';
import { type DatasetVersion, type Digest, failure, type Tree } from '@tidegate/formats';
import type { ObjectStore } from '../../store/index.ts';

export type FileFormat = DatasetVersion['fileFormat'];

/** What can be read as rows. */
export type TableFormat = Exclude<FileFormat, 'files'>;

/** A file of a dataset: what the user calls it, and where its bytes are. */
export interface DatasetFile {
  /** Relative to the project. */
  readonly path: string;
  readonly digest: Digest;
  readonly bytes: number;
  /** Path of the object in the store. */
  readonly object: string;
}

/** The files of a tree as {@link DatasetFile}s, in the tree's order. @throws TG-STORE-OBJECT-MISSING */
export async function filesOfTree(store: ObjectStore, tree: Tree): Promise<readonly DatasetFile[]> {
  return Promise.all(tree.entries.map(async ({ path, digest, bytes }) => ({ path, digest, bytes, object: await store.pathOf(digest) })));
}

const formats: Readonly<Record<string, TableFormat>> = {
  '.parquet': 'parquet',
  '.pq': 'parquet',
  '.csv': 'csv',
  '.tsv': 'csv',
  '.jsonl': 'json',
  '.ndjson': 'json',
  '.json': 'json',
};

/** The one format of all files, by extension; `files` when none of them can be read as rows. @throws TG-DATA-FORMAT */
export function formatOf(paths: readonly string[]): FileFormat {
  const known = paths.map((path) => ({ path, format: formats[extname(path).toLowerCase()] }));
  if (known.length > 0 && known.every(({ format }) => format === undefined)) return 'files';
  const strange = known.find(({ format }) => format === undefined);
  if (strange !== undefined)
    throw failure(
      'TG-DATA-FORMAT',
      `Cannot read "${strange.path}" as rows, as the other files of the dataset: its extension names no such format`,
      `Write "format: files" at the dataset to keep files of any kind, or narrow "from" to ${Object.keys(formats).join(', ')}`,
    );
  const first = known[0];
  const other = known.find(({ format }) => format !== first?.format);
  if (first?.format === undefined || other !== undefined)
    throw failure(
      'TG-DATA-FORMAT',
      `Cannot read "${first?.path}" and "${other?.path}" as one dataset: they have different formats`,
      'Narrow "from" to files of one format',
    );
  return first.format;
}

/** As {@link formatOf}, of files that are to be read as rows. @throws TG-DATA-FORMAT */
export function tableFormatOf(paths: readonly string[]): TableFormat {
  const format = formatOf(paths);
  if (format !== 'files') return format;
  throw noRows(`"${paths[0] ?? ''}"`);
}

/** What is asked of files of any kind that only rows can give. */
export function noRows(what: string): Error {
  return failure(
    'TG-DATA-FORMAT',
    `Cannot read ${what} as rows: its files are of any kind, kept as they are`,
    `Read a dataset whose files are ${Object.keys(formats).join(', ')}`,
  );
}
