import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { concurrently } from './concurrently.ts';

test('results come in the order of the items and never more than the limit is under way', async () => {
  let underWay = 0;
  let most = 0;

  const results = await concurrently(3, [5, 1, 4, 2, 3], async (item) => {
    most = Math.max(most, ++underWay);
    await sleep(item);
    underWay--;
    return item * 10;
  });

  assert.deepEqual(results, [50, 10, 40, 20, 30]);
  assert.equal(most, 3);
});

test('the first error is thrown and no further item is begun', async () => {
  const begun: number[] = [];

  const work = concurrently(1, [1, 2, 3], async (item) => {
    begun.push(item);
    if (item === 2) throw new Error('two');
  });

  await assert.rejects(work, /two/);
  assert.deepEqual(begun, [1, 2]);
});
