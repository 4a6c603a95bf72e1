import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type DatasetVersion, TidegateError } from '@tidegate/formats';
import { openEngine, quoteText, type Row } from '@tidegate/runtime';
import { computeSets, type ComputedSets } from './compute-sets.ts';
import type { ServiceDefinition, Split, ViewDefinition } from './definitions.ts';
import { leakEvidence } from './leak-evidence.ts';
import { storeDefinitions } from './meaning.ts';
import { makeDataset, makeTestRoom, type TestRoom } from './test-datasets.ts';
import { computeTestSet } from './test-set.ts';

const source = (sql: string) => ({ sql, what: 'the SQL', file: null });
const view = (sql: string, rest: Partial<ViewDefinition>): ViewDefinition => ({
  source: source(sql),
  keys: [],
  time: 'seen',
  known: null,
  ttlMs: null,
  lookbackMs: null,
  features: null,
  ...rest,
});
const service = (rest: Partial<ServiceDefinition>): ServiceDefinition => ({
  rows: source('SELECT * FROM asked'),
  id: 'id',
  time: 'time',
  label: 'label',
  labelKnown: null,
  request: [],
  keysAsFeatures: [],
  views: [],
  ...rest,
});
const fromStart: Split = { kind: 'from', time: '2020-01-02T00:00:00.000Z' };

interface Made extends ComputedSets {
  readonly train: readonly Row[];
  readonly test: readonly Row[];
  readonly bytes: readonly Buffer[];
}

async function make(
  room: TestRoom,
  definition: ServiceDefinition,
  given: { readonly datasets: readonly DatasetVersion[]; readonly split?: Split; readonly extra?: readonly string[] },
): Promise<Made> {
  const folder = join(room.folder, 'work');
  mkdirSync(folder, { recursive: true });
  const [train, test] = [join(folder, 'train.parquet'), join(folder, 'test.parquet')];
  const signal = new AbortController().signal;
  const known = given.datasets.map((version) => version.dataset);
  const sets = await computeSets({
    store: room.store,
    folder,
    name: 's',
    definition,
    extra: [],
    split: fromStart,
    known,
    train,
    test,
    signal,
    progress: () => {},
    ...given,
  });
  using engine = await openEngine({ threads: 1 });
  const rows = async (file: string): Promise<readonly Row[]> => engine.rows(`SELECT * FROM read_parquet(${quoteText(file)})`);
  return { ...sets, train: await rows(train), test: await rows(test), bytes: [readFileSync(train), readFileSync(test)] };
}

const hasCode = (code: string, message: RegExp) => (error: unknown) =>
  error instanceof TidegateError && error.diagnostics[0].code === code && message.test(error.diagnostics[0].message);

/** Every row twice in the training days, so that a training set is there, asked of the rows that matter on 2 January. */
const asked = (values: string): string => `
  SELECT id, time, * EXCLUDE (id, time), id % 2 AS label FROM (VALUES ${values}) t(id, a, b, time)
  UNION ALL SELECT -1, TIMESTAMP '2020-01-01', 0, 0, 1`;

test('keys whose concatenations are equal do not meet', async () => {
  using room = makeTestRoom();
  const datasets = [
    await makeDataset(room, 'asked', { select: asked("(1, 1, 11, TIMESTAMP '2020-01-02'), (2, 11, 1, TIMESTAMP '2020-01-02')") }),
    await makeDataset(room, 'facts', {
      select:
        "SELECT * FROM (VALUES (1, 11, TIMESTAMP '2020-01-01', 'of 1 and 11'), (11, 1, TIMESTAMP '2020-01-01', 'of 11 and 1')) t(a, b, seen, value)",
    }),
  ];

  const { test: rows } = await make(
    room,
    service({ views: [{ as: 'v', rowKeys: ['a', 'b'], view: view('FROM facts', { keys: ['a', 'b'] }) }] }),
    { datasets },
  );

  assert.deepEqual(
    rows.map((row) => row['v__value']),
    ['of 1 and 11', 'of 11 and 1'],
  );
});

