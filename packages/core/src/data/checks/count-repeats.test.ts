import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openEngine } from '@tidegate/runtime';
import fc from 'fast-check';
import type { Check } from './check.ts';
import { countRepeats } from './count-repeats.ts';
import { examplesOf } from './example-rows.ts';
import { checkAggregates } from './finding.ts';
import { noRows } from '../contract/data-contract.ts';

const column = { name: 'k', sql: 'v0', type: 'integer' } as const;
const check: Check = {
  name: 'k.unique',
  column: 'k',
  promise: 'k is unique',
  dimension: 'uniqueness',
  severity: 'error',
  shows: [column],
  measure: { kind: 'repeats', columns: [column], limit: noRows },
};

async function repeatsOf(
  values: string,
): Promise<{ readonly found: number; readonly isInSets: boolean; readonly shown: readonly unknown[] }> {
  using engine = await openEngine({ threads: 1 });
  const rows = (): string => `SELECT unnest(${values}) AS v0, 'f' AS f`;
  const [first = {}] = await engine.rows(`SELECT ${checkAggregates(check, 0).join(', ')}, count(*) AS rows FROM (${rows()})`);
  const measurements = [{ rows: Number(first['rows']), found: 0, extreme: null }];
  const [measurement] = await countRepeats(engine, { checks: [check], measurements, rows, first });
  assert.ok(measurement !== undefined);
  const source = { rows, keys: [], personal: new Set<string>(), filesByKey: new Map() };
  const shown = await examplesOf(engine, check, { source, measurement });
  return { found: measurement.found, isInSets: measurement.among !== undefined, shown: shown.map((row) => row['k']) };
}

test('whole numbers that repeat are counted and shown, whether they lie close together or not', async () => {
  const values = fc.array(fc.option(fc.oneof(fc.integer({ min: -6, max: 6 }), fc.integer({ min: -9000, max: 9000 })), { freq: 8 }), {
    maxLength: 400,
  });
  await fc.assert(
    fc.asyncProperty(values, fc.constantFrom(0, 4_000_000, -(2 ** 52)), async (cells, far) => {
      const all = far === 0 ? cells : [...cells, far, far];
      const known = all.filter((cell) => cell !== null);
      const repeated = [...new Set(known.filter((cell, at) => known.indexOf(cell) !== at))].toSorted((a, b) => a - b);
      const rows = repeated.flatMap((cell) => known.filter((one) => one === cell));

      const { found, shown } = await repeatsOf(`[${all.map(String).join(', ')}]::BIGINT[]`);

      assert.equal(found, known.length - new Set(known).size);
      assert.deepEqual(shown, rows.slice(0, 5));
    }),
    { numRuns: 15 },
  );
});

test('numbers of any width and sign lie close together', async () => {
  for (const values of [
    '[-90, 90, -90]::TINYINT[]',
    '[9007199254740990, 9007199254740991, 9007199254740990]::UBIGINT[]',
    'list_concat(range(5000), range(5000))',
  ])
    assert.equal((await repeatsOf(values)).isInSets, true, values);
  assert.equal((await repeatsOf('[18446744073709551615, 18446744073709551615]::UBIGINT[]')).found, 1);
  assert.equal((await repeatsOf('[1, 1, 900]::INTEGER[]')).isInSets, false);
});
