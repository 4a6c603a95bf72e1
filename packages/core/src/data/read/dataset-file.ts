import { extname } from 'node:path';
import { type DatasetVersion, type Digest, failure, type Tree } from '@tidegate/formats';
import type { ObjectStore } from '../../store/index.ts';

export type FileFormat = DatasetVersion['fileFormat'];

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

const formats: Readonly<Record<string, FileFormat>> = {
  '.parquet': 'parquet',
  '.pq': 'parquet',
  '.csv': 'csv',
  '.tsv': 'csv',
  '.jsonl': 'json',
  '.ndjson': 'json',
  '.json': 'json',
};

/** The one format of all files, by extension. @throws TG-DATA-FORMAT */
export function formatOf(paths: readonly string[]): FileFormat {
  const known = paths.map((path) => ({ path, format: formats[extname(path).toLowerCase()] }));
  const strange = known.find(({ format }) => format === undefined);
  if (strange !== undefined)
    throw failure(
      'TG-DATA-FORMAT',
      `Cannot read "${strange.path}": its extension names no format that a dataset can have`,
      `Narrow "from" to files with one of these extensions: ${Object.keys(formats).join(', ')}`,
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
