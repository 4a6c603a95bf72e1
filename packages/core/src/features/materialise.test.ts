import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { DatasetVersion } from '@tidegate/formats';
import { featureReader, type OnlineStore, openSqliteOnlineStore } from '@tidegate/runtime';
import fc from 'fast-check';
import type { ServiceDefinition } from './definitions.ts';
import { joinService } from './joined-rows.ts';
import { type MaterialiseOrder, materialise } from './materialise.ts';
import { openService } from './open-service.ts';
import { makeDataset, makeTestRoom, type TestRoom } from './test-datasets.ts';

const source = (sql: string) => ({ sql, what: 'the SQL', file: null });
const start = Date.UTC(2013, 0, 1);
const instant = (ms: number | null): string => (ms === null ? 'NULL::TIMESTAMP' : `TIMESTAMP '2013-01-01' + INTERVAL (${ms}) MILLISECOND`);
const literal = (value: number | string | null, type: string): string => (value === null ? `NULL::${type}` : `'${value}'::${type}`);

interface Event {
  readonly key: string | null;
  readonly part: number | null;
  readonly event: number | null;
  readonly known: number | null;
  readonly value: number | null;
  readonly kind: string | null;
}

/** Independent histories: each has an entity of its own, so that one computation tests them all. */
interface Histories {
  readonly events: readonly (readonly Event[])[];
  readonly at: number;
  readonly ttl: number | null;
  readonly hasKnown: boolean;
}

const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(value, { freq: 8 });
const time = fc.integer({ min: 0, max: 8 });
const event: fc.Arbitrary<Event> = fc.record({
  key: maybe(fc.constantFrom('a', '1')),
  part: maybe(fc.constantFrom(1, 11)),
  event: maybe(time),
  known: maybe(time),
  value: maybe(fc.constantFrom(0, 1, 2.5, Number.NaN, Number.POSITIVE_INFINITY)),
  kind: maybe(fc.constantFrom('', 'x', 'NaN')),
});
const histories: fc.Arbitrary<Histories> = fc.record({
  events: fc.array(fc.array(event, { maxLength: 20, size: 'max' }), { minLength: 40, maxLength: 40 }),
  at: time,
  ttl: fc.constantFrom(null, 1, 3),
  hasKnown: fc.boolean(),
});

const rowKeys = ['story', 'key', 'part'];
const entities = [0, 1, 2, 3].map((index) => ({ key: index < 2 ? 'a' : '1', part: index % 2 === 0 ? 1 : 11 }));

function definition(ttlMs: number | null, known: string | null): ServiceDefinition {
  const view = {
    source: source('SELECT * FROM events'),
    keys: rowKeys,
    time: 'event',
    known,
    ttlMs,
    lookbackMs: null,
    features: ['value', 'kind'],
  };
  const rows = source('SELECT id, story, key, part, time, label FROM asked');
  return {
    rows,
    id: 'id',
    time: 'time',
    label: 'label',
    labelKnown: null,
    request: [],
    keysAsFeatures: [],
    views: [{ as: 'v', rowKeys, view }],
  };
}

async function datasetsOf(room: TestRoom, { events, at }: Histories): Promise<readonly DatasetVersion[]> {
  const columns = (one: Event): string =>
    [
      literal(one.key, 'VARCHAR'),
      literal(one.part, 'INTEGER'),
      instant(one.event),
      instant(one.known),
      literal(one.value, 'DOUBLE'),
      literal(one.kind, 'VARCHAR'),
    ].join(', ');
  const none: Event = { key: null, part: null, event: null, known: null, value: null, kind: null };
  const rows = events.flatMap((story, index) => [none, ...story].map((one) => `(${index}, ${columns(one)})`));
  const asked = events.flatMap((_, story) =>
    entities.map(({ key, part }, index) => `(${story * entities.length + index}, ${story}, '${key}', ${part}, ${instant(at)}, 1)`),
  );
  return [
    await makeDataset(room, 'events', {
      select: `SELECT * FROM (VALUES ${rows.join(', ')}) t(story, key, part, event, known, value, kind)`,
    }),
    await makeDataset(room, 'asked', { select: `SELECT * FROM (VALUES ${asked.join(', ')}) t(id, story, key, part, time, label)` }),
  ];
}

