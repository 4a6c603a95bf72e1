import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AnomalyReport, digestOfHex, type JudgedMeasure } from '@tidegate/formats';
import { anomalyLines } from './anomalies-view.ts';

const plain = { style: (_: string, text: string) => text };
const version = digestOfHex('a'.repeat(64));

const measure = (more: Partial<JudgedMeasure>): JudgedMeasure => ({
  name: 'rows',
  column: null,
  sort: 'count',
  verdict: 'pass',
  value: 1000,
  expected: 1003.2,
  low: 880.1,
  high: 1120.9,
  chance: 0.4,
  level: 0.005,
  needed: null,
  by: [{ name: 'level', weight: 1 }],
  reason: 'rows of data.orders: 1,000',
  past: [960, 1040, 1000].map((value) => ({ version, at: '2026-11-01T00:00:00.000Z', value, state: 'counted' })),
  ...more,
});

const report = (measures: readonly JudgedMeasure[]): AnomalyReport => ({
  format: 'tidegate.anomalies/1',
  dataset: 'orders',
  version,
  at: '2026-11-30T12:00:00.000Z',
  time: 'made',
  versions: 3,
  falseAlarms: 0.01,
  verdict: 'pass',
  measures,
  columnsLeftOut: 0,
  unseen: ['A loss of less than 12 % of the rows (down to 880) cannot be seen'],
});

test('each measure has a line with its past, its value and what was expected, and what cannot be seen is told', () => {
  assert.deepEqual(anomalyLines({ report: report([measure({})]), notes: [] }, plain), [
    'data.orders aaaaaaaaaaaa, 2026-11-30 12:00 UTC: 1 measure judged by 3 versions before it, a false alarm in 1 % of versions at most',
    '     measure  past  value  expected  from     to',
    '  ✓  rows     ▁█▅▅  1,000     1,003   880  1,121',
    '  A loss of less than 12 % of the rows (down to 880) cannot be seen',
  ]);
});

test('an anomaly is told in its own sentence, limits that there are not are left out, and what was said comes last', () => {
  const late = measure({
    name: 'freshness',
    sort: 'lag',
    verdict: 'fail',
    value: 50,
    expected: 5,
    low: null,
    high: 9,
    reason: 'freshness is 50 h',
  });
  const note = {
    format: 'tidegate.fine-note/1',
    id: 'x',
    project: 'shop',
    dataset: 'orders',
    version,
    measure: 'rows',
    isFine: true,
    reason: 'a strike',
  } as const;
  const said = { ...note, by: { name: 'Ada', email: 'ada@example.com' }, at: '2026-11-30T13:00:00.000Z' };
  const lines = anomalyLines({ report: report([late]), notes: [said, { ...said, isFine: false, reason: null, by: null }] }, plain);

  assert.match(lines[2] ?? '', /^ {2}✗ {2}freshness +\S+ +2\.08 d +5 h +9 h$/);
  assert.equal(lines[3], '  ✗ freshness is 50 h');
  assert.deepEqual(lines.slice(5), [
    '  aaaaaaaaaaaa: rows is fine (a strike), 2026-11-30 13:00 UTC by Ada',
    '  aaaaaaaaaaaa: no longer said to be fine: rows, 2026-11-30 13:00 UTC',
  ]);
});