test('a row whose only values are in the future or expired stays, with NULLs', async () => {
  using room = makeTestRoom();
  const datasets = [
    await makeDataset(room, 'asked', {
      select: asked(
        "(1, 1, 0, TIMESTAMP '2020-01-02'), (2, 2, 0, TIMESTAMP '2020-01-02'), (3, 3, 0, TIMESTAMP '2020-01-02'), (4, NULL, 0, TIMESTAMP '2020-01-02')",
      ),
    }),
    await makeDataset(room, 'facts', {
      select:
        "SELECT * FROM (VALUES (1, TIMESTAMP '2020-01-02 00:00:00.000001', 'future'), (2, TIMESTAMP '2019-12-31 23:59:59.999999', 'expired'), (3, TIMESTAMP '2020-01-01', 'in time')) t(a, seen, value)",
    }),
  ];
  const views = [{ as: 'v', rowKeys: ['a'], view: view('FROM facts', { keys: ['a'], ttlMs: 86_400_000 }) }];

  const made = await make(room, service({ views }), { datasets });

  assert.deepEqual(
    made.test.map((row) => [row['id'], row['v__value']]),
    [
      [1, null],
      [2, null],
      [3, 'in time'],
      [4, null],
    ],
  );
  const [numbers] = made.certificate.views;
  assert.deepEqual([numbers?.present, numbers?.expired, numbers?.missing, numbers?.maxAgeMs], [1, 1, 3, 86_400_000]);
});

test('rows that differ in the label or another key only are all kept, and ties do not multiply them', async () => {
  using room = makeTestRoom();
  const datasets = [
    await makeDataset(room, 'asked', {
      select: asked("(1, 1, 5, TIMESTAMP '2020-01-02'), (2, 1, 5, TIMESTAMP '2020-01-02'), (3, 1, 6, TIMESTAMP '2020-01-02')"),
    }),
    await makeDataset(room, 'facts', { select: "SELECT 1 AS a, TIMESTAMP '2020-01-01' AS seen, unnest([2, 3, 3, 1]) AS value" }),
  ];

  const made = await make(
    room,
    service({ request: ['b'], views: [{ as: 'v', rowKeys: ['a'], view: view('FROM facts', { keys: ['a'] }) }] }),
    { datasets },
  );

  assert.deepEqual(
    made.test.map((row) => [row['id'], row['b'], row['v__value'], row['label']]),
    [
      [1, 5, 3, 1],
      [2, 5, 3, 0],
      [3, 6, 3, 1],
    ],
  );
  assert.equal(made.certificate.views[0]?.tiesBroken, 3);
});

test('one view is joined twice under two names, and one without keys to every row', async () => {
  using room = makeTestRoom();
  const datasets = [
    await makeDataset(room, 'asked', { select: asked("(1, 1, 2, TIMESTAMP '2020-01-02')") }),
    await makeDataset(room, 'facts', {
      select: "SELECT * FROM (VALUES (1, TIMESTAMP '2020-01-01', 'one'), (2, TIMESTAMP '2020-01-01 12:00:00', 'two')) t(k, seen, value)",
    }),
  ];
  const facts = view('FROM facts', { keys: ['k'] });
  const newest = view('SELECT seen, value AS newest FROM facts', {});

  const made = await make(
    room,
    service({
      keysAsFeatures: ['a'],
      views: [
        { as: 'from_a', rowKeys: ['a'], view: facts },
        { as: 'from_b', rowKeys: ['b'], view: facts },
        { as: 'world', rowKeys: [], view: newest },
      ],
    }),
    { datasets },
  );

  assert.deepEqual(made.test, [
    { id: 1, time: '2020-01-02T00:00:00.000Z', a: 1, from_a__value: 'one', from_b__value: 'two', world__newest: 'two', label: 1 },
  ]);
  assert.deepEqual(
    made.spec.keys.map((key) => key.name),
    ['a', 'b'],
  );
  assert.equal(made.spec.views[0]?.version, made.spec.views[1]?.version);
  assert.notEqual(made.spec.views[0]?.version, made.spec.views[2]?.version);
});

const days = `SELECT i AS id, TIMESTAMP '2020-01-01' + INTERVAL (i) HOUR AS time, i % 3 AS a, 'x' || (i % 2) AS slice,
    CASE WHEN i % 10 = 9 THEN NULL ELSE i % 2 END AS label, TIMESTAMP '2020-01-01' + INTERVAL (i + 6) HOUR AS label_known, (hash(i) % 100) / 7 AS measure
  FROM range(100) t(i)`;

