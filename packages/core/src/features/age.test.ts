import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { featureReader, type FeatureStatus, openSqliteOnlineStore } from '@tidegate/runtime';
import type { ServiceDefinition } from './definitions.ts';
import { joinService } from './joined-rows.ts';
import { materialise } from './materialise.ts';
import { openService } from './open-service.ts';
import { makeDataset, makeTestRoom } from './test-datasets.ts';

const hourUs = 3_600_000_000;
const ttlMs = 3 * 3_600_000;
const atMs = Date.UTC(2013, 8, 1, 12);

interface AgeCase {
  readonly name: string;
  /** Microseconds before the moment asked for at which each value happened and became known; the value is its place in the list. */
  readonly values: readonly { readonly eventAgo: number; readonly knownAgo?: number }[];
  readonly offline: FeatureStatus;
  readonly online: FeatureStatus;
}

/** The one table by which a training set and a look-up are told apart, were they ever different. */
const cases: readonly AgeCase[] = [
  { name: 'of this very moment', values: [{ eventAgo: 0 }], offline: 'PRESENT', online: 'PRESENT' },
  { name: 'a microsecond later', values: [{ eventAgo: -1 }], offline: 'NOT_FOUND', online: 'NOT_FOUND' },
  { name: 'known at this very moment', values: [{ eventAgo: hourUs, knownAgo: 0 }], offline: 'PRESENT', online: 'PRESENT' },
  { name: 'known a microsecond later', values: [{ eventAgo: hourUs, knownAgo: -1 }], offline: 'NOT_FOUND', online: 'NOT_FOUND' },
  { name: 'exactly the time to live old', values: [{ eventAgo: 3 * hourUs }], offline: 'PRESENT', online: 'PRESENT' },
  {
    name: 'a microsecond older than the time to live',
    values: [{ eventAgo: 3 * hourUs + 1 }],
    offline: 'OUTSIDE_MAX_AGE',
    online: 'OUTSIDE_MAX_AGE',
  },
  {
    name: 'a microsecond too old, and known late',
    values: [{ eventAgo: 3 * hourUs + 1, knownAgo: hourUs }],
    offline: 'OUTSIDE_MAX_AGE',
    online: 'OUTSIDE_MAX_AGE',
  },
  { name: 'not there', values: [], offline: 'NOT_FOUND', online: 'NOT_FOUND' },
  // the store holds the newest value only, and says nothing rather than something that is not known yet
  {
    name: 'with a newer value than asked for',
    values: [{ eventAgo: hourUs }, { eventAgo: -hourUs }],
    offline: 'PRESENT',
    online: 'NOT_FOUND',
  },
];

const source = (sql: string) => ({ sql, what: 'the SQL', file: null });
const definition: ServiceDefinition = {
  rows: source('SELECT * FROM asked'),
  id: 'id',
  time: 'time',
  label: 'label',
  labelKnown: null,
  request: [],
  keysAsFeatures: [],
  views: [
    {
      as: 'v',
      rowKeys: ['id'],
      view: {
        source: source('SELECT * FROM events'),
        keys: ['id'],
        time: 'event',
        known: 'known',
        ttlMs,
        lookbackMs: null,
        features: ['value'],
      },
    },
  ],
};

test('a value is as old for a training set as for a look-up, to the microsecond', async () => {
  using room = makeTestRoom();
  const time = (ago: number): string => `make_timestamp(${atMs * 1000 - ago})`;
  const events = cases.flatMap(({ values }, id) =>
    values.map(({ eventAgo, knownAgo = eventAgo }, value) => `(${id}, ${time(eventAgo)}, ${time(knownAgo)}, ${value})`),
  );
  const datasets = [
    await makeDataset(room, 'events', { select: `SELECT * FROM (VALUES ${events.join(', ')}) t(id, event, known, value)` }),
    await makeDataset(room, 'asked', {
      select: `SELECT i::INTEGER AS id, ${time(0)} AS time, 1 AS label FROM range(${cases.length}) t(i)`,
    }),
  ];
  const { signal } = new AbortController();
  const place = { store: room.store, folder: room.folder, spill: join(room.folder, 'spill'), signal };
  using open = await openService({ room: place, name: 's', definition, extra: [], datasets, known: [] });
  await joinService(open.engine, open.service);
  const joined = await open.engine.rows('SELECT used_0, event_0 IS NOT NULL AS found FROM work.joined ORDER BY column_0');
  const online = openSqliteOnlineStore(join(room.folder, 'online.sqlite'));
  const order = { store: room.store, online, service: 's', definition, datasets, known: [], folder: join(room.folder, 'work'), signal };
  // everything that is there, as a store that was refreshed after the moment asked for has it
  await materialise({ ...order, atMs: atMs + 24 * 3_600_000 });

  const found = await featureReader(online, open.service.spec).lookUp(
    cases.map((_, id) => ({ id })),
    cases.map(() => atMs),
  );
  online.close();

  const offline = joined.map((row): FeatureStatus =>
    row['used_0'] === true ? 'PRESENT' : row['found'] === true ? 'OUTSIDE_MAX_AGE' : 'NOT_FOUND',
  );
  const told = cases.map(({ name }, index) => ({ name, offline: offline[index], online: found.statuses[0]?.[index] }));
  assert.deepEqual(
    told,
    cases.map(({ name, offline: wanted, online: looked }) => ({ name, offline: wanted, online: looked })),
  );
});
