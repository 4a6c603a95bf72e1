import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type BinnedColumn, type Engine, openEngine } from '@tidegate/runtime';
import { halfColumn } from '../../../packages/core/src/data/drift/count-columns.ts';
import { currentColumn, valueSql } from '../../../packages/core/src/data/drift/current-column.ts';
import { referenceColumn } from '../../../packages/core/src/data/drift/reference-column.ts';
import { countInMemory } from './count-in-memory.ts';
import { drawDataset, type DrawnSide } from './draw-dataset.ts';

async function tableOf(engine: Engine, name: string, { columns, halves }: DrawnSide, prefix: string): Promise<void> {
  const rows = Array.from(halves, (half, row) => `(${half}, ${columns.map((values) => `'${prefix}${values[row] ?? ''}'`).join(', ')})`);
  await engine.run(
    `CREATE OR REPLACE TEMP TABLE ${name} AS SELECT * FROM (VALUES ${rows.join(', ')}) t("${halfColumn}", ${columns.map((_, index) => `c${index}`).join(', ')})`,
  );
}

function rounded(scale: BinnedColumn['scale']): unknown {
  return scale === undefined ? null : { ...scale, mean: scale.mean.toFixed(9), deviation: scale.deviation.toFixed(9) };
}

test('a dataset is counted in memory as its table is by the engine', async () => {
  using engine = await openEngine({ threads: 1 });
  for (const [kind, classes] of [
    ['numbers', 0],
    ['classes', 300],
  ] as const) {
    const drawn = drawDataset({ part: 'a shift', kind, rows: 200, columns: 2, classes, shift: 0.5 }, 1);
    const prefix = kind === 'classes' ? 'k' : '';
    await tableOf(engine, 'before', drawn.reference, prefix);
    await tableOf(engine, 'after', drawn.current, prefix);
    const type = kind === 'numbers' ? 'number' : 'string';

    const counted = countInMemory(drawn, kind);

    for (const [index, binned] of counted.entries()) {
      const value = valueSql(`c${index}`, { type });
      const reference = await referenceColumn(engine, { table: 'before', value }, { name: `c${index}`, type, role: 'input' });
      const own = await currentColumn(engine, { table: 'after', value }, reference);
      const { scale, ...counts } = binned;
      const { scale: ownScale, ...ownCounts } = own.binned;
      assert.deepEqual(counts, ownCounts, `${kind} ${index}`);
      assert.deepEqual(rounded(scale), rounded(ownScale));
    }
  }
});