const signal = new AbortController().signal;
const orderOf = (
  room: TestRoom,
  online: OnlineStore,
  rest: Pick<MaterialiseOrder, 'definition' | 'datasets' | 'atMs'>,
): MaterialiseOrder => ({
  store: room.store,
  online,
  service: 's',
  known: [],
  folder: join(room.folder, 'work'),
  signal,
  ...rest,
});

/** What the join finds, and what a look-up after materialising finds, for every entity of every history. */
async function bothWays(
  room: TestRoom,
  told: Histories,
): Promise<{ readonly offline: readonly unknown[]; readonly online: readonly unknown[] }> {
  const service = definition(told.ttl, told.hasKnown ? 'known' : null);
  const datasets = await datasetsOf(room, told);
  const place = { store: room.store, folder: room.folder, spill: join(room.folder, 'spill'), signal: new AbortController().signal };
  using open = await openService({ room: place, name: 's', definition: service, extra: [], datasets, known: [] });
  await joinService(open.engine, open.service);
  const joined = await open.engine.rows(
    'SELECT value_0_0, value_0_1, used_0, event_0 IS NOT NULL AS found FROM work.joined ORDER BY column_0',
  );
  const number = (value: unknown): unknown => (value === 'NaN' || value === 'Infinity' ? Number(value) : value);
  const offline = joined.map((row) => [
    number(row['value_0_0']),
    row['value_0_1'],
    row['used_0'] === true ? 'used' : row['found'] === true ? 'expired' : 'missing',
  ]);

  const store = openSqliteOnlineStore(join(room.folder, `online-${datasets[0]?.tree.slice(-12)}-${told.ttl}-${told.hasKnown}.sqlite`));
  const atMs = start + told.at;
  await materialise(orderOf(room, store, { definition: service, datasets, atMs }));
  const rows = told.events.flatMap((_, story) => entities.map((entity) => ({ story, ...entity })));
  const found = await featureReader(store, open.service.spec).lookUp(
    rows,
    rows.map(() => atMs),
  );
  store.close();
  const kinds = { PRESENT: 'used', NULL_VALUE: 'used', OUTSIDE_MAX_AGE: 'expired', NOT_FOUND: 'missing' } as const;
  const online = rows.map((_, row) => [found.values[0]?.[row], found.values[1]?.[row], kinds[found.statuses[0]?.[row] ?? 'NOT_FOUND']]);
  return { offline, online };
}

test('a look-up after materialising at a moment finds what the point-in-time join finds at that moment', async () => {
  using room = makeTestRoom();

  await fc.assert(
    fc.asyncProperty(histories, async (told) => {
      const { offline, online } = await bothWays(room, told);

      assert.deepEqual(online, offline);
    }),
    { numRuns: 6, endOnFailure: true },
  );
});

const manyEvents = `SELECT 1 AS story, 'k' || i AS key, 1 AS part, TIMESTAMP '2013-01-01' AS event, NULL::TIMESTAMP AS known, i::DOUBLE AS value, 'x' AS kind FROM range(25000) t(i)`;
const oneRow = "SELECT 1 AS id, 1 AS story, 'k' AS key, 1 AS part, TIMESTAMP '2013-01-01' AS time, 1 AS label";

test('entities beyond one batch are all stored, doing it again changes nothing, an earlier moment is refused', async () => {
  using room = makeTestRoom();
  const datasets = [await makeDataset(room, 'events', { select: manyEvents }), await makeDataset(room, 'asked', { select: oneRow })];
  const store = openSqliteOnlineStore(join(room.folder, 'online.sqlite'));
  const order = orderOf(room, store, { definition: definition(null, null), datasets, atMs: start });

  const [first] = await materialise(order);
  const before = await store.views();
  const [again] = await materialise(order);
  const [earlier] = await materialise({ ...order, atMs: start - 1 });

  assert.deepEqual([first?.keys, first?.written, again?.written, earlier?.written], [25_000, true, true, false]);
  assert.deepEqual(await store.views(), before);
  const [row] = await store.read(first?.version ?? assert.fail(), ['["i1","sk24999","i1"]']);
  assert.deepEqual(row?.values, [24_999, 'x']);
  store.close();
});