test('training rows are older than the test rows, and so is what they teach', async () => {
  using room = makeTestRoom();
  const datasets = [await makeDataset(room, 'asked', { select: days })];
  const split: Split = { kind: 'last-interval', interval: '1 day' };

  const made = await make(room, service({ request: ['a'], labelKnown: 'label_known' }), { datasets, split, extra: ['slice', 'a'] });

  // the newest row with a label is number 98: a day before it begins the test, six hours earlier ends what was known by then
  assert.deepEqual(made.window, { from: '2020-01-04T02:00:00.000Z', until: null });
  assert.deepEqual(
    [made.train.at(0)?.['id'], made.train.at(-1)?.['id'], made.test.at(0)?.['id'], made.test.at(-1)?.['id']],
    [0, 67, 74, 98],
  );
  assert.deepEqual(made.counts, { train: made.train.length, test: made.test.length, leftOut: { labelMissing: 10, labelNotYetKnown: 5 } });
  assert.deepEqual(Object.keys(made.test[0] ?? {}), ['id', 'time', 'a', 'label', 'slice']);
});

test('the last share of the rows by time is the test set', async () => {
  using room = makeTestRoom();
  const datasets = [await makeDataset(room, 'asked', { select: days })];

  const { counts } = await make(room, service({ request: ['a'] }), { datasets, split: { kind: 'last-share', share: 0.2 } });

  assert.deepEqual([counts.train, counts.test], [71, 19]);
});

test('the same input gives the same bytes, in the order of time and id', async () => {
  using room = makeTestRoom();
  const select = `SELECT i AS id, TIMESTAMP '2020-01-01' + INTERVAL (i // 5 % 3000) MINUTE AS time, hash(i)::DOUBLE / 3 AS x, i % 2 AS label FROM range(30000) t(i) ORDER BY hash(i)`;
  const datasets = [await makeDataset(room, 'asked', { select })];
  const mean = view('SELECT time AS seen, avg(x) AS mean, sum(x) AS total FROM asked GROUP BY time', {});
  const definition = service({ request: ['x'], views: [{ as: 'v', rowKeys: [], view: mean }] });

  const first = await make(room, definition, { datasets });
  const second = await make(room, definition, { datasets });

  assert.deepEqual(second.bytes, first.bytes);
  const order = first.train.map((row) => `${String(row['time'])} ${String(row['id']).padStart(6, '0')}`);
  assert.deepEqual(order, order.toSorted());
});

test('an older definition is computed again on newer data, on the rows of the same window', async () => {
  using room = makeTestRoom();
  const older = service({
    request: ['a'],
    views: [{ as: 'v', rowKeys: ['a'], view: view('SELECT a, time AS seen, measure FROM asked -- a remark', { keys: ['a'] }) }],
  });
  const { digest } = await storeDefinitions(room.store, older);
  const datasets = [await makeDataset(room, 'asked', { select: days })];
  const { window, test: current } = await make(room, service({ request: ['a'] }), { datasets });
  const [folder, output] = [join(room.folder, 'champion'), join(room.folder, 'champion', 'test.parquet')];

  const { rows, id } = await computeTestSet({
    store: room.store,
    definitions: digest,
    service: 's',
    datasets,
    window,
    folder,
    output,
    signal: new AbortController().signal,
  });

  using engine = await openEngine({ threads: 1 });
  const written = await engine.rows(`SELECT * FROM read_parquet(${quoteText(output)})`);
  assert.deepEqual([rows, id, Object.keys(written[0] ?? {})], [current.length, 'id', ['id', 'time', 'a', 'v__measure', 'label']]);
  assert.deepEqual(
    written.map((row) => row['id']),
    current.map((row) => row['id']),
  );
});

