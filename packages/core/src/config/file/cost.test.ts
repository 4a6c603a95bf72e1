import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shape } from '@tidegate/formats';
import { costLimit, latency } from './cost.ts';

const problemsOf = <T>(one: shape.Shape<T>, value: unknown): readonly string[] => {
  const parsed = shape.parse(one, value);
  return parsed.ok ? [] : parsed.failure.map(({ message }) => message);
};

test('a limit is an amount, a multiple of what the champion has, or both', () => {
  const limit = costLimit('duration', 'A limit.');

  assert.deepEqual(
    ['20ms', '1.2x', ['1.5x', '2s']].map((value) => shape.parse(limit, value)),
    [
      { ok: true, value: { most: 20, times: null } },
      { ok: true, value: { most: null, times: 1.2 } },
      { ok: true, value: { most: 2000, times: 1.5 } },
    ],
  );
});

test('a limit of another unit, of nothing, twice, or of none at all is refused', () => {
  const memory = costLimit('size', 'A limit.');

  assert.match(problemsOf(memory, '20ms')[0] ?? '', /must be an amount such as "500MB", or a multiple of the champion's such as "1\.2x"/);
  assert.deepEqual(problemsOf(memory, '0x'), ['A limit of "0x" can never be kept']);
  assert.deepEqual(problemsOf(memory, ['1MB', '2MB']), ['There may be one amount and one multiple']);
  assert.match(problemsOf(memory, [])[0] ?? '', /must have at least 1 item/);
  assert.deepEqual(problemsOf(latency, { batch: 3 }), ['"latency" limits nothing']);
});
