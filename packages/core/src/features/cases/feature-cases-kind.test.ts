import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { TidegateError, type TestReport } from '@tidegate/formats';
import type { ProjectConfig } from '../../config/index.ts';
import type { StepResult } from '../../pipeline/index.ts';
import { featureCaseNodes } from '../nodes.ts';
import { readDefinitions } from '../read-definitions.ts';
import { makeContext } from '../test-context.ts';
import { makeDataset, makeTestRoom } from '../test-datasets.ts';
import { featureCasesKind } from './feature-cases-kind.ts';

const definitions = {
  'features/all.yaml': `
entities:
  airport: { keys: [origin] }
views:
  weather: { entity: airport, sql: weather.sql, time: observed_at, known: published_at, ttl: 3h }
services:
  delay: { rows: rows.sql, id: id, time: as_of, label: late, request: [carrier], views: [weather] }
`,
  'features/weather.sql':
    'SELECT origin, observed_at, published_at, temp, avg(temp) OVER (PARTITION BY origin ORDER BY observed_at) AS mean FROM weather',
  'features/rows.sql': 'SELECT id, sched - INTERVAL 1 HOUR AS as_of, origin, carrier, delay > 15 AS late FROM flights',
};
const config = {
  data: { flights: {}, weather: {} },
  models: {},
  tests: { golden: { kind: 'features', cases: ['tests/*.yaml'] } },
} as unknown as ProjectConfig;

async function run(cases: string): Promise<{ readonly result: StepResult; readonly report: TestReport }> {
  using room = makeTestRoom();
  const files = { ...definitions, 'tests/cases.yaml': cases };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(room.folder, path)), { recursive: true });
    writeFileSync(join(room.folder, path), text);
  }
  const [node = assert.fail('no node')] = featureCaseNodes(config, await readDefinitions(room.folder, 'features'));
  const datasets = [
    await makeDataset(room, 'flights', {
      select: "SELECT 1::BIGINT AS id, TIMESTAMP '2013-01-01' AS sched, 'JFK' AS origin, 'AA' AS carrier, 1.5::DOUBLE AS delay",
    }),
    await makeDataset(room, 'weather', {
      select: "SELECT 'JFK' AS origin, TIMESTAMP '2013-01-01' AS observed_at, TIMESTAMP '2013-01-01' AS published_at, 1.5::DOUBLE AS temp",
    }),
  ];
  const context = await makeContext(room, node, { files, datasets });
  const result = await featureCasesKind({ datasets: ['flights', 'weather'] }).run(context);
  const report = (await room.store.readJson(result.outputs['report']?.digest ?? assert.fail())) as unknown as TestReport;
  return { result, report };
}

const weather = `
    weather:
      - { origin: JFK, observed_at: 2013-01-01T08:00:00Z, published_at: 2013-01-01T08:15:00Z, temp: 10 }
      - { origin: JFK, observed_at: 2013-01-01T09:00:00Z, published_at: 2013-01-01T09:15:00Z, temp: 15 }
      - { origin: JFK, observed_at: 2013-01-01T10:00:00Z, published_at: 2013-01-01T10:15:00Z, temp: 17 }`;

test('cases of views and services pass when rows come out as expected', async () => {
  const { result, report } = await run(`
- name: the mean so far
  view: weather
  given: ${weather}
  expect:
    - { origin: JFK, observed_at: 2013-01-01 10:00:00, temp: 17, mean: 14 }
    - { observed_at: 2013-01-01T09:00:00Z, mean: 12.5 }
    - { temp: 10, mean: 10 }
- name: what is known at ten past ten was published before
  view: weather
  given: ${weather}
  at: 2013-01-01T10:10:00Z
  expect:
    - { origin: JFK, temp: 15 }
- name: rows find the weather as of an hour before
  service: delay
  given: ${weather}
    flights:
      - { id: 1, sched: 2013-01-01T11:10:00Z, origin: JFK, carrier: AA, delay: 20 }
      - { id: 2, sched: 2013-01-01T11:15:00Z, origin: JFK }
      - { id: 3, sched: 2013-01-01T11:15:00Z, origin: LGA, delay: 3 }
  expect:
    - { id: 1, as_of: 2013-01-01T10:10:00Z, weather__temp: 15, late: true }
    - { id: 2, carrier: null, weather__temp: 17, weather__mean: 14.0, late: null }
    - { id: 3, weather__temp: null, late: false }
`);

  assert.deepEqual([report.passed, report.failed], [3, 0], JSON.stringify(report.cases));
  assert.deepEqual(
    result.evidence.map(({ kind, name, verdict, blocking, reason }) => ({ kind, name, verdict, blocking, reason })),
    [{ kind: 'test', name: 'test.golden', verdict: 'pass', blocking: true, reason: '3 cases of "golden" passed' }],
  );
});

