import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { digestOfHex, type FeatureServiceSpec } from '@tidegate/formats';
import { entityKeyCodec, openSqliteOnlineStore } from '@tidegate/runtime';
import { parseProject } from '../../packages/core/src/config/index.ts';
import { type MonitoringFile, monitoringFiles } from '../../packages/core/src/monitoring/monitoring-files.ts';
import { makeRelease } from '../../packages/serving/src/serve/test-release.ts';
import { startServer, type TestServer } from '../../packages/serving/src/serve/test-server.ts';

const input = (name: string) => ({ name, type: 'number' }) as const;

/** The matrix model takes three numbers; one of them is looked up. It is there for pier A, and for no other. */
const features: FeatureServiceSpec = {
  format: 'tidegate.feature-service/1',
  name: 'harbour',
  version: digestOfHex('33'.repeat(32)),
  request: [input('depth'), input('length')],
  keys: [{ name: 'pier', type: 'string' }],
  views: [{ name: 'wind', version: digestOfHex('11'.repeat(32)), keys: ['pier'], features: [input('speed')], ttlMs: null }],
  columns: [input('depth'), input('length'), input('wind__speed')],
  label: 'delay',
};

const project = `version: 1
project: harbour
data: { tides: { from: { files: tides.csv } } }
features: { definitions: rig/ }
steps: { train: { run: python train.py, out: { model: model.onnx } } }
models: { tide: { artifact: steps.train.model, evaluate: { on: features.harbour/test, label: delay, metrics: [rmse] } } }
services: { tide-api: { model: tide, slo: { availability: 99.9%, latency: { p99: 1s } } } }
`;

/** The files that a project whose only service is {@link watchedServer} gets. */
export function filesForWatchedServer(): readonly MonitoringFile[] {
  return monitoringFiles(parseProject(project, dirname(import.meta.dirname)).config, '0.1.0');
}

/** Starts the model server with features, and asks it once in each protocol, and once wrongly, unless `asked` is false. */
export async function watchedServer(t: TestContext, { asked = true }: { readonly asked?: boolean } = {}): Promise<TestServer> {
  const signature = { task: 'regression', inputs: features.columns, classes: [] } as const;
  const release = await makeRelease({ file: 'matrix.onnx', flavor: 'onnx', signature, features });
  t.after(release.remove);
  const online = join(release.folder, 'online.sqlite');
  await fillStore(online);
  const server = await startServer(['--release', release.folder, '--online', online]);
  t.after(server.kill);
  if (asked) await askEverything(server);
  return server;
}

async function fillStore(file: string): Promise<void> {
  const store = openSqliteOnlineStore(file);
  const key = entityKeyCodec([{ name: 'pier', type: 'string' }])(['A']) ?? '';
  const nowUs = Date.now() * 1000;
  const entries = [{ key, eventUs: nowUs, knownUs: nowUs, values: [5] }];
  const batches = async function* (): AsyncGenerator<typeof entries> {
    yield entries;
  };
  await store.replace(features.views[0]?.version ?? digestOfHex('00'.repeat(32)), batches(), nowUs);
  store.close();
}

/** Predictions by rows, one with a feature that is there and one without, one by tensors, one request that is refused. */
export async function askEverything({ address }: TestServer): Promise<void> {
  const tensor = { name: 'features', shape: [1, 3], datatype: 'FP32', data: [1, 2, 3] };
  const post = (path: string, body: object): Promise<Response> =>
    fetch(`${address}${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  const answers = [
    await post('/v1/predict', { rows: ['A', 'B'].map((pier) => ({ pier, depth: 1, length: 2 })) }),
    await post('/v2/models/tide/infer', { inputs: [tensor] }),
    await post('/v1/predict', { rows: [{ wrong: 1 }] }),
  ];
  const found = answers.map(({ status }) => status).join(' ');
  if (found !== '200 200 400') throw new Error(`Cannot ask the server: ${found}\n${await answers[1]?.text()}`);
}
