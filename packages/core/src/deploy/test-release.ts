import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Digest, digestOfHex, type ReleaseManifest, type Signature } from '@tidegate/formats';
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
  const model = await store.putFile(resolve(serving, 'fixtures/regression.onnx'));
  const signature = JSON.parse(await readFile(resolve(serving, 'fixtures/regression.signature.json'), 'utf8')) as Signature;
  const entries = [
    { path: 'README.md', ...(await store.putBytes(note)) },
    { path: 'model/regression.onnx', ...model },
  ];
  const files = await store.putJson({ format: 'tidegate.tree/1', entries });
  const manifest: ReleaseManifest = {
    format: 'tidegate.release/1',
    project: 'shop',
    service: 'prices',
    features: null,
    definitions: null,
    python: null,
    model: {
      name: 'price',
      version: digestOfHex('1'.repeat(64)),
      artifact: model.digest,
      flavor: 'onnx',
      file: 'regression.onnx',
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
