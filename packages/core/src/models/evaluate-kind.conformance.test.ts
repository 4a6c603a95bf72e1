import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Artifact, digestOfHex } from '@tidegate/formats';
import { openEngine } from '@tidegate/runtime';
import { openVirtualEnvironments } from '../commands/index.ts';
import { type StepKindSituation, stepKindConformance } from '../pipeline/step-kind.conformance.ts';
import { systemPlatform } from '../platform/index.ts';
import type { ObjectStore } from '../store/index.ts';
import { evaluateKind } from './evaluate-kind.ts';
import { evaluateNodes } from './evaluate-nodes.ts';
import { featureRecord, flightRows, linearModel, projectOf, servingArgv } from './fixtures/evaluation-rig.ts';

/** The evaluation of a model in Python. */
function situation(model: string): StepKindSituation {
  const [node] = evaluateNodes(projectOf({ slices: ['origin'] }, { min: { auc: 0.55 } }));
  if (node === undefined) throw new Error('Cannot find the step');
  return { node, artifacts: (store, folder) => inputsFor(store, folder, model) };
}

async function inputsFor(store: ObjectStore, folder: string, model: string): Promise<{ readonly [input: string]: Artifact }> {
  const file = async (path: string): Promise<Artifact> => ({ kind: 'file', files: 1, ...(await store.putFile(path)) });
  const table = async (name: string, select: string): Promise<Artifact> => {
    const path = join(folder, `${name}.parquet`);
    using engine = await openEngine({ threads: 1 });
    await engine.run(`COPY (${select}) TO '${path}' (FORMAT parquet)`);
    return await file(path);
  };
  await writeFile(join(folder, 'delay.py'), model);
  return {
    'steps.train/model': await file(join(folder, 'delay.py')),
    'features.delay/test': await table('test', flightRows(1000, 1800)),
    'features.delay/train': await table('train', flightRows(0, 1000)),
    'features.delay/record': { kind: 'file', files: 1, ...(await store.putJson(featureRecord(digestOfHex('f'.repeat(64))))) },
  };
}

stepKindConformance('evaluate', () => ({
  kind: ({ state, home }) =>
    evaluateKind({
      serving: { argv: servingArgv },
      state,
      virtualEnvironments: openVirtualEnvironments({ folder: home.virtualEnvironments, platform: systemPlatform }),
      champions: { environment: 'production', champion: async () => null, possible: async () => [] },
      evaluationOf: () => null,
      staleTestSet: async () => '',
      championTestSet: () => Promise.reject(new Error('There is no champion')),
    }),
  project: 'flights',
  works: situation(linearModel(0.35, 0.35)),
  changed: situation(linearModel(0.3, 0.4)),
  broken: { ...situation('def predict(rows):\n    raise ValueError("no")\n'), code: 'TG-SERVING-PREDICTION' },
  endless: situation('import time\n\n\ndef predict(rows):\n    time.sleep(3600)\n'),
}));
