import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Artifact, type Evaluation, type ModelVersion, stepName } from '@tidegate/formats';
import { openEngine, quoteText } from '@tidegate/runtime';
import type { StepNode } from '../../pipeline/index.ts';
import { type StepKindSituation, stepKindConformance } from '../../pipeline/step-kind.conformance.ts';
import { digestOfBytes } from '../../platform/index.ts';
import { evaluationOf, noteResult } from '../fixtures/stored-model.ts';
import { referenceKind } from './reference-kind.ts';

/** The rows of a query as a Parquet file. */
async function parquet(sql: string): Promise<Uint8Array> {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-reference-'));
  try {
    using engine = await openEngine({ threads: 1 });
    const file = join(folder, 'rows.parquet');
    await engine.run(`COPY (${sql}) TO ${quoteText(file)} (FORMAT parquet)`);
    return readFileSync(file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const training = await parquet(
  `SELECT i % 50 + sin(i) AS size, 'k' || i % 4 AS kind, TIMESTAMP '2024-01-01' + INTERVAL (i) HOUR AS moment FROM range(600) t(i)`,
);
const predictions = await parquet(
  `SELECT i AS row, CAST(i AS VARCHAR) AS id, 1.0 AS label, i % 20 / 1.0 AS prediction, false AS trained FROM range(200) t(i)`,
);

const node: StepNode = {
  name: stepName('references.prices'),
  kind: 'reference',
  inputs: ['version', 'evaluation'].map((output) => ({ from: 'step', step: stepName('models.price'), output, place: null })),
  outputs: ['reference', 'profile', 'sample'].map((name) => ({ name, path: null, publish: false })),
  settings: { model: 'price', personal: [], withheld: [] },
  variables: {},
  cpus: 1,
};

function situation(change: Partial<ModelVersion>, spoilt?: unknown): StepKindSituation {
  return {
    node,
    artifacts: async (store) => {
      const file = async (content: Uint8Array): Promise<Artifact> => ({ kind: 'file', files: 1, ...(await store.putBytes(content)) });
      const record = async (value: unknown): Promise<Artifact> => ({ kind: 'file', files: 1, ...(await store.putJson(value)) });
      const trained = await file(training);
      await record({ format: 'tidegate.feature-set/1', time: 'moment' });
      const version: ModelVersion = {
        format: 'tidegate.model-version/1',
        model: 'price',
        artifact: trained.digest,
        bytes: 1,
        flavor: 'onnx',
        file: 'price.onnx',
        signature: {
          task: 'regression',
          inputs: [
            { name: 'size', type: 'number' },
            { name: 'kind', type: 'string' },
          ],
          classes: [],
        },
        trainedBy: (await record({ format: 'tidegate.key/2', step: 'steps.train', inputs: { 'features.f/train': trained.digest } })).digest,
        trainedOn: trained.digest,
        ...change,
      };
      const stored = await record(version);
      const evaluation: Evaluation = evaluationOf(stored.digest, (await file(predictions)).digest, 'regression');
      return {
        'models.price/version': spoilt === undefined ? stored : await record(spoilt),
        'models.price/evaluation': await record(evaluation),
      };
    },
  };
}

stepKindConformance('reference', () => ({
  kind: ({ state }) => {
    const artifact = (content: string | Uint8Array): Artifact => ({
      kind: 'file',
      files: 1,
      digest: digestOfBytes(content),
      bytes: content.length,
    });
    const outputs = { train: artifact(training), record: artifact('{"format":"tidegate.feature-set/1","time":"moment"}') };
    noteResult(state, { step: 'features.f', key: digestOfBytes('a key'), outputs });
    return referenceKind({ state });
  },
  works: situation({}),
  changed: situation({ model: 'another' }),
  broken: { ...situation({}, { format: 'tidegate.model-version/2' }), code: 'TG-STORE-RECORD' },
  endless: null,
}));
