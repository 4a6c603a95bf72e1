import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openLane } from './lane.ts';

test('a lane does one thing at a time in the order asked for, and a failure holds up nothing', async () => {
  const lane = openLane();
  const seen: string[] = [];
  const work = (name: string) => async (): Promise<string> => {
    seen.push(`${name} begins`);
    await new Promise((done) => setImmediate(done));
    seen.push(`${name} ends`);
    if (name === 'b') throw new Error('b failed');
    return name;
  };

  const all = [lane.do(work('a')), lane.do(work('b')), lane.do(work('c'))];

  assert.deepEqual(
    (await Promise.allSettled(all)).map((one) => (one.status === 'fulfilled' ? one.value : String(one.reason))),
    ['a', 'Error: b failed', 'c'],
  );
  assert.deepEqual(seen, ['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
});

test('a lane is idle when what was asked for meanwhile has ended as well', async () => {
  const lane = openLane();
  const seen: string[] = [];
  const first = lane.do(async () => void lane.do(async () => void seen.push('second')));

  await lane.idle();

  await first;
  assert.deepEqual(seen, ['second']);
});
