import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { DatasetVersion } from '@tidegate/formats';
import type { JoinedView, ServiceDefinition, ViewDefinition } from './definitions.ts';
import { openService } from './open-service.ts';
import { type Replay, replay } from './replay.ts';
import { rowsQuery, viewQuery } from './replay-query.ts';
import { makeDataset, makeTestRoom, type TestRoom } from './test-datasets.ts';

/** Trips: planned long before, each begun and ended some time after, one in twenty never; and readings of a sensor. */
const trips = `
  SELECT i AS id, 'd' || (i % 7) AS driver, i % 5 AS route,
    TIMESTAMP '2020-01-01' + INTERVAL (i * 10) MINUTE AS planned,
    CASE WHEN i % 20 <> 0 THEN TIMESTAMP '2020-01-01' + INTERVAL (i * 10 + hash(i) % 30) MINUTE END AS began,
    CASE WHEN i % 20 <> 0 THEN TIMESTAMP '2020-01-01' + INTERVAL (i * 10 + 45 + hash(i) % 90) MINUTE END AS ended,
    CASE WHEN i % 20 <> 0 THEN (hash(i * 3) % 60)::INTEGER - 10 END AS late_by,
    CASE WHEN i % 20 <> 0 THEN (ARRAY['dry', 'wet', 'ice'])[1 + (hash(i * 5) % 3)::INTEGER] END AS road
  FROM range(1500) t(i)`;
const readings = `
  SELECT i % 5 AS route, TIMESTAMP '2020-01-01' + INTERVAL (i * 20) MINUTE AS measured,
    TIMESTAMP '2020-01-01' + INTERVAL (i * 20 + 35) MINUTE AS published, (hash(i) % 40)::DOUBLE AS heat
  FROM range(800) t(i)`;

const source = (sql: string, what: string) => ({ sql, what, file: null });
const knownAt = (time: string, ...columns: string[]) => Object.fromEntries(columns.map((column) => [column, time]));

async function datasets(room: TestRoom): Promise<readonly DatasetVersion[]> {
  return [
    await makeDataset(room, 'trips', {
      select: trips,
      knownAt: { ...knownAt('began', 'began'), ...knownAt('ended', 'ended', 'late_by', 'road') },
    }),
    await makeDataset(room, 'readings', { select: readings, knownAt: knownAt('published', 'route', 'measured', 'published', 'heat') }),
  ];
}

interface Case {
  /** SELECT list and the rest of the rows, besides id, planned as time and label. */
  readonly rows?: string;
  readonly request?: readonly string[];
  readonly time?: string;
  readonly view?: { readonly sql: string; readonly keys: readonly string[]; readonly time: string; readonly known?: string };
}

function serviceOf({ rows, request = [], time = 'planned', view }: Case): ServiceDefinition {
  const definition: ViewDefinition | null =
    view === undefined
      ? null
      : {
          source: source(view.sql, 'view "v"'),
          keys: view.keys,
          time: view.time,
          known: view.known ?? null,
          ttlMs: null,
          lookbackMs: null,
          features: null,
        };
  const joins: readonly JoinedView[] = definition === null ? [] : [{ as: 'v', rowKeys: definition.keys, view: definition }];
  return {
    rows: source(rows ?? `SELECT id, planned, driver, route, late_by > 15 AS late FROM trips`, 'the rows'),
    id: 'id',
    time,
    label: 'late',
    labelKnown: null,
    request: request.length === 0 && joins.length === 0 ? ['route'] : request,
    keysAsFeatures: [],
    views: joins,
  };
}

async function replayed(told: Case, given?: readonly DatasetVersion[], room?: TestRoom): Promise<Replay> {
  using own = room === undefined ? makeTestRoom() : null;
  const at = room ?? own ?? assert.fail();
  const versions = given ?? (await datasets(at));
  const place = { store: at.store, folder: at.folder, spill: join(at.folder, 'spill'), signal: new AbortController().signal };
  using open = await openService({ room: place, name: 's', definition: serviceOf(told), extra: [], datasets: versions, known: [] });
  const rows = rowsQuery(open.service, open.rowsRead);
  const views = open.service.views.map((view, index) => viewQuery(view, index, open.viewsRead[index] ?? []));
  return await replay(open.engine, {
    datasets: versions,
    rows,
    queries: [rows, ...views],
    signal: new AbortController().signal,
    progress: () => {},
  });
}