test('a failing case says what differs', async () => {
  const { result, report } = await run(`
name: the wrong mean
view: weather
given: ${weather.replaceAll('\n    ', '\n  ')}
expect:
  - { temp: 10, mean: 10 }
  - { temp: 15, mean: 12.6 }
  - { temp: 99, mean: 1 }
`);

  assert.equal(report.failed, 1);
  assert.deepEqual(report.cases[0]?.message.split('\n'), [
    'Row with temp 15: mean should be 12.6, is 12.5',
    'Missing: temp 99, mean 1',
    'Not expected: origin "JFK", observed_at "2013-01-01T10:00:00.000Z", published_at "2013-01-01T10:15:00.000Z", temp 17, mean 14',
  ]);
  assert.equal(result.evidence[0]?.verdict, 'fail');
  assert.match(result.evidence[0]?.reason ?? '', /^1 of 1 case of "golden" failed: "the wrong mean": Row with temp 15/);
});

test('a number matches to the digits that are written, a whole one exactly', async () => {
  const one = (expected: string) => `
view: weather
given: { weather: [{ origin: JFK, observed_at: 2013-01-01, published_at: 2013-01-01, temp: 16.666666666 }] }
expect: [{ temp: ${expected} }]
`;
  const passes = async (expected: string): Promise<boolean> => (await run(one(expected))).report.passed === 1;

  assert.deepEqual([await passes('16.67'), await passes('16.66'), await passes('17')], [true, false, false]);
});

test('a suite without a case is invalid', async () => {
  assert.equal((await run('[]')).result.evidence[0]?.verdict, 'invalid');
});

const mistakes: readonly (readonly [string, string, number, RegExp])[] = [
  ['a view that is not there', 'view: wether\ngiven: {}\nexpect: []', 1, /Cannot find the view "wether"/],
  ['a dataset that is not there', 'view: weather\ngiven: { wether: [] }\nexpect: []', 2, /Cannot find the dataset "wether"/],
  [
    'a given column that is not there',
    'view: weather\ngiven:\n  weather:\n    - { origin: JFK }\n    - { tmp: 1 }\nexpect: []',
    5,
    /Cannot find the column "tmp"/,
  ],
  ['an expected column that is not there', 'view: weather\ngiven: {}\nexpect:\n  - { tmp: 1 }', 4, /Cannot find the column "tmp"/],
  ['a value of another type', 'view: weather\ngiven:\n  weather:\n    - { temp: warm }\nexpect: []', 4, /Could not convert string/],
  ['neither a view nor a service', 'given: {}\nexpect: []', 1, /names either a view or a service/],
  ['a moment for a service', 'service: delay\ngiven: {}\nat: 2013-01-01\nexpect: []', 3, /each of its rows has its own/],
];

test('a mistake in a case stands at its place', async (t) => {
  for (const [what, text, line, message] of mistakes)
    await t.test(what, async () => {
      await assert.rejects(run(text), (error: unknown) => {
        assert.ok(error instanceof TidegateError, String(error));
        assert.match(error.diagnostics[0].message, message);
        assert.deepEqual(
          [error.diagnostics[0].code, error.diagnostics[0].place?.file, error.diagnostics[0].place?.line],
          ['TG-FEATURES-CASE', 'tests/cases.yaml', line],
        );
        return true;
      });
    });
});

test('SQL that fails on the given rows fails the case, not the step', async () => {
  const { report } = await run(`
service: delay
given: { flights: [{ id: 1 }, { id: 1 }] }
expect: []
`);

  assert.match(report.cases[0]?.message ?? '', /Cannot use the rows/);
});
