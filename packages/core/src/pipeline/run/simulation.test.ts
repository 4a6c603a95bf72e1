import assert from 'node:assert/strict';
import { test } from 'node:test';
import { simulate, type Trace } from './test-simulation.ts';

// TIDEGATE_SEED=17 plays that one run again, and prints it.
const only = process.env['TIDEGATE_SEED'];

async function play(seed: number): Promise<Trace> {
  return simulate(seed).catch((error: unknown) => {
    throw new Error(`seed ${seed} (play it again with TIDEGATE_SEED=${seed}): ${String(error)}`, { cause: error });
  });
}

test('whatever fails, waits or is cancelled: capacity holds, needs come first, nobody starves, attempts are right, every step settles', async (t) => {
  const seeds = only === undefined ? Array.from({ length: 1_000 }, (_, seed) => seed) : [Number(only)];
  let events = 0;
  for (const seed of seeds) {
    const trace = await play(seed);
    events += trace.length;
    if (only !== undefined) t.diagnostic(trace.join('\n'));
  }

  assert.ok(events > seeds.length);
  t.diagnostic(`${seeds.length} runs, ${events} events`);
});

test('the same seed gives the same run, to the last event', async () => {
  for (const seed of [1, 42, 4711]) assert.deepEqual(await play(seed), await play(seed));
});