test('stale features are those of some time before, and what has expired by the time of the row is not used', async () => {
  using room = makeTestRoom();
  const facts = view('FROM facts', { keys: ['a'], ttlMs: 36 * 3_600_000 });
  const definition = service({ request: ['a'], views: [{ as: 'v', rowKeys: ['a'], view: facts }] });
  const { digest } = await storeDefinitions(room.store, definition);
  const datasets = [
    await makeDataset(room, 'asked', {
      select: asked("(1, 1, 0, TIMESTAMP '2020-01-02 12:00:00'), (2, 1, 0, TIMESTAMP '2020-01-04'), (3, 1, 0, TIMESTAMP '2020-01-05')"),
    }),
    await makeDataset(room, 'facts', {
      select: `SELECT * FROM (VALUES (1, TIMESTAMP '2020-01-01 06:00:00', 'first'), (1, TIMESTAMP '2020-01-02 06:00:00', 'second'), (1, TIMESTAMP '2020-01-04 23:00:00', 'third')) t(a, seen, value)`,
    }),
  ];
  const { window } = await make(room, definition, { datasets });
  const valuesAt = async (staleMs: number): Promise<readonly unknown[]> => {
    const output = join(room.folder, `${staleMs}`, 'test.parquet');
    const order = {
      store: room.store,
      definitions: digest,
      service: 's',
      datasets,
      window,
      staleMs,
      folder: join(room.folder, `${staleMs}`),
      output,
    };
    await computeTestSet({ ...order, signal: new AbortController().signal });
    using engine = await openEngine({ threads: 1 });
    return (await engine.rows(`SELECT * FROM read_parquet(${quoteText(output)}) ORDER BY id`)).map((row) => row['v__value']);
  };

  const [now, stale] = [await valuesAt(0), await valuesAt(12 * 3_600_000)];

  // the first row sees at 12:00 the value of the day before, 30 hours old; the last one one that is 66 hours old, which is too old
  assert.deepEqual(
    [now, stale],
    [
      ['second', null, 'third'],
      ['first', null, null],
    ],
  );
});

test('values that were known too late are counted', async () => {
  using room = makeTestRoom();
  const datasets = [
    await makeDataset(room, 'asked', {
      select: asked("(1, 1, 0, TIMESTAMP '2020-01-02'), (2, 1, 0, TIMESTAMP '2020-01-03'), (3, 1, 0, TIMESTAMP '2020-01-04')"),
    }),
    await makeDataset(room, 'facts', {
      select: `SELECT * FROM (VALUES (1, TIMESTAMP '2020-01-01', TIMESTAMP '2020-01-01', 'first'), (1, TIMESTAMP '2020-01-01', TIMESTAMP '2020-01-02 12:00:00', 'correction'),
        (1, TIMESTAMP '2020-01-03', TIMESTAMP '2020-01-05', 'late')) t(a, seen, known, value)`,
    }),
  ];

  const made = await make(
    room,
    service({ views: [{ as: 'v', rowKeys: ['a'], view: view('FROM facts', { keys: ['a'], known: 'known' }) }] }),
    { datasets },
  );

  assert.deepEqual(
    made.test.map((row) => row['v__value']),
    ['first', 'correction', 'correction'],
  );
  assert.deepEqual([made.certificate.views[0]?.excludedNotYetKnown, made.certificate.views[0]?.tiesBroken], [3, 2]);
});

test('what the replay finds is evidence that blocks; what nobody declared is said to be unmeasured', async () => {
  using room = makeTestRoom();
  const declared = [await makeDataset(room, 'asked', { select: days, knownAt: { label: 'label_known', measure: 'label_known' } })];
  const silent = [await makeDataset(room, 'asked', { select: days })];

  const leaky = leakEvidence(await make(room, service({ request: ['measure', 'a'] }), { datasets: declared }));
  const clean = leakEvidence(await make(room, service({ request: ['a'] }), { datasets: declared }));
  const unknown = leakEvidence(await make(room, service({ request: ['measure'] }), { datasets: silent }));

  assert.deepEqual(
    [...leaky, ...clean, ...unknown].map((one) => [one.kind, one.name, one.verdict, one.blocking, one.subject]),
    [
      ['leakage', 'leak.measure', 'invalid', true, 'features.s'],
      ['leakage', 'time-travel', 'pass', true, 'features.s'],
      ['leakage', 'time-travel', 'inconclusive', false, 'features.s'],
    ],
  );
  assert.match(
    leaky[0]?.reason ?? '',
    /^Feature "measure" is not known at prediction time: it comes out otherwise for \d+ of \d+ rows when computed only from what was known at 3 moments; it reads asked\.measure, known at asked\.label_known$/,
  );
});

