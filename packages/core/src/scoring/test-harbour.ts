import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import type { DatasetVersion, Digest, FeatureServiceSpec, Signature } from '@tidegate/formats';
import { openEngine, quoteText } from '@tidegate/runtime';
import { loadDefinitions, viewVersion } from '../features/index.ts';
import type { ObjectStore } from '../store/index.ts';
import { fixtures, storeBenchRelease } from './test-bench.ts';

/** A release that looks features up, and the dataset they come from. */
export interface Harbour {
  readonly release: Digest;
  readonly datasets: readonly DatasetVersion[];
  readonly versions: { readonly [dataset: string]: Digest };
  readonly features: FeatureServiceSpec;
  readonly definitions: Digest;
}

export interface HarbourOptions {
  /** SELECT of `pier` VARCHAR, `event` and `known` TIMESTAMP, `speed` and `gust` DOUBLE. */
  readonly wind: string;
  /** Milliseconds; null = no limit. */
  readonly ttlMs: number | null;
}

const columns = [
  { name: 'wind__speed', type: 'number' },
  { name: 'wind__gust', type: 'number' },
  { name: 'depth', type: 'number' },
] as const;
const signature: Signature = { task: 'regression', inputs: columns, classes: [] };

/** The matrix model predicts `x - 2y + 0.5z + 3`: of the wind at a pier, and of the depth that a caller sends. */
export async function storeHarbour(store: ObjectStore, folder: string, { wind, ttlMs }: HarbourOptions): Promise<Harbour> {
  const dataset = await storeDataset(store, folder, wind);
  const view = { sql: 'SELECT * FROM wind', keys: ['pier'], time: 'event', known: 'known', ttlMs, features: ['speed', 'gust'] };
  const meaning = {
    format: 'tidegate.feature-definitions/1',
    rows: 'SELECT 1 AS id, pier, event AS at, 0.0::DOUBLE AS depth, 0.0::DOUBLE AS label FROM wind',
    id: 'id',
    time: 'at',
    label: 'label',
    labelKnown: null,
    request: ['depth'],
    keysAsFeatures: [],
    views: [{ as: 'wind', rowKeys: ['pier'], view }],
  };
  const definitions = (await store.putJson(meaning)).digest;
  const [joined] = (await loadDefinitions(store, definitions)).views;
  if (joined === undefined) throw new Error('The harbour has a view');
  const features: FeatureServiceSpec = {
    format: 'tidegate.feature-service/1',
    name: 'harbour',
    version: definitions,
    request: [{ name: 'depth', type: 'number' }],
    keys: [{ name: 'pier', type: 'string' }],
    views: [
      {
        name: 'wind',
        version: viewVersion(joined.view),
        keys: ['pier'],
        features: [
          { name: 'speed', type: 'number' },
          { name: 'gust', type: 'number' },
        ],
        ttlMs,
      },
    ],
    columns,
    label: 'label',
  };
  const release = await storeBenchRelease(store, {
    flavor: 'onnx',
    signature,
    file: { path: join(fixtures, 'matrix.onnx') },
    features,
    definitions,
  });
  return { release, datasets: [dataset.version], versions: { wind: dataset.digest }, features, definitions };
}

async function storeDataset(
  store: ObjectStore,
  folder: string,
  wind: string,
): Promise<{ readonly version: DatasetVersion; readonly digest: Digest }> {
  const into = mkdtempSync(join(folder, 'wind-'));
  using engine = await openEngine({ threads: 1 });
  await engine.run(`COPY (${wind}) TO ${quoteText(join(into, 'part.parquet'))} (FORMAT parquet)`);
  const found = await engine.describe(`SELECT * FROM read_parquet(${quoteText(join(into, 'part.parquet'))})`);
  const { digest: tree, bytes } = await store.putTree(into);
  const version: DatasetVersion = {
    format: 'tidegate.dataset-version/1',
    dataset: 'wind',
    tree,
    fileFormat: 'parquet',
    rows: 0,
    bytes,
    files: 1,
    columns: found.map(({ name, type }) => ({ name, type: 'string', physicalType: type })),
    time: null,
    knownAt: {},
    profile: { format: 'tidegate.profile/1', rows: 0, columns: [] },
    contract: null,
    checks: [],
    verdict: 'pass',
  };
  return { version, digest: (await store.putJson(version)).digest };
}
