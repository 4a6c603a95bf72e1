import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { digestOfHex, type FeatureServiceSpec } from '@tidegate/formats';
import { openSqliteOnlineStore } from '@tidegate/runtime';
import { makeRelease, type TestModel } from '../../packages/serving/src/serve/test-release.ts';
import { startServer } from '../../packages/serving/src/serve/test-server.ts';
import { blocksOf, repository } from './blocks.ts';

const blocks = blocksOf('docs/reference/serving-api.md');
const requests = blocks.filter(({ language, text }) => language === 'sh' && text.startsWith('curl '));
const answers = blocks.filter(({ language }) => language === 'json');
const skip = spawnSync('curl', ['--version']).error !== undefined && 'curl is not on this machine';

const weather = digestOfHex('2'.repeat(64));

/** As the example has it: what is not sent is looked up. */
const features: FeatureServiceSpec = {
  format: 'tidegate.feature-service/1',
  name: 'delay',
  version: digestOfHex('1'.repeat(64)),
  request: [
    { name: 'carrier', type: 'string' },
    { name: 'hour', type: 'integer' },
  ],
  keys: [{ name: 'origin', type: 'string' }],
  views: [{ name: 'weather', version: weather, keys: ['origin'], features: [{ name: 'gust', type: 'number' }], ttlMs: null }],
  columns: [
    { name: 'carrier', type: 'string' },
    { name: 'hour', type: 'integer' },
    { name: 'weather__gust', type: 'number' },
  ],
  label: 'delayed',
};

test('rows are answered as docs/reference/serving-api.md shows it', { skip }, async (t) => {
  const signature = { task: 'binary', inputs: features.columns, classes: ['on time', 'late'] } as const;
  const address = await serve(t, 'delay', { file: 'python/linear.py', flavor: 'function', signature, features });

  assert.deepEqual(ask(requests[0]?.text, address), shown(answers[0]?.text));
});

test('tensors are answered as docs/reference/serving-api.md shows it', { skip }, async (t) => {
  const address = await serve(t, 'price', { file: 'regression.onnx', flavor: 'onnx' });

  assert.deepEqual(ask(requests[1]?.text, address), shown(answers[1]?.text));
});

test('docs/reference/serving-api.md has every metric that the server gives, but those of the process', async (t) => {
  const address = await serve(t, 'price', { file: 'regression.onnx', flavor: 'onnx' });
  const given = await (await fetch(`${address}/metrics`)).text();
  const page = readFileSync(join(repository, 'docs/reference/serving-api.md'), 'utf8');
  const metrics = [...given.matchAll(/^# TYPE (\w+)/gm)].map(([, name = '']) => name).filter((name) => !/^(?:process|nodejs)_/.test(name));
  const shown = [...page.matchAll(/`((?:tidegate|nv|request)_\w+)/g)].map(([, name = '']) => name);

  assert.deepEqual(shown.toSorted(), metrics.toSorted());
});

/** Starts the real server with a release whose model has this name; a model in Python is sure to 83 %. */
async function serve(t: TestContext, name: string, model: TestModel): Promise<string> {
  const release = await makeRelease(model);
  t.after(release.remove);
  const manifest = readFileSync(join(release.folder, 'release.json'), 'utf8');
  writeFileSync(join(release.folder, 'release.json'), manifest.replace('"name":"tide"', `"name":"${name}"`));
  if (model.flavor === 'function')
    writeFileSync(join(release.folder, 'model/linear.py'), 'def predict(rows):\n    return [[0.17, 0.83]] * len(rows)\n');
  const online = join(release.folder, 'online.sqlite');
  await fillStore(online);
  const server = await startServer(['--release', release.folder, '--online', online]);
  t.after(server.kill);
  return server.address;
}

/** An observation at noon without gusts. */
async function fillStore(file: string): Promise<void> {
  const store = openSqliteOnlineStore(file);
  const noonUs = Date.UTC(2013, 8, 1, 12) * 1000;
  await store.write(weather, [{ key: '["sJFK"]', eventUs: noonUs, knownUs: noonUs, values: [null] }]);
  store.close();
}

/** Runs the page's own command line; digests and ids, which are those of this test, are cut as the page cuts them. */
function ask(command: string | undefined, address: string): unknown {
  const { stdout, stderr } = spawnSync('sh', ['-c', (command ?? '').replace('http://127.0.0.1:8080', address)], { encoding: 'utf8' });
  assert.notEqual(stdout, '', stderr);
  const cut = stdout
    .replace(/sha256:[0-9a-f]{64}/, 'sha256:88d4…')
    .replace(/("id":)"[0-9a-f]{8}-[-0-9a-f]{27}"/, '$1"01933f3a-…"')
    .replace(/("model_version":)"[0-9a-f]{12}"/, '$1"3f9a12bc4d5e"');
  return shown(cut);
}

/** Numbers to five digits: the last bits of a prediction are the processor's. */
function shown(text: string | undefined): unknown {
  return JSON.parse(text ?? '', (_, value: unknown) => (typeof value === 'number' ? Number(value.toPrecision(5)) : value));
}
