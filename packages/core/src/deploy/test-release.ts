import { readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { type Digest, digestOfHex, type FeatureServiceSpec, type Flavor, type ReleaseManifest, type Signature } from '@tidegate/formats';
import { entityKeyCodec, openSqliteOnlineStore } from '@tidegate/runtime';
import type { ObjectStore } from '../store/index.ts';

const serving = resolve(import.meta.dirname, '../../../serving');

/** Command line of the real serving process. */
export const servingArgv = [process.execPath, resolve(serving, 'src/main.ts')] as const;

/** A row that the model of {@link storeRealRelease} takes, and what scikit-learn predicts for it. */
export async function realCase(): Promise<{ readonly row: object; readonly prediction: number }> {
  const { rows, prediction } = JSON.parse(await readFile(resolve(serving, 'fixtures/regression.cases.json'), 'utf8')) as {
    readonly rows: readonly object[];
    readonly prediction: readonly number[];
  };
  return { row: rows[0] ?? {}, prediction: prediction[0] ?? Number.NaN };
}

/** Puts a release with a small real ONNX model into a store; `note` tells two of them apart. */
export async function storeRealRelease(store: ObjectStore, note = ''): Promise<Digest> {
  const signature = JSON.parse(await readFile(resolve(serving, 'fixtures/regression.signature.json'), 'utf8')) as Signature;
  return storeRelease(store, { file: 'regression.onnx', flavor: 'onnx', signature, features: null, note });
}

const wind = digestOfHex('11'.repeat(32));

/** Two request fields, and a feature that is looked up by an entity key. */
const features: FeatureServiceSpec = {
  format: 'tidegate.feature-service/1',
  name: 'harbour',
  version: digestOfHex('33'.repeat(32)),
  request: [
    { name: 'depth', type: 'number' },
    { name: 'length', type: 'number' },
  ],
  keys: [{ name: 'pier', type: 'string' }],
  views: [{ name: 'wind', version: wind, keys: ['pier'], features: [{ name: 'speed', type: 'number' }], ttlMs: null }],
  columns: [
    { name: 'wind__speed', type: 'number' },
    { name: 'depth', type: 'number' },
    { name: 'length', type: 'number' },
  ],
  label: 'delay',
};

/** A row that the model of {@link storeFeatureRelease} takes with {@link fillFeatures}, and what it predicts: speed - 2 depth + length / 2 + 3. */
export const featureCase = { row: { pier: 'A', depth: 1, length: 4 }, prediction: 8 } as const;

/** Puts a release with a real ONNX model that looks a feature up. */
export function storeFeatureRelease(store: ObjectStore, note = ''): Promise<Digest> {
  const signature = { task: 'regression', inputs: features.columns, classes: [] } as const;
  return storeRelease(store, { file: 'matrix.onnx', flavor: 'onnx', signature, features, note });
}

/** Writes an online store with what {@link featureCase} needs. */
export async function fillFeatures(file: string): Promise<void> {
  const online = openSqliteOnlineStore(file);
  const key = entityKeyCodec([{ name: 'pier', type: 'string' }])(['A']) ?? '';
  await online.write(wind, [{ key, eventUs: 0, knownUs: 0, values: [5] }]);
  online.close();
}

/** A row that the model of {@link storePythonRelease} takes, and what it predicts. */
export const pythonCase = { row: { town: 'a', area: 3 }, prediction: 16 } as const;

/** Puts a release whose model is a `predict` function of Python. */
export function storePythonRelease(store: ObjectStore, note = ''): Promise<Digest> {
  const inputs = [
    { name: 'town', type: 'string' },
    { name: 'area', type: 'number' },
  ] as const;
  const signature = { task: 'regression', inputs, classes: [] } as const;
  return storeRelease(store, { file: 'python/linear.py', flavor: 'function', signature, features: null, note });
}

interface ReleaseParts {
  /** Below the fixtures of serving. */
  readonly file: string;
  readonly flavor: Flavor;
  readonly signature: Signature;
  readonly features: FeatureServiceSpec | null;
  readonly note: string;
}

async function storeRelease(store: ObjectStore, { file, flavor, signature, features: spec, note }: ReleaseParts): Promise<Digest> {
  const model = await store.putFile(join(serving, 'fixtures', file));
  const entries = [
    { path: 'README.md', ...(await store.putBytes(note)) },
    { path: `model/${basename(file)}`, ...model },
  ];
  const files = await store.putJson({ format: 'tidegate.tree/1', entries });
  const manifest: ReleaseManifest = {
    format: 'tidegate.release/1',
    project: 'shop',
    service: 'prices',
    features: spec,
    definitions: null,
    python: flavor === 'onnx' ? null : { requirements: null, interpreter: 'python3' },
    model: {
      name: 'price',
      version: digestOfHex('1'.repeat(64)),
      artifact: model.digest,
      flavor,
      file: basename(file),
      signature,
    },
    runtime: {
      name: '@tidegate/serving',
      version: '0.1.0',
    },
    files: files.digest,
  };
  return (await store.putJson(manifest)).digest;
}
