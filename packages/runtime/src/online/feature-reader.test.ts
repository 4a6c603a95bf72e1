import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { digestOfHex, type FeatureServiceSpec } from '@tidegate/formats';
import { featureReader } from './feature-reader.ts';
import type { OnlineStore } from './online-store.ts';
import { openSqliteOnlineStore } from './sqlite-online-store.ts';

const weather = digestOfHex('1'.repeat(64));
const delays = digestOfHex('2'.repeat(64));
const hourMs = 3_600_000;

const spec: FeatureServiceSpec = {
  format: 'tidegate.feature-service/1',
  name: 'delay',
  version: digestOfHex('0'.repeat(64)),
  request: [],
  keys: [
    { name: 'origin', type: 'string' },
    { name: 'dest', type: 'string' },
    { name: 'tail', type: 'integer' },
  ],
  views: [
    { name: 'weather', version: weather, keys: ['origin'], features: [{ name: 'wind', type: 'number' }], ttlMs: hourMs },
    { name: 'weather_dest', version: weather, keys: ['dest'], features: [{ name: 'wind', type: 'number' }], ttlMs: hourMs },
    {
      name: 'delays',
      version: delays,
      keys: ['tail'],
      features: [
        { name: 'last', type: 'number' },
        { name: 'kind', type: 'string' },
      ],
      ttlMs: null,
    },
  ],
  columns: [],
  label: 'late',
};

function store(t: TestContext): OnlineStore {
  const path = mkdtempSync(join(tmpdir(), 'tidegate-reader-'));
  const opened = openSqliteOnlineStore(join(path, 'online.sqlite'));
  t.after(() => {
    opened.close();
    rmSync(path, { recursive: true });
  });
  return opened;
}

const us = (ms: number): number => ms * 1000;

test('each feature comes with its value and its status, each view with its age, in the order of the views', async (t) => {
  const online = store(t);
  await online.write(weather, [
    { key: '["sJFK"]', eventUs: us(5000), knownUs: us(6000), values: [7.5] },
    { key: '["sLAX"]', eventUs: us(5000), knownUs: us(6000), values: [Number.NaN] },
  ]);
  await online.write(delays, [{ key: '["i7"]', eventUs: us(1000), knownUs: us(1000), values: [null, 'NaN'] }]);

  const reader = featureReader(online, spec);
  const result = await reader.lookUp([{ origin: 'JFK', dest: 'LAX', tail: 7 }], [10_000]);

  assert.deepEqual(
    reader.columns.map((column) => column.name),
    ['weather__wind', 'weather_dest__wind', 'delays__last', 'delays__kind'],
  );
  assert.deepEqual(result.values, [[7.5], [Number.NaN], [null], ['NaN']]);
  assert.deepEqual(result.statuses, [['PRESENT'], ['PRESENT'], ['NULL_VALUE'], ['PRESENT']]);
  assert.deepEqual(
    [reader.views, result.agesMs],
    [
      ['weather', 'weather_dest', 'delays'],
      [[5000], [5000], [9000]],
    ],
  );
});

test('a value at exactly its time to live is present, a microsecond older is expired', async (t) => {
  const online = store(t);
  await online.write(weather, [
    { key: '["sJFK"]', eventUs: us(5000), knownUs: us(5000), values: [1] },
    { key: '["sEWR"]', eventUs: us(5000) - 1, knownUs: us(5000), values: [2] },
  ]);

  const rows = [
    { origin: 'JFK', dest: null, tail: null },
    { origin: 'EWR', dest: null, tail: null },
  ];
  const result = await featureReader(online, spec).lookUp(rows, [5000 + hourMs, 5000 + hourMs]);

  assert.deepEqual(result.statuses[0], ['PRESENT', 'OUTSIDE_MAX_AGE']);
  assert.deepEqual(result.values[0], [1, null]);
  assert.deepEqual(result.statuses[1], ['NOT_FOUND', 'NOT_FOUND']);
});

test('a value that happened or became known after the moment asked for is not found', async (t) => {
  const online = store(t);
  await online.write(weather, [
    { key: '["sJFK"]', eventUs: us(5000), knownUs: us(5000), values: [1] },
    { key: '["sEWR"]', eventUs: us(4000), knownUs: us(6000), values: [2] },
  ]);
  const rows = [
    { origin: 'JFK', dest: 'EWR', tail: 1 },
    { origin: 'JFK', dest: 'EWR', tail: 1 },
    { origin: 'JFK', dest: 'EWR', tail: 1 },
  ];

  const result = await featureReader(online, spec).lookUp(rows, [4999, 5000, 6000]);

  assert.deepEqual(result.statuses[0], ['NOT_FOUND', 'PRESENT', 'PRESENT']);
  assert.deepEqual(result.statuses[1], ['NOT_FOUND', 'NOT_FOUND', 'PRESENT']);
  assert.deepEqual(result.agesMs[1], [null, null, 2000]);
});

test('no rows give no values', async (t) => {
  const result = await featureReader(store(t), spec).lookUp([], []);

  assert.deepEqual(result.values, [[], [], [], []]);
});
