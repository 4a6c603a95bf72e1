import { test } from 'node:test';
import { simulate } from './test-simulation.ts';

test('20,000 played runs keep every rule of the scheduler', async (t) => {
  let events = 0;
  for (let seed = 1_000; seed < 21_000; seed++)
    events += (
      await simulate(seed).catch((error: unknown) => {
        throw new Error(`seed ${seed} (play it again with TIDEGATE_SEED=${seed}): ${String(error)}`, { cause: error });
      })
    ).length;
  t.diagnostic(`${events} events`);
});
