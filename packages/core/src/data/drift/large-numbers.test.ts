import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openEngine, totalVariation } from '@tidegate/runtime';
import { columnMeasures } from './column-measures.ts';
import { halfColumn } from './count-columns.ts';
import { currentColumn } from './current-column.ts';
import { fineEdges } from './fine-edges.ts';
import { largeNumbers } from './large-numbers.ts';
import { referenceColumn } from './reference-column.ts';

const rows = 60_000;
const values = {
  even: (seed: number) => `hash(i, ${seed}) % 100000 / 100.0`,
  'with a heavy tail': (seed: number) => `exp(10 * pow(hash(i, ${seed}) % 10000 / 10000.0, 4))`,
  'mostly zero': (seed: number) => `CASE WHEN hash(i, ${seed}) % 3 = 0 THEN hash(i, ${seed + 1}) % 1000 ELSE 0 END`,
  'with few values': (seed: number) => `hash(i, ${seed}) % 30`,
  'with gaps': (seed: number) => `CASE WHEN hash(i, ${seed}) % 5 > 0 THEN hash(i, ${seed + 1}) % 1000 END`,
};

for (const [name, value] of Object.entries(values))
  test(`numbers ${name} are told the same way in fine bins as one by one`, async () => {
    using engine = await openEngine({ threads: 1 });
    const make = (table: string, seed: number, moved: string): Promise<void> =>
      engine.run(
        `CREATE TEMP TABLE ${table} AS SELECT (${value(seed)})::DOUBLE * ${moved} AS x, (i % 2)::INT AS "${halfColumn}" FROM range(${rows}) AS t(i)`,
      );
    await make('before', 1, '1');
    await make('after', 5, '1.2');
    const [before, after] = [
      { table: 'before', value: 'x' },
      { table: 'after', value: 'x' },
    ];
    const column = { name: 'x', type: 'number', role: 'input' } as const;

    const { edges } = await fineEdges(engine, before, rows);
    const large = await largeNumbers(engine, { before, after, edges }, column);
    const reference = await referenceColumn(engine, before, column);
    const current = await currentColumn(engine, after, reference);

    const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);
    for (const half of [0, 1] as const) {
      assert.equal(sum(large.reference.counts[half]), rows / 2);
      assert.equal(sum(large.current[half]), rows / 2);
      assert.equal(large.reference.counts[half].at(-1), reference.counts[half].at(-1));
    }
    const [fine, exact] = [
      totalVariation(large.reference.counts, large.current, { confidence: 0.95 }).value,
      totalVariation(current.binned.reference, current.binned.current, { confidence: 0.95 }).value,
    ];
    assert.ok(Math.abs(fine - exact) < 0.03, `${fine} in fine bins, ${exact} one by one`);
    const measured = await columnMeasures(engine, { before: 'before', after: 'after', value: 'x', kind: 'numbers', rows: 2 * rows });
    assert.ok(measured?.of === 'numbers' && large.measures?.of === 'binned numbers');
    const ks = measured.kolmogorovSmirnov?.statistic ?? Number.NaN;
    const { least, most } = large.measures.kolmogorovSmirnov;
    assert.ok(least <= ks + 1e-12 && ks <= most + 1e-12, `${least} to ${most}, not ${ks}`);
    for (const shares of [large.histogram?.reference, large.histogram?.current]) assert.ok(Math.abs(sum(shares ?? []) - 1) < 1e-4);
  });
