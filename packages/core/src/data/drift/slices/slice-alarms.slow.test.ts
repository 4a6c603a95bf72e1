import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openEngine } from '@tidegate/runtime';
import { findSlices } from './find-slices.ts';

/** SQL of a number from 0 to 1 that only a row and a seed decide. */
const unit = (seed: number): string => `((hash(i * 1000 + ${seed}) % 1000003) / 1000003.0)`;

const columns = [
  { name: 'origin', type: 'string' },
  { name: 'carrier', type: 'string' },
  { name: 'open', type: 'boolean' },
  { name: 'wind', type: 'number' },
  { name: 'delay', type: 'number' },
] as const;

function rows(from: number, count: number): string {
  return `SELECT 'o' || floor(5 * ${unit(1)} * ${unit(2)})::INT AS origin, 'c' || floor(4 * ${unit(3)})::INT AS carrier, ${unit(4)} < 0.3 AS open,
    -ln(${unit(5)} + 1e-9) AS wind, ${unit(6)} + ${unit(5)} AS delay FROM range(${from}, ${from + count}) r(i)`;
}

test('of sixty questions about rows that did not change, each about more than a hundred pairs, hardly one finds a slice', async () => {
  using engine = await openEngine({ threads: 1 });
  const repeats = 60;
  let alarms = 0;
  for (let repeat = 0; repeat < repeats; repeat++) {
    const from = repeat * 100_000;
    // no floor, so that p values alone decide
    const { found, judged } = await findSlices(engine, {
      reference: rows(from, 4000),
      current: rows(from + 50_000, 2500),
      columns,
      falseAlarms: 0.05,
      floor: 0,
    });
    assert.ok(judged > 100, String(judged));
    if (found.length > 0) alarms++;
  }

  // at 5 % more than twelve of sixty happen once in fifty thousand times
  assert.ok(alarms <= 12, `${alarms} of ${repeats}`);
});
