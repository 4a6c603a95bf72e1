import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { mergesOf } from './merge-order.ts';

function keysOf(names: readonly (number | string)[]): readonly string[] {
  return names.map((name) => createHash('sha256').update(String(name)).digest('hex'));
}

const range = (size: number): readonly number[] => Array.from({ length: size }, (_, at) => at);

test('each part is merged once, in the order of the rows, and the last merge has all of them', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 400 }), (size) => {
      const keys = keysOf(range(size));
      const merges = mergesOf(keys);
      const known = new Map(keys.map((key): readonly [string, readonly string[]] => [key, [key]]));
      for (const { key, of } of merges) {
        assert.ok(of.length >= 2 && of.length <= 12, `${of.length} are merged at once`);
        known.set(
          key,
          of.flatMap((one) => known.get(one) ?? assert.fail('What is merged comes before')),
        );
      }

      assert.deepEqual(known.get(merges.at(-1)?.key ?? ''), keys);
      assert.ok(merges.length <= 1 + size / 2, `${merges.length} merges of ${size} parts`);
    }),
    { numRuns: 40, seed: 20_261_201 },
  );
});

test('one part needs no merge, and up to eight are merged at once', () => {
  assert.deepEqual(mergesOf(keysOf(['only'])), []);
  assert.deepEqual(
    mergesOf(keysOf(range(8))).map(({ of }) => of),
    [keysOf(range(8))],
  );
});

test('of two thousand parts one that changed, came or went changes few merges, and merging those reads few parts', () => {
  const keys = keysOf(range(2000));
  const known = new Set([...keys, ...mergesOf(keys).map(({ key }) => key)]);
  const fresh = keysOf(['new']);
  for (const at of [0, 1, 7, 500, 1203, 1998, 1999])
    for (const now of [keys.with(at, fresh[0] ?? ''), keys.toSpliced(at, 0, ...fresh), keys.toSpliced(at, 1)]) {
      const merges = mergesOf(now).filter(({ key }) => !known.has(key));
      const read = new Set(merges.flatMap(({ of }) => of.filter((key) => known.has(key))));

      assert.ok(merges.length <= 18, `${merges.length} merges`);
      assert.ok(read.size <= 70, `${read.size} parts are read`);
    }
});

test('parts of files that have the same bytes are each merged', () => {
  const [key = ''] = keysOf(['same']);
  const all = range(40).map(() => key);
  const counts = new Map([[key, 1]]);
  for (const { key: merged, of } of mergesOf(all))
    counts.set(
      merged,
      of.reduce((sum, one) => sum + (counts.get(one) ?? 0), 0),
    );

  assert.equal(counts.get(mergesOf(all).at(-1)?.key ?? ''), 40);
});
