import { type Artifact, type Digest, stepName } from '@tidegate/formats';
import type { StepNode } from '../../pipeline/index.ts';
import { type StepKindSituation, stepKindConformance } from '../../pipeline/step-kind.conformance.ts';
import { openHttpClient } from '../../platform/index.ts';
import { type ObjectStore, readRecord } from '../../store/index.ts';
import { servingArgv, storeRealRelease } from '../test-release.ts';
import { trialKind } from './trial-kind.ts';
import type { TrialSettings } from './trial-nodes.ts';

const settings: TrialSettings = {
  service: 'prices',
  services: ['prices'],
  environment: null,
  features: null,
  limits: null,
  confidence: 0.95,
  overrides: [],
};

const node: StepNode = {
  name: stepName('trials.prices'),
  kind: 'trial',
  inputs: [
    { from: 'step', step: stepName('services.prices'), output: 'manifest', place: null },
    { from: 'project', pattern: 'api.yaml', required: true },
  ],
  outputs: ['report', 'cost'].map((output) => ({ name: output, path: null, publish: false })),
  settings: { ...settings } as unknown as StepNode['settings'],
  variables: {},
  cpus: 1,
};

/** The trial of a release with these API tests. */
function situation(tests: string, release: (store: ObjectStore) => Promise<Digest> = storeRealRelease): StepKindSituation {
  return {
    node,
    files: { 'api.yaml': tests },
    artifacts: async (store) => {
      const digest = await release(store);
      const manifest: Artifact = { kind: 'file', digest, bytes: (await store.readBytes(digest)).length, files: 1 };
      return { 'services.prices/manifest': manifest };
    },
  };
}

/** Nothing is posted, so no latency is measured with it. */
const asking = (name: string): string => `
- name: ${name}
  request: { method: GET, path: /v2/health/ready }
  expect: { status: 200 }
`;

/** A release whose model takes an hour to load. */
async function storeSlowRelease(store: ObjectStore): Promise<Digest> {
  const manifest = await readRecord(store, 'tidegate.release/1', await storeRealRelease(store));
  const code = await store.putBytes('import time\ntime.sleep(3600)\n\n\ndef predict(rows):\n    return [1.0 for _ in rows]\n');
  const files = await store.putJson({ format: 'tidegate.tree/1', entries: [{ path: 'model/price.py', ...code }] });
  const model = { ...manifest.model, artifact: code.digest, flavor: 'function', file: 'price.py' };
  const slow = { ...manifest, python: { requirements: null, interpreter: 'python3' }, model, files: files.digest };
  return (await store.putJson(slow)).digest;
}

stepKindConformance('trial', () => ({
  kind: () =>
    trialKind({
      serving: { argv: servingArgv },
      http: openHttpClient,
      python: { identity: () => Promise.reject(new Error('Nobody asks')), ensure: async () => 'python3' },
      champions: { environment: null, champion: async () => null, possible: async () => [] },
      fillOnlineStore: () => Promise.reject(new Error('There are no features')),
    }),
  works: situation(asking('it is ready')),
  changed: situation(asking('it is still ready')),
  broken: { ...situation('- name: ['), code: 'TG-CONFIG-YAML-SYNTAX' },
  endless: situation(asking('it is ready'), storeSlowRelease),
  timed: ['report', 'cost'],
}));
