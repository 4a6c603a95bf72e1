import { join } from 'node:path';
import type { Artifact } from '@tidegate/formats';
import { openEngine } from '@tidegate/runtime';
import { type StepKindSituation, stepKindConformance } from '../../pipeline/step-kind.conformance.ts';
import { digestOfFile, mkdirSync, writeFileSync } from '../../platform/index.ts';
import type { ObjectStore } from '../../store/index.ts';
import { makeDataset } from '../dataset-kind.ts';
import { datasetNodes } from '../dataset-nodes.ts';
import { consumerNodes } from './consumer-nodes.ts';
import { consumersKind } from './consumers-kind.ts';

const contract = (bounds: string): string => `apiVersion: v3.1.0
kind: DataContract
id: reader
version: 1.0.0
status: active
schema:
  - name: t
    properties: [{ name: n, logicalType: integer, logicalTypeOptions: { ${bounds} } }]
`;

async function versionOf(store: ObjectStore, folder: string, rows: string): Promise<Artifact> {
  const [node] = datasetNodes({ data: { t: { from: { files: ['t.csv'] }, contract: null, time: null, holdout: null } } });
  if (node === undefined) throw new Error('Cannot find the step');
  const source = join(folder, 't.csv');
  mkdirSync(folder, { recursive: true });
  writeFileSync(source, rows);
  const artifact = { kind: 'file', digest: await digestOfFile(source), bytes: rows.length, files: 1 } as const;
  const inputs = [{ name: 't.csv', artifact, place: null, source }];
  const made = await makeDataset({ node, inputs, store, signal: new AbortController().signal, progress: () => {} }, { openEngine });
  return made.outputs['version'] ?? artifact;
}

function situation(rows: string, text: string): StepKindSituation {
  const config = { from: { files: ['t.csv'] }, contract: null, consumers: ['c.odcs.yaml'], time: null, push: null, holdout: null };
  const [node] = consumerNodes({ data: { t: config } });
  if (node === undefined) throw new Error('Cannot find the step');
  const artifacts: StepKindSituation['artifacts'] = async (store, folder) => ({
    'data.t/version': await versionOf(store, join(folder, 'given'), rows),
  });
  return { node, files: { 'c.odcs.yaml': text }, artifacts };
}

stepKindConformance('dataset-consumers', async () => {
  const works = situation('n\n1\n2\n', contract('maximum: 5'));
  return {
    kind: () => consumersKind(),
    works,
    changed: situation('n\n1\n2\n', contract('maximum: 6')),
    broken: { ...situation('n\n1\n2\n', contract('maximun: 5')), code: 'TG-CONFIG-UNKNOWN-NAME' },
    endless: null,
    timed: ['report'],
  };
});
