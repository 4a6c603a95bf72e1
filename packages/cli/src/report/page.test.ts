import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type DatasetVersion, digestOfHex, type Evaluation, type RunRecord, runId, stepName } from '@tidegate/formats';
import { reportPage } from './page.ts';
import { changeNamed } from '../ci/test-change.ts';
import type { Report, RunReport } from './report.ts';

const digest = digestOfHex('ab'.repeat(32));
const hostile = '<script>alert(1)</script>';

const run: RunRecord = {
  format: 'tidegate.run/1',
  id: runId('r-20260101-000000-0001'),
  project: 'houses',
  commit: 'c0ffee',
  dirty: false,
  branch: 'main',
  subject: hostile,
  startedAt: '2026-01-01T00:00:00.000Z',
  endedAt: '2026-01-01T00:00:09.000Z',
  durationMs: 9000,
  goal: 'gate',
  status: 'stopped',
  verdict: 'fail',
  failure: null,
  steps: [
    {
      step: stepName('data.houses'),
      kind: 'dataset',
      status: 'done',
      key: digest,
      madeBy: null,
      reasons: [{ kind: 'input-changed', input: `${hostile}.csv`, before: digest, after: digest }],
      startedAfterMs: 0,
      durationMs: 1200,
      outputs: {},
      evidence: [
        {
          format: 'tidegate.evidence/1',
          kind: 'check',
          name: 'price.minimum',
          subject: 'data.houses',
          verdict: 'fail',
          blocking: true,
          reason: `price is at least 0: ${hostile}`,
          details: null,
        },
      ],
      facts: {},
      failure: null,
    },
  ],
};

const dataset: DatasetVersion = {
  format: 'tidegate.dataset-version/1',
  dataset: 'houses',
  tree: digest,
  fileFormat: 'csv',
  rows: 3,
  bytes: 100,
  files: 1,
  columns: [{ name: 'price', type: 'number', physicalType: 'DOUBLE' }],
  time: null,
  profile: {
    format: 'tidegate.profile/1',
    rows: 3,
    columns: [
      {
        name: 'price',
        type: 'number',
        rows: 3,
        nulls: 1,
        distinct: 2,
        min: -1,
        max: 9,
        mean: 4,
        std: 5,
        quantiles: [-1, -1, 0, 4, 9, 9, 9],
        histogram: { edges: [-1, 4, 9], counts: [0, 1, 1, 0] },
        top: null,
      },
    ],
  },
  contract: null,
  knownAt: {},
  checks: [
    {
      name: 'price.minimum',
      column: 'price',
      promise: 'price is at least 0',
      dimension: 'conformity',
      severity: 'error',
      verdict: 'fail',
      failingRows: 1,
      rows: 3,
      measured: -1,
      examples: [{ price: -1, note: hostile }],
    },
  ],
  verdict: 'fail',
};

const evaluation: Evaluation = {
  format: 'tidegate.evaluation/1',
  model: 'price',
  modelVersion: digest,
  testSet: digest,
  task: 'regression',
  rows: 3,
  metrics: [{ name: 'rmse', value: 12.5, low: 10, high: 15, confidence: 0.95, method: 'bootstrap-bca', rows: 3, higherIsBetter: false }],
  slices: [],
  curves: [{ name: 'predicted-actual', x: [1, 2, 3], y: [1.1, 1.9, 3.2] }],
  champion: null,
  rowsExcluded: 0,
  comparisons: [],
  sliceComparisons: [],
  verdict: 'inconclusive',
  replay: { predictions: digest, rules: 1, request: {} },
};

const one: RunReport = {
  run,
  datasets: [dataset],
  features: [],
  evaluations: [evaluation],
  costs: {},
  tests: [],
  contracts: [],
  dependents: { 'data.houses': ['steps.train', 'models.price'] },
  release: null,
};
const report = (runs: readonly RunReport[]): Report => ({
  project: 'houses',
  madeAt: '2026-01-01T00:01:00.000Z',
  version: '0.1.0',
  runs,
  deployments: [],
  monitors: {},
  scores: [],
  parity: null,
});

test('a report names the failing check, its rows, an example and what depends on it', () => {
  const page = reportPage(report([one]));

  for (const words of [
    'price is at least 0',
    '1 of 3 rows break it',
    'steps.train, models.price',
    'Predicted against actual',
    '12.50 (10.00 to 15.00)',
  ])
    assert.ok(page.includes(words), words);
});

test('what stopped a run stands above what was measured, and a warning apart from it', () => {
  const warning = { ...(run.steps[0]?.evidence[0] ?? assert.fail()), blocking: false, reason: 'Few rows' };
  const steps = run.steps.map((step) => ({ ...step, evidence: [warning, ...step.evidence] }));

  const page = reportPage(report([{ ...one, run: { ...run, steps } }]));

  const places = ['Stopped at data.houses: price is at least 0', '1 warning, which does not block', 'Few rows', 'Profile of 1 columns'];
  const found = places.map((words) => page.indexOf(words));
  assert.ok(!found.includes(-1), String(found));
  assert.deepEqual(
    found.toSorted((a, b) => a - b),
    found,
  );
});

test('a story shows what a run measured only in the run that did', () => {
  const again: RunReport = {
    ...one,
    run: { ...run, verdict: 'pass', steps: run.steps.map((step) => ({ ...step, status: 'hit' as const, evidence: [] })) },
  };

  const page = reportPage(report([one, again]));

  assert.equal(page.split('<h3>Data: houses').length - 1, 1);
  assert.ok(page.includes('2. Nothing changed'));
});

test('a report tells a breaking change of a data contract, who reads each column, and that it stops', () => {
  const [readers] = changeNamed('weather').contracts;
  assert.ok(readers !== undefined);
  const passed: RunReport = { ...one, run: { ...run, verdict: 'pass', steps: [] }, evaluations: [], contracts: [readers] };

  const page = reportPage(report([passed]));

  assert.match(page, /<p class="summary fail">Stopped at weather: weather\./);
  assert.match(page, /<code>weather<\/code>, <b>major<\/b> from weather to weather/);
  assert.match(page, /<tr><td>major<\/td><td>weather\.weather<\/td><td class="words">weather<\/td><\/tr>/);
  assert.match(page, /<code>weather\.weather<\/code><\/td><td class="words">weather<\/td>[^]*<b>weather<\/b> in weather/);
  assert.ok(!reportPage(report([{ ...passed, contracts: [] }])).includes('Changes of data contracts'));
});

test('nothing that comes from data, commits or files can become markup or load anything', () => {
  const page = reportPage(report([one, { ...one, contracts: changeNamed(hostile).contracts }]));

  assert.ok(!page.includes('<script'));
  assert.ok(page.includes('&lt;script&gt;'));
  assert.ok(page.includes("default-src 'none'"));
  assert.ok(!/(?:src|href)="(?!#)/.test(page));
});
