import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatasetVersion } from '@tidegate/formats';
import { openEngine, quoteText } from '@tidegate/runtime';
import { folderObjectStore, type ObjectStore } from '../store/index.ts';

/** A temporary folder with a store, for tests; gone when disposed. */
export interface TestRoom extends Disposable {
  readonly folder: string;
  readonly store: ObjectStore;
}

export function makeTestRoom(): TestRoom {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-features-'));
  return { folder, store: folderObjectStore(join(folder, 'objects')), [Symbol.dispose]: () => rmSync(folder, { recursive: true }) };
}

/** A dataset version of Parquet files, made of a SELECT or of files that are there. */
export async function makeDataset(
  { folder, store }: Pick<TestRoom, 'folder' | 'store'>,
  dataset: string,
  from: { readonly select?: string; readonly files?: string; readonly knownAt?: DatasetVersion['knownAt'] },
): Promise<DatasetVersion> {
  const into = from.files ?? mkdtempSync(join(folder, `${dataset}-`));
  using engine = await openEngine({ threads: 1 });
  if (from.select !== undefined) await engine.run(`COPY (${from.select}) TO ${quoteText(join(into, 'part.parquet'))} (FORMAT parquet)`);
  const columns = await engine.describe(`SELECT * FROM read_parquet(${quoteText(join(into, '*.parquet'))})`);
  const [count] = await engine.rows(`SELECT count(*) AS rows FROM read_parquet(${quoteText(join(into, '*.parquet'))})`);
  const { digest, tree, bytes } = await store.putTree(into);
  return {
    format: 'tidegate.dataset-version/1',
    dataset,
    tree: digest,
    fileFormat: 'parquet',
    rows: Number(count?.['rows']),
    bytes,
    files: tree.entries.length,
    columns: columns.map(({ name, type }) => ({ name, type: 'string', physicalType: type })),
    time: null,
    knownAt: from.knownAt ?? {},
    profile: { format: 'tidegate.profile/1', rows: 0, columns: [] },
    contract: null,
    checks: [],
    verdict: 'pass',
  };
}