const refused: readonly (readonly [string, Partial<ServiceDefinition>, string, RegExp])[] = [
  [
    'an id that two rows have',
    { rows: source('SELECT id // 2 AS id, time, a, label FROM asked') },
    'TG-FEATURES-ROWS',
    /50 of them have a "id" that another row has/,
  ],
  [
    'a row without a time',
    { rows: source('SELECT id, CASE WHEN id > 97 THEN NULL ELSE time END AS time, a, label FROM asked') },
    'TG-FEATURES-ROWS',
    /2 of them have no "time"/,
  ],
  ['a field that the SQL does not give', { request: ['aa'] }, 'TG-FEATURES-COLUMN', /Cannot find the column "aa"/],
  [
    'a time that is text',
    { rows: source('SELECT id, CAST(time AS VARCHAR) AS time, a, label FROM asked') },
    'TG-FEATURES-COLUMN',
    /as a time: it is VARCHAR/,
  ],
  ['a list as a field', { rows: source('SELECT id, time, [1] AS a, label FROM asked') }, 'TG-FEATURES-COLUMN', /it is INTEGER\[\]/],
  [
    'keys of different types',
    { views: [{ as: 'v', rowKeys: ['slice'], view: view('SELECT a, time AS seen, measure FROM asked', { keys: ['a'] }) }] },
    'TG-FEATURES-KEY-TYPE',
    /it is integer in the view and "slice" is string in the rows/,
  ],
  [
    'a key with a fraction',
    { views: [{ as: 'v', rowKeys: ['measure'], view: view('SELECT measure, time AS seen, a FROM asked', { keys: ['measure'] }) }] },
    'TG-FEATURES-COLUMN',
    /as a key: it is DOUBLE/,
  ],
  [
    'two columns of one name',
    {
      rows: source('SELECT *, 1 AS v__measure FROM asked'),
      request: ['v__measure'],
      views: [{ as: 'v', rowKeys: ['a'], view: view('SELECT a, time AS seen, measure FROM asked', { keys: ['a'] }) }],
    },
    'TG-FEATURES-COLUMN',
    /two columns are called "v__measure"/,
  ],
  [
    'SQL that fails on the data',
    { rows: source("SELECT id, time, CAST('x' || a AS INTEGER) AS a, label FROM asked") },
    'TG-FEATURES-SQL',
    /Could not convert string/,
  ],
  [
    'rows without a label',
    { rows: source('SELECT id, time, a, NULL::INTEGER AS label FROM asked') },
    'TG-FEATURES-SPLIT',
    /none of them has a label/,
  ],
  [
    'a view of keys and times only',
    { views: [{ as: 'v', rowKeys: ['a'], view: view('SELECT a, time AS seen FROM asked', { keys: ['a'] }) }] },
    'TG-FEATURES-COLUMN',
    /it has no column besides keys and times/,
  ],
];

test('what cannot be a set is refused, each with its reason', async (t) => {
  using room = makeTestRoom();
  const datasets = [await makeDataset(room, 'asked', { select: days })];
  for (const [what, rest, code, message] of refused)
    await t.test(what, async () => {
      await assert.rejects(make(room, service({ request: ['a'], ...rest }), { datasets }), hasCode(code, message));
    });
});

test('a split that leaves no training rows is refused', async () => {
  using room = makeTestRoom();
  const datasets = [await makeDataset(room, 'asked', { select: days })];

  await assert.rejects(
    make(room, service({ request: ['a'] }), { datasets, split: { kind: 'from', time: '2019-01-01T00:00:00.000Z' } }),
    hasCode('TG-FEATURES-SPLIT', /Cannot make the training set/),
  );
  await assert.rejects(
    make(room, service({ request: ['a'] }), { datasets, split: { kind: 'from', time: '2021-01-01T00:00:00.000Z' } }),
    hasCode('TG-FEATURES-SPLIT', /Cannot make the test set/),
  );
});
