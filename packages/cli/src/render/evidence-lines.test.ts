import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CheckResult, Evidence } from '@tidegate/formats';
import { evidenceLines } from './evidence-lines.ts';

const plain = { style: (_: string, text: string) => text };
const check = (more: Partial<Evidence>, examples: CheckResult['examples'] = []): Evidence => ({
  format: 'tidegate.evidence/1',
  kind: 'check',
  name: 'distance.maximum',
  subject: 'data.flights',
  verdict: 'fail',
  blocking: true,
  reason: 'distance is at most 5000: 4 of 400 rows break it, maximum 8023',
  details: { name: 'distance.maximum', examples },
  ...more,
});
const row = (id: number): CheckResult['examples'][number] => ({
  flight_id: `f${id}`,
  distance: 8000 + id,
  tidegate_file: 'data/09.parquet',
});

test('a check that fails is told in its own sentence, with three of the rows that break it', () => {
  assert.deepEqual(evidenceLines([check({}, [row(1), row(2), row(3), row(4)])], plain), [
    '      ✗ fail: distance is at most 5000: 4 of 400 rows break it, maximum 8023',
    '        for instance flight_id f1, distance 8001, in data/09.parquet',
    '        for instance flight_id f2, distance 8002, in data/09.parquet',
    '        for instance flight_id f3, distance 8003, in data/09.parquet',
  ]);
});

test('a check of the whole table says what it found, and not that no row breaks it', () => {
  const reason = 'the query even gives exactly 1: it gives 3, which is not exactly 1';

  assert.deepEqual(evidenceLines([check({ reason })], plain), [`      ✗ fail: ${reason}`]);
});

test('nulls, empty texts and control characters of a row can be read and do no harm', () => {
  const [, line] = evidenceLines([check({}, [{ dest: null, carrier: '', note: 'a\x1b[31mb' }])], plain);

  assert.equal(line, '        for instance dest null, carrier "", note ab');
});

test('what passes is not told, unless its numbers are the news', () => {
  assert.deepEqual(evidenceLines([check({ verdict: 'pass' })], plain), []);
  assert.equal(evidenceLines([check({ verdict: 'pass', kind: 'comparison' })], plain).length, 1);
});
