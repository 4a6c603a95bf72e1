import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Engine, openEngine } from '@tidegate/runtime';
import { partsOfQueries } from './test-parts.ts';

const columns = Array.from({ length: 5 }, (_, at) => `sin(i + ${at}) * ${at} AS n${at}, 'v' || ((i * ${at}) % 70) AS t${at}`);
const query = `SELECT ${columns.join(', ')}, i % 2 = 0 AS flag, TIMESTAMP '2020-01-01' + INTERVAL (i) MINUTE AS moment FROM range(300) r(i)`;

/** An engine that counts what it is asked. */
function counting(engine: Engine): { readonly engine: Engine; readonly asked: () => number } {
  let asked = 0;
  return { engine: { ...engine, rows: (sql, values) => ((asked += 1), engine.rows(sql, values)) }, asked: () => asked };
}

for (const format of ['parquet', 'csv'] as const)
  test(`the columns of one large file are shared by two engines, and come out as from one: ${format}`, async () => {
    using engine = await openEngine({ threads: 1 });
    using beside = await engine.beside();
    const [one, other] = [counting(engine), counting(beside)];

    const alone = await partsOfQueries(engine, [query], new Set(['t3']), { format });
    const shared = await partsOfQueries(engine, [query], new Set(['t3']), { format, bytes: 5_000_000, hands: [one.engine, other.engine] });

    assert.deepEqual(shared, alone);
    assert.ok(one.asked() > 0 && other.asked() > 0, `${one.asked()} and ${other.asked()} statements`);
  });

test('a failure of one engine is told when the other has ended', async () => {
  using engine = await openEngine({ threads: 1 });
  using beside = await engine.beside();
  let underWay = 0;
  const broken: Engine = { ...engine, rows: () => Promise.reject(new Error('broken')) };
  const slow: Engine = {
    ...beside,
    rows: async (sql, values) => {
      underWay += 1;
      await new Promise((resolve) => setTimeout(resolve, 20));
      return beside.rows(sql, values).finally(() => (underWay -= 1));
    },
  };

  await assert.rejects(partsOfQueries(engine, [query], new Set(), { bytes: 5_000_000, hands: [broken, slow] }), { message: 'broken' });
  assert.equal(underWay, 0);
});
