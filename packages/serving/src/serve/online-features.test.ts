import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { digestOfHex, type FeatureServiceSpec } from '@tidegate/formats';
import { entityKeyCodec, openSqliteOnlineStore } from '@tidegate/runtime';
import { makeRelease } from './test-release.ts';
import { startServer, withoutIds } from './test-server.ts';

const hour = 3_600_000;
const noon = Date.parse('2013-09-01T12:00:00Z');
const wind = digestOfHex('11'.repeat(32));
const tides = digestOfHex('22'.repeat(32));

/** The matrix model predicts `x - 2y + 0.5z + 3`; its columns here are two features and a field of the request. */
const features: FeatureServiceSpec = {
  format: 'tidegate.feature-service/1',
  name: 'harbour',
  version: digestOfHex('33'.repeat(32)),
  request: [{ name: 'depth', type: 'number' }],
  keys: [
    { name: 'pier', type: 'string' },
    { name: 'day', type: 'date' },
  ],
  views: [
    {
      name: 'wind',
      version: wind,
      keys: ['pier'],
      features: [
        { name: 'speed', type: 'number' },
        { name: 'gust', type: 'number' },
      ],
      ttlMs: hour,
    },
    { name: 'tides', version: tides, keys: ['pier', 'day'], features: [{ name: 'high', type: 'integer' }], ttlMs: null },
  ],
  columns: [
    { name: 'wind__speed', type: 'number' },
    { name: 'depth', type: 'number' },
    { name: 'tides__high', type: 'integer' },
  ],
  label: 'delay',
};
const signature = { task: 'regression', inputs: features.columns, classes: [] } as const;

test('a service with features', async (t) => {
  const { post, metrics } = await serving(t);

  await t.test(
    'features are looked up as of the moment asked for; what is not there is null for the model and told by status',
    async () => {
      const rows = [
        { pier: 'A', day: '2013-09-01', depth: 1 },
        { pier: 'B', day: '2013-09-01', depth: 1 },
        { pier: null, day: null, depth: 1 },
      ];

      const at = await post({ rows, at: '2013-09-01T12:30:00Z' });
      const later = await post({ rows: rows.slice(0, 1), at: '2013-09-01T15:30:00+02:00' });
      const earlier = await post({ rows: rows.slice(0, 1), at: '2013-09-01T11:59:59Z' });

      assert.equal(at.status, 200);
      assertClose(at.told.predictions?.[0]?.prediction, 5 - 2 * 1 + 0.5 * 4 + 3);
      assert.deepEqual(at.told.predictions?.[0]?.features, { wind__gust: 'NULL_VALUE' });
      assert.deepEqual(at.told.predictions?.[0]?.ages, { wind: 1800, tides: 1800 });
      const none = { wind__speed: 'NOT_FOUND', wind__gust: 'NOT_FOUND', tides__high: 'NOT_FOUND' };
      assert.deepEqual(withoutIds(at.told.predictions?.slice(1)), [
        { prediction: null, features: none },
        { prediction: null, features: none },
      ]);
      assert.deepEqual(withoutIds(later.told.predictions), [
        {
          prediction: null,
          features: { wind__speed: 'OUTSIDE_MAX_AGE', wind__gust: 'OUTSIDE_MAX_AGE' },
          ages: { wind: 5400, tides: 5400 },
        },
      ]);
      assert.deepEqual(withoutIds(earlier.told.predictions), [{ prediction: null, features: none }]);
    },
  );

  await t.test('without a moment features are looked up as of now', async () => {
    const { told } = await post({ rows: [{ pier: 'now', day: '2013-09-01', depth: 0 }] });

    assert.deepEqual(told.predictions?.[0]?.features, { tides__high: 'NOT_FOUND', wind__gust: 'NULL_VALUE' });
    assert.deepEqual(Object.keys(told.predictions?.[0]?.ages ?? {}), ['wind']);
    assert.ok((told.predictions?.[0]?.ages?.['wind'] ?? 0) >= 1800, 'it was half an hour old when the server was started');
  });

  await t.test('metrics tell by view how old what is looked up is, and how fresh the store', async () => {
    const told = await metrics();

    assert.match(told, /^tidegate_feature_age_seconds_bucket\{le="1800",view="tides"\} 1$/m);
    assert.match(told, /^tidegate_feature_age_seconds_bucket\{le="7200",view="tides"\} 2$/m);
    assert.match(told, /^tidegate_feature_age_seconds_sum\{view="tides"\} 7200$/m);
    assert.match(told, /^tidegate_feature_newest_event_timestamp_seconds\{view="tides"\} 1378036800$/m);
    assert.match(told, /^tidegate_features_as_of_timestamp_seconds\{view="tides"\} 1378040400$/m);
  });

  await t.test('a caller sends keys and request fields, not features; a key of a wrong type is refused', async () => {
    const feature = await post({ rows: [{ pier: 'A', day: '2013-09-01', depth: 1, wind__speed: 3 }] });
    const number = await post({ rows: [{ pier: 7, day: '2013-09-01', depth: 1 }] });
    const day = await post({ rows: [{ pier: 'A', day: 'Sunday', depth: 1 }] });
    const missing = await post({ rows: [{ pier: 'A', depth: 1 }] });

    assert.deepEqual([feature.status, feature.told.code], [400, 'TG-SERVING-FIELD-UNKNOWN']);
    assert.deepEqual([number.status, number.told.code], [400, 'TG-SERVING-TYPE']);
    assert.match(day.told.error ?? '', /"day" must be a date like "2013-09-01": found the text "Sunday"/);
    assert.match(missing.told.error ?? '', /the field "day" is missing/);
  });
});

