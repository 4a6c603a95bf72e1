import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Digest, runId, type ServingCost, type TestReport } from '@tidegate/formats';
import { defaultLog, type GateConfig, type ProjectConfig } from '../../config/index.ts';
import type { Champion, ChampionSource } from '../../models/index.ts';
import type { StepContext, StepResult } from '../../pipeline/index.ts';
import { digestOfFile, identityOf, isRunning, openHttpClient, type ProcessIdentity, systemPlatform } from '../../platform/index.ts';
import { folderObjectStore, type ObjectStore, readRecord } from '../../store/index.ts';
import { realCase, servingArgv, storeRealRelease } from '../test-release.ts';
import { trialKind } from './trial-kind.ts';
import { trialNodes } from './trial-nodes.ts';

/** A project with one service, a model of which is limited in what it costs. */
export function configOf(latencyP99Ms: number | null, more: Partial<GateConfig> = {}): ProjectConfig {
  const serving = { batch: null, requests: null, starts: null };
  const model = {
    artifact: { step: 'train', output: 'model' },
    evaluate: { on: { kind: 'data', dataset: 'houses' }, label: 'price', metrics: ['mae'], slices: [], ignore: [] },
    trust: [],
    gate: {
      min: {},
      max: {},
      primary: null,
      slices: null,
      confidence: 0.95,
      ...(latencyP99Ms !== null && { serving: { ...serving, p99: { most: latencyP99Ms, times: null } } }),
      ...more,
    },
  } as const;
  return {
    version: 1,
    project: 'shop',
    python: {
      requirements: null,
      interpreter: 'python3',
    },
    r: null,
    data: {},
    features: null,
    steps: {},
    pools: {},
    tests: {},
    models: { price: model },
    services: {
      prices: {
        model: 'price',
        features: null,
        slo: null,
        log: defaultLog,
      },
    },
    environments: {
      staging: {
        target: 'local',
        tests: ['api.yaml'],
        after: null,
        port: 0,
        variables: { LIMIT: '3' },
      },
      production: {
        target: 'local',
        tests: ['other.yaml'],
        after: 'staging',
        port: 0,
        variables: {},
      },
    },
    branches: {},
    remote: null,
    keep: { runs: 50, days: 30, collect: true },
    salt: null,
    signatures: { required: false, trusted: [] },
    monitors: {},
  };
}

export const noChampion: ChampionSource = { environment: null, champion: async () => null, possible: async () => [] };

export interface Trial {
  readonly result: StepResult;
  readonly report: TestReport;
  readonly cost: ServingCost;
  /** The process that served. */
  readonly server: ProcessIdentity;
}

export interface TrialOptions {
  readonly tests: string;
  readonly config?: (config: ProjectConfig) => ProjectConfig;
  /** Which of the trials. Default: the first. */
  readonly trial?: string;
  readonly latencyP99Ms?: number;
  readonly gate?: Partial<GateConfig>;
  readonly champion?: (store: ObjectStore) => Promise<Champion>;
  readonly release?: (store: ObjectStore) => Promise<Digest>;
}

/** Tries a real release with the real server, and looks that the server is gone afterwards. */
export async function tryRelease(t: { after: (end: () => Promise<void>) => void }, options: TrialOptions): Promise<Trial> {
  const root = await mkdtemp(join(tmpdir(), 'tidegate-trial-'));
  t.after(() => rm(root, { recursive: true, force: true }));
  const store = folderObjectStore(join(root, 'objects'));
  const release = await (options.release ?? storeRealRelease)(store);
  const source = join(root, 'api.yaml');
  await writeFile(source, options.tests);
  const { config = (one) => one, trial = 'trials.prices' } = options;
  const node = trialNodes(config(configOf(options.latencyP99Ms ?? null, options.gate))).find(({ name }) => name === trial);
  assert.ok(node);
  const champion = (await options.champion?.(store)) ?? null;
  let server: ProcessIdentity | null = null;
  const file = { kind: 'file', bytes: 1, files: 1 } as const;
  const result = await trialKind({
    serving: { argv: servingArgv },
    http: openHttpClient,
    python: { identity: () => assert.fail('no Python'), ensure: async () => 'python3' },
    champions: champion === null ? noChampion : { ...noChampion, champion: async () => champion },
    fillOnlineStore: () => assert.fail('no features'),
  }).run({
    node,
    store,
    platform: systemPlatform,
    run: runId('r-20261123-202553-3f9a'),
    signal: new AbortController().signal,
    inputs: [
      {
        name: 'services.prices/manifest',
        artifact: {
          ...file,
          digest: release,
        },
        place: null,
        source: null,
      },
      {
        name: 'api.yaml',
        artifact: {
          ...file,
          digest: await digestOfFile(source),
        },
        place: 'api.yaml',
        source,
      },
    ],
    emit: () => {},
    progress: () => {},
    log: () => {},
    workspace: async () => join(root, 'workspace'),
    ownProcess: (pid) => void (server = identityOf(pid)),
  } satisfies StepContext);
  assert.ok(server);
  assert.equal(isRunning(server), false, 'the server still runs');
  const digest = result.outputs['report']?.digest;
  assert.ok(digest);
  const costDigest = result.outputs['cost']?.digest;
  assert.ok(costDigest);
  const cost = await readRecord(store, 'tidegate.serving-cost/1', costDigest);
  return { result, server, cost, report: (await store.readJson(digest)) as unknown as TestReport };
}

/** API tests of which the first asks nothing and the second a price. */
export async function apiTests(expected: string): Promise<string> {
  const { row } = await realCase();
  return `
- name: the model is described
  request: { method: GET, path: /v2/models/price }
  expect: { status: 200, body: { name: price } }
- name: a price is predicted
  request: { method: POST, path: /v1/predict, body: { rows: [${JSON.stringify(row)}] } }
  expect: ${expected}
`;
}
