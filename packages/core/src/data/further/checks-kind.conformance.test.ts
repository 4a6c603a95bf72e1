import { join } from 'node:path';
import type { Artifact } from '@tidegate/formats';
import { openEngine } from '@tidegate/runtime';
import type { ProjectConfig } from '../../config/index.ts';
import { type StepKindSituation, stepKindConformance } from '../../pipeline/step-kind.conformance.ts';
import { digestOfFile, mkdirSync, mkdtemp, rm, tmpdir, writeFileSync } from '../../platform/index.ts';
import type { ObjectStore } from '../../store/index.ts';
import { makeDataset } from '../dataset-kind.ts';
import { datasetNodes } from '../dataset-nodes.ts';
import { datasetChecksKind } from './checks-kind.ts';
import { datasetChecksNodes } from './checks-nodes.ts';

const contract = (column: string): string => `apiVersion: v3.1.0
kind: DataContract
id: t
version: 1.0.0
status: active
schema:
  - name: t
    properties: [{ name: n, logicalType: integer, quality: [{ type: custom, engine: tidegate, implementation: { check: existsIn, dataset: u, column: ${column} } }] }]
`;

const data = Object.fromEntries(
  ['t', 'u'].map((name) => [
    name,
    { from: { files: [`${name}.csv`] }, contract: name === 't' ? 't.odcs.yaml' : null, time: null, push: null, holdout: null },
  ]),
);

async function versionOf(
  store: ObjectStore,
  folder: string,
  { name, rows }: { readonly name: string; readonly rows: string },
): Promise<Artifact> {
  const [node] = datasetNodes({ data: { [name]: { from: { files: [`${name}.csv`] }, contract: null, time: null, holdout: null } } });
  if (node === undefined) throw new Error('Cannot find the step');
  const source = join(folder, `${name}.csv`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(source, rows);
  const artifact = { kind: 'file', digest: await digestOfFile(source), bytes: rows.length, files: 1 } as const;
  const signal = new AbortController().signal;
  const made = await makeDataset(
    { node, inputs: [{ name: `${name}.csv`, artifact, place: null, source }], store, signal, progress: () => {} },
    { openEngine },
  );
  return made.outputs['version'] ?? artifact;
}

async function situation(rows: string, { parent = rows, text = contract('n') } = {}): Promise<StepKindSituation> {
  const root = await mkdtemp(join(tmpdir(), 'tidegate-checks-'));
  writeFileSync(join(root, 't.odcs.yaml'), text);
  const [node] = await datasetChecksNodes(
    { data, python: { requirements: null, interpreter: 'python3' } } as unknown as ProjectConfig,
    root,
  );
  await rm(root, { recursive: true, force: true });
  if (node === undefined) throw new Error('Cannot find the step');
  return {
    node,
    files: { 't.odcs.yaml': text },
    artifacts: async (store, folder) => ({
      'data.t/version': await versionOf(store, join(folder, 'given'), { name: 't', rows }),
      'data.u/version': await versionOf(store, join(folder, 'given'), { name: 'u', rows: parent }),
    }),
  };
}

const rows = `n\n${Array.from({ length: 200 }, (_, index) => `${index}\n`).join('')}`;
const python = { facts: () => Promise.resolve({}), open: () => () => Promise.reject(new Error('There is no Python here')) };

stepKindConformance('dataset-checks', async () => {
  const works = await situation(rows);
  return {
    kind: () => datasetChecksKind({ formerVersions: () => Promise.resolve([]), versionNamed: () => Promise.resolve(null), python }),
    works,
    changed: await situation(rows, { parent: `${rows}200\n` }),
    broken: { ...works, files: { 't.odcs.yaml': contract('n').replace('existsIn', 'existsInn') }, code: 'TG-DATA-CONTRACT-VALUE' },
    endless: null,
    timed: ['report'],
  };
});