const honest: readonly (readonly [string, Case])[] = [
  ['the plan alone', {}],
  [
    'rows chosen by whether they have a label',
    { rows: 'SELECT id, planned, route, late_by > 15 AS late FROM trips WHERE late_by IS NOT NULL' },
  ],
  [
    'rows chosen by what came of them',
    { rows: "SELECT id, planned, route, late_by > 15 AS late FROM trips WHERE late_by < 30 AND road <> 'ice'" },
  ],
  [
    'the past of the same driver, as far as it was known',
    {
      rows: `SELECT t.id, t.planned, t.route, any_value(t.late_by > 15) AS late, avg(p.late_by) AS before, max(p.ended) AS last_end
        FROM trips t LEFT JOIN trips p ON p.driver = t.driver AND p.ended <= t.planned GROUP BY ALL`,
      request: ['route', 'before', 'last_end'],
    },
  ],
  [
    'how many trips are planned in the next hour',
    {
      rows: `SELECT id, planned, late_by > 15 AS late, count(*) OVER (ORDER BY planned RANGE BETWEEN CURRENT ROW AND INTERVAL 1 HOUR FOLLOWING) AS coming FROM trips`,
      request: ['coming'],
    },
  ],
  [
    'a mean over the last day by when it ended',
    {
      view: {
        keys: ['driver'],
        time: 'ended',
        sql: `SELECT driver, ended, avg(late_by) OVER (PARTITION BY driver ORDER BY ended RANGE BETWEEN INTERVAL 1 DAY PRECEDING AND CURRENT ROW) AS mean FROM trips`,
      },
    },
  ],
  [
    'a value of the plan, known when it ended',
    {
      view: { keys: ['driver'], time: 'planned', known: 'ended', sql: 'SELECT driver, planned, ended, late_by, road FROM trips' },
    },
  ],
  [
    'a reading, known when it was published',
    {
      view: {
        keys: ['route'],
        time: 'measured',
        known: 'published',
        sql: 'SELECT route, measured, published, heat, heat * 1.8 + 32 AS fahrenheit FROM readings',
      },
    },
  ],
  [
    'two readings back',
    {
      view: {
        keys: ['route'],
        time: 'published',
        sql: 'SELECT route, published, lag(heat, 2) OVER (PARTITION BY route ORDER BY published) AS before, count(*) OVER (PARTITION BY route ORDER BY published) AS readings FROM readings',
      },
    },
  ],
];

test('the replay finds nothing in what does not look ahead', async (t) => {
  using room = makeTestRoom();
  const versions = await datasets(room);
  for (const [what, told] of honest)
    await t.test(what, async () => {
      const { leaks, unstable, probedAt, probedRows } = await replayed(told, versions, room);

      assert.deepEqual({ leaks, unstable }, { leaks: [], unstable: [] });
      assert.equal(probedAt.length, 3);
      assert.ok(probedRows > 500);
    });
});

const leaky: readonly (readonly [string, Case, readonly (readonly [string, string])[]])[] = [
  [
    'what came of it as a field',
    { rows: 'SELECT id, planned, late_by > 15 AS late, late_by FROM trips', request: ['late_by'] },
    [['late_by', 'trips.late_by']],
  ],
  [
    'what came of it as a field, of rows that have a label',
    {
      rows: 'SELECT id, planned, late_by > 15 AS late, late_by FROM trips WHERE late_by IS NOT NULL AND ended IS NOT NULL',
      request: ['late_by'],
    },
    [['late_by', 'trips.late_by']],
  ],
  [
    'a text that is known later',
    { rows: 'SELECT id, planned, late_by > 15 AS late, upper(road) AS surface FROM trips WHERE road IS NOT NULL', request: ['surface'] },
    [['surface', 'trips.road']],
  ],
  [
    'how long it took',
    {
      rows: 'SELECT id, planned, late_by > 15 AS late, epoch(ended - planned) AS took FROM trips WHERE ended IS NOT NULL',
      request: ['took'],
    },
    [['took', 'trips.ended']],
  ],
  [
    'a mean of all trips of the route',
    { rows: 'SELECT id, planned, late_by > 15 AS late, avg(late_by) OVER (PARTITION BY route) AS mean FROM trips', request: ['mean'] },
    [['mean', 'trips.late_by']],
  ],
  [
    'a time of the row that is known later',
    {
      rows: 'SELECT id, began - INTERVAL 5 MINUTE AS asked, route, late_by > 15 AS late FROM trips WHERE began IS NOT NULL',
      time: 'asked',
    },
    [['asked', 'trips.began']],
  ],
  [
    'a key that is known later',
    {
      rows: `SELECT id, planned, CASE WHEN late_by > 30 THEN 'd0' ELSE driver END AS driver, late_by > 15 AS late FROM trips WHERE late_by IS NOT NULL`,
      view: { keys: ['driver'], time: 'ended', sql: 'SELECT driver, ended, late_by FROM trips' },
    },
    [['driver', 'trips.late_by']],
  ],
  [
    'a view of what is known later than it says',
    { view: { keys: ['driver'], time: 'planned', sql: 'SELECT driver, planned, late_by FROM trips' } },
    [['v__late_by', 'trips.late_by']],
  ],
  [
    'a view whose rows tell by being there',
    { view: { keys: ['driver'], time: 'planned', sql: 'SELECT driver, planned, route FROM trips WHERE late_by > 15' } },
    [['v', 'trips.late_by']],
  ],
  [
    'a view that looks at the next trips',
    {
      view: {
        keys: ['driver'],
        time: 'ended',
        sql: 'SELECT driver, ended, avg(late_by) OVER (PARTITION BY driver ORDER BY ended, id ROWS BETWEEN 2 PRECEDING AND 2 FOLLOWING) AS mean FROM trips',
      },
    },
    [['v__mean', 'trips.ended']],
  ],
  [
    'a view that counts all readings',
    {
      view: {
        keys: ['route'],
        time: 'published',
        sql: 'SELECT route, published, count(*) OVER (PARTITION BY route) AS readings FROM readings',
      },
    },
    [['v__readings', 'readings.route']],
  ],
  [
    'a reading before it was published',
    { view: { keys: ['route'], time: 'measured', sql: 'SELECT route, measured, heat FROM readings' } },
    [['v', 'readings.route']],
  ],
];

