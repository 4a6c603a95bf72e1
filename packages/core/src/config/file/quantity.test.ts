import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shape } from '@tidegate/formats';
import { duration, margin, share, size } from './quantity.ts';

function read<T>(expected: shape.Shape<T>, value: unknown): T | string {
  const parsed = shape.parse(expected, value);
  return parsed.ok ? parsed.value : (parsed.failure[0]?.message ?? '');
}

test('duration reads a number with its unit as milliseconds', () => {
  const values = ['20ms', '90s', '1.5h', '30d', '5 m'].map((text) => read(duration(''), text));

  assert.deepEqual(values, [20, 90_000, 5_400_000, 2_592_000_000, 300_000]);
});

test('duration refuses a number without unit and unknown units', () => {
  for (const value of [20, '20', '20 min', '-1s', '1e3s', ''])
    assert.match(String(read(duration(''), value)), /must be a duration such as "20ms"/, String(value));
});

test('size tells decimal and binary units apart', () => {
  assert.deepEqual(
    ['20MB', '20MiB', '1.5kB', '3B', '2GiB'].map((text) => read(size(''), text)),
    [20_000_000, 20_971_520, 1500, 3, 2_147_483_648],
  );
  assert.match(String(read(size(''), '20M')), /must be a size/);
});

test('share reads numbers and percentages to the last digit', () => {
  assert.deepEqual(
    [0.2, '20%', '0.7%', '99.9%', 0, 1].map((value) => read(share(''), value)),
    [0.2, 0.2, 0.007, 0.999, 0, 1],
  );
  for (const value of ['120%', 1.2, -0.1, '20', '-5%']) assert.equal(typeof read(share(''), value), 'string', String(value));
  assert.equal(read(share('', { most: 0.9 }), '95%'), 'A share must be at most 0.9: found 0.95');
});

test('margin is in the unit of the metric, or a share of the champion', () => {
  assert.deepEqual(read(margin(''), 0.005), { kind: 'absolute', value: 0.005 });
  assert.deepEqual(read(margin(''), 1200), { kind: 'absolute', value: 1200 });
  assert.deepEqual(read(margin(''), '5%'), { kind: 'relative', value: 0.05 });
  assert.match(String(read(margin(''), -1)), /at least 0/);
});
