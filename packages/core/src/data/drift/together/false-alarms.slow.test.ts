import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openEngine } from '@tidegate/runtime';
import { judgeTogether } from './judge-together.ts';

/** SQL of a number from 0 to 1 that only a row and a seed decide. */
const unit = (seed: number): string => `((hash(i * 1000 + ${seed}) % 1000003) / 1000003.0)`;

const columns = [
  { name: 'skewed', type: 'number' },
  { name: 'with', type: 'number' },
  { name: 'gaps', type: 'integer' },
  { name: 'class', type: 'string' },
  { name: 'truth', type: 'boolean' },
  { name: 'note', type: 'string' },
] as const;

const word = (seed: number): string => `'w' || floor(300 * ${unit(seed)} * ${unit(seed + 50)})::INT`;

function rows(from: number, count: number): string {
  return `SELECT -ln(${unit(1)} + 1e-9) AS skewed, -ln(${unit(1)} + 1e-9) + ${unit(2)} AS "with",
    CASE WHEN ${unit(3)} < 0.9 THEN floor(12 * ${unit(4)}) END AS gaps, 'c' || floor(8 * ${unit(5)} * ${unit(6)})::INT AS class, ${unit(1)} < 0.3 AS truth,
    repeat(${word(7)} || ' ', 1 + floor(3 * ${unit(8)})::INT) || ${word(9)} || ' ' || i AS note
    FROM range(${from}, ${from + count}) r(i)`;
}

test('of a hundred questions about rows that did not change hardly one is answered with an alarm', async () => {
  using engine = await openEngine({ threads: 1 });
  const repeats = 100;
  const alarms: string[] = [];
  let byChance = 0;
  for (let repeat = 0; repeat < repeats; repeat++) {
    const reference = rows(repeat * 10_000, 400);
    const { findings } = await judgeTogether(engine, { reference, current: rows(repeat * 10_000 + 5000, 150), columns });
    assert.equal(findings.length, 7, findings.map(({ name }) => name).join(', '));
    alarms.push(...findings.filter(({ verdict }) => verdict === 'fail').map(({ reason }) => reason));
    if (findings.some(({ adjustedPValue }) => adjustedPValue <= 0.05)) byChance++;
  }

  // at 1 % more than seven of a hundred happen once in a million times
  assert.ok(alarms.length <= 7, alarms.join('\n'));
  // at 5 % more than 18
  assert.ok(byChance <= 18, `${byChance} of ${repeats} significant at 5 %`);
});