test('a release with features does not start without an online store', async (t) => {
  const release = await makeRelease({ file: 'matrix.onnx', flavor: 'onnx', signature, features });
  t.after(release.remove);

  await assert.rejects(startServer(['--release', release.folder]), /TG-SERVING-FEATURES: Cannot look up the features of "harbour"/);
});

test('a field that the model takes as another type is found at the start, not at a request', async (t) => {
  const texts = { ...features, request: [{ name: 'depth', type: 'string' }] } as const;
  const release = await makeRelease({ file: 'matrix.onnx', flavor: 'onnx', signature, features: texts });
  t.after(release.remove);

  const found =
    /TG-SERVING-MODEL-INPUTS: Cannot serve the model: its input "depth" is of type float32, the feature service has it as string/;
  await assert.rejects(startServer(['--release', release.folder, '--online', join(release.folder, 'online.sqlite')]), found);
});

interface Told {
  readonly predictions?: readonly {
    readonly prediction: number | null;
    readonly features?: { readonly [column: string]: string };
    readonly ages?: { readonly [view: string]: number };
  }[];
  readonly code?: string;
  readonly error?: string;
}

async function serving(t: TestContext): Promise<{
  readonly post: (body: object) => Promise<{ readonly status: number; readonly told: Told }>;
  readonly metrics: () => Promise<string>;
}> {
  const folder = await mkdtemp(join(tmpdir(), 'tidegate-online-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const online = join(folder, 'online.sqlite');
  await fillStore(online);
  const release = await makeRelease({ file: 'matrix.onnx', flavor: 'onnx', signature, features });
  t.after(release.remove);
  const { address, kill } = await startServer(['--release', release.folder, '--online', online]);
  t.after(kill);
  const post = async (body: object): Promise<{ readonly status: number; readonly told: Told }> => {
    const answer = await fetch(`${address}/v1/predict`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { status: answer.status, told: JSON.parse(await answer.text()) };
  };
  return { post, metrics: async () => (await fetch(`${address}/metrics`)).text() };
}

async function fillStore(file: string): Promise<void> {
  const store = openSqliteOnlineStore(file);
  const pier = entityKeyCodec(features.keys.slice(0, 1));
  const tide = entityKeyCodec(features.keys);
  const [us, now] = [1_000, Date.now()];
  await store.write(wind, [
    { key: pier(['A']) ?? '', eventUs: noon * us, knownUs: noon * us, values: [5, null] },
    { key: pier(['now']) ?? '', eventUs: (now - hour / 2) * us, knownUs: (now - hour / 2) * us, values: [5, null] },
  ]);
  const high = { key: tide(['A', '2013-09-01']) ?? '', eventUs: noon * us, knownUs: noon * us, values: [4] };
  await store.replace(tides, one([high]), (noon + hour) * us);
  store.close();
}

async function* one<T>(value: T): AsyncGenerator<T> {
  yield value;
}

function assertClose(found: unknown, expected: number): void {
  assert.ok(typeof found === 'number' && Math.abs(found - expected) < 1e-5, `${String(found)} is not ${expected}`);
}
