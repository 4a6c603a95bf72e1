import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type Json, TidegateError } from '@tidegate/formats';
import { openEngine, quoteText } from '@tidegate/runtime';
import { refreshFeatures } from './feature-refresh.ts';
import { pushRows } from './push-rows.ts';
import { makeTestProject, type TestProject, unattended } from '../test-project.ts';
import { shop } from '../test-shop.ts';

const nowMs = Date.UTC(2024, 0, 2, 12);
const { signal } = unattended;
const contract = `apiVersion: v3.1.0
kind: DataContract
id: weather
version: 1.0.0
status: active
schema:
  - name: weather
    properties:
      - { name: town, logicalType: string, required: true }
      - { name: moment, logicalType: timestamp, required: true }
      - { name: rain, logicalType: integer, logicalTypeOptions: { minimum: 0, maximum: 9 } }
`;

/** The shop, with its weather as Parquet that takes pushed rows. */
async function shopWithPush(t: TestContext): Promise<TestProject> {
  const files = shop();
  const settings = (files['tidegate.yaml'] ?? '').replace(
    'weather: { from: { files: data/weather.csv } }',
    'weather: { from: { files: [data/weather/*.parquet, data/weather/pushed/*.parquet] }, time: moment, push: data/weather/pushed, contract: weather.odcs.yaml }',
  );
  const made = makeTestProject(t, { ...files, 'tidegate.yaml': settings, 'weather.odcs.yaml': contract, 'data/weather/.keep': '' });
  using engine = await openEngine({ threads: 1 });
  const [csv, parquet] = ['data/weather.csv', 'data/weather/first.parquet'].map((path) => quoteText(join(made.root, path)));
  await engine.run(
    `COPY (SELECT town, moment::TIMESTAMP AS moment, rain::INTEGER AS rain FROM read_csv(${csv})) TO ${parquet} (FORMAT parquet)`,
  );
  await made.run({ only: ['data.orders', 'data.weather'] });
  return made;
}

async function pushed(made: TestProject): Promise<readonly unknown[]> {
  using engine = await openEngine({ threads: 1 });
  const rows = await engine.rows(`SELECT * FROM read_parquet(${quoteText(join(made.root, 'data/weather/pushed/*.parquet'))}) ORDER BY ALL`);
  return rows.map((row) => Object.values(row));
}

test('rows that are pushed are rows of the dataset, and those it cannot take are rejected with the reason', async (t) => {
  const made = await shopWithPush(t);
  using project = await made.open();
  const rows: readonly Json[] = [
    { town: 'Ulm', moment: '2024-01-02T11:00:00Z', rain: 7 },
    { town: 'Ulm', moment: '2024-01-02T11:30:00Z', rian: 7 },
    { town: 'Bonn', moment: '2024-01-02T12:30:00+01:00', rain: null },
    { town: 'Ulm', moment: '2024-01-02T11:30:00Z', rain: '7' },
    { town: null, moment: '2024-01-02T11:30:00Z' },
    { town: 'Ulm', moment: '2024-02-30T11:30:00Z', rain: 1 },
    { town: 'Ulm', moment: '2024-01-02 11:30', rain: 5_000_000_000 },
    { town: 'Ulm', moment: '2024-01-02T11:40:00Z', rain: 12 },
    'no row',
    { town: 'Jena', moment: '2024-01-02 11:50' },
  ];
  await refreshFeatures(project, { nowMs, signal });

  const result = await pushRows(project, { dataset: 'weather', rows, nowMs });
  const refreshed = await refreshFeatures(project, { nowMs, signal });

  assert.deepEqual(result, {
    accepted: 3,
    repeated: false,
    file: 'data/weather/pushed/pushed-2024-01-02.parquet',
    rejected: [
      { index: 1, reason: 'There is no column "rian"; did you mean "rain"?' },
      { index: 3, reason: 'The column "rain" takes whole numbers (text beyond 2^53), found "7"' },
      { index: 4, reason: 'The column "town" must have a value' },
      { index: 5, reason: 'The column "moment" is TIMESTAMP, which cannot hold "2024-02-30T11:30:00Z"' },
      { index: 6, reason: 'The column "rain" is INTEGER, which cannot hold "5000000000"' },
      { index: 7, reason: 'It breaks a check of the data contract: rain is at most 9' },
      { index: 8, reason: 'A row must be an object of columns' },
    ],
  });
  assert.deepEqual(await pushed(made), [
    ['Bonn', '2024-01-02T11:30:00.000Z', null],
    ['Jena', '2024-01-02T11:50:00.000Z', null],
    ['Ulm', '2024-01-02T11:00:00.000Z', 7],
  ]);
  assert.deepEqual(
    refreshed.views.map(({ keys, computed, reason }) => [keys, computed, reason]),
    [[3, 'everything', 'the view does not say how far back it looks']],
  );
});

test('a batch that comes twice under one name is added once, on whatever day', async (t) => {
  const made = await shopWithPush(t);
  using project = await made.open();
  const rows = [{ town: 'Ulm', moment: '2024-01-02T11:00:00Z', rain: 7 }];
  const push = (more: { readonly batch?: string; readonly day?: number }): ReturnType<typeof pushRows> =>
    pushRows(project, { dataset: 'weather', rows, nowMs: nowMs + (more.day ?? 0) * 86_400_000, batch: more.batch ?? null });

  const results = [
    await push({ batch: 'a' }),
    await push({ batch: 'a' }),
    await push({ batch: 'b' }),
    await push({}),
    await push({ batch: 'a', day: 1 }),
    await push({ batch: 'c', day: 1 }),
  ];

  assert.deepEqual(
    results.map(({ accepted, repeated }) => [accepted, repeated]),
    [
      [1, false],
      [0, true],
      [1, false],
      [1, false],
      [0, true],
      [1, false],
    ],
  );
  assert.equal((await pushed(made)).length, 4);
  assert.deepEqual(readdirSync(join(made.root, 'data/weather/pushed')), ['pushed-2024-01-02.parquet', 'pushed-2024-01-03.parquet']);
});

test('several processes that push at once lose nothing', async (t) => {
  const made = await shopWithPush(t);
  const ended = [0, 1, 2].map(
    (sender) =>
      new Promise<number | null>((resolve) => {
        const child = fork(join(import.meta.dirname, 'fixtures/push.ts'), [made.root, String(sender), '5'], {
          env: { ...process.env, TIDEGATE_HOME: join(made.root, '../home') },
        });
        child.once('exit', resolve);
      }),
  );

  assert.deepEqual(await Promise.all(ended), [0, 0, 0]);
  assert.equal((await pushed(made)).length, 15);
});

test('a dataset that takes no rows says so', async (t) => {
  const made = await shopWithPush(t);
  using project = await made.open();

  const refused = [
    await pushRows(project, { dataset: 'orders', rows: [], nowMs }).catch((error: unknown) => error),
    await pushRows(project, { dataset: 'wether', rows: [], nowMs }).catch((error: unknown) => error),
  ];

  assert.deepEqual(
    refused.map((error) => (error instanceof TidegateError ? [error.diagnostics[0].code, error.diagnostics[0].message] : error)),
    [
      ['TG-DATA-PUSH', 'Cannot push rows of "data.orders": it has no folder for them'],
      ['TG-CLI-NOT-FOUND', 'Cannot find "data.wether": the project has no dataset of that name'],
    ],
  );
});