test('the replay finds what looks ahead, and what it reads', async (t) => {
  using room = makeTestRoom();
  const versions = await datasets(room);
  for (const [what, told, expected] of leaky)
    await t.test(what, async () => {
      const { leaks } = await replayed(told, versions, room);

      assert.deepEqual(
        leaks.map(({ column, source: from }) => [column, from]),
        expected,
      );
      for (const { rowsDiffering, rowsCompared } of leaks)
        assert.ok(rowsDiffering > 0 && rowsDiffering <= rowsCompared, `${rowsDiffering} of ${rowsCompared}`);
    });
});

test('a field known only later differs for most of the rows asked for just then', async () => {
  const { leaks } = await replayed({
    rows: 'SELECT id, planned, late_by > 15 AS late, late_by FROM trips WHERE late_by IS NOT NULL',
    request: ['late_by'],
  });

  assert.equal(leaks[0]?.knownAt, 'trips.ended');
  assert.equal(leaks[0]?.rowsCompared, 900);
});

/** Forty events a minute: which of them comes first is up to the engine. */
const ties = `SELECT i AS id, TIMESTAMP '2020-01-01' + INTERVAL (i // 40) MINUTE AS happened, hash(i) % 1000 AS value, 'x' AS k FROM range(60000) t(i)`;

for (const [what, neighbour, expected] of [
  ['what does not look ahead but depends on the order of rows that tie is no leak', 'lag', []],
  ['what depends on the order of rows that tie and differs cannot be judged', 'lead', ['v__beside']],
] as const) {
  test(what, async () => {
    using room = makeTestRoom();
    const events = await makeDataset(room, 'trips', { select: ties, knownAt: knownAt('happened', 'happened', 'value') });

    const { leaks, unstable } = await replayed(
      {
        rows: "SELECT id, TIMESTAMP '2020-01-01' + INTERVAL (id // 40) MINUTE AS planned, 'x' AS k, value > 500 AS late FROM trips",
        view: {
          keys: ['k'],
          time: 'happened',
          sql: `SELECT k, happened, ${neighbour}(value) OVER (ORDER BY happened) AS beside FROM trips WHERE value IS NOT NULL`,
        },
      },
      [events],
      room,
    );

    assert.deepEqual(leaks, []);
    // the engine may or may not keep the order of ties; that must not make a leak of it
    const columns = unstable.map((one) => one.column);
    assert.deepEqual(neighbour === 'lag' ? columns.filter((column) => column !== 'v__beside') : columns, expected);
  });
}

test('without a word on when values become known nothing is probed', async () => {
  using room = makeTestRoom();
  const plain = [await makeDataset(room, 'trips', { select: trips })];

  const found = await replayed({ rows: 'SELECT id, planned, late_by > 15 AS late, late_by FROM trips', request: ['late_by'] }, plain, room);

  assert.deepEqual(found, { probedAt: [], probedRows: 0, leaks: [], unstable: [] });
});
