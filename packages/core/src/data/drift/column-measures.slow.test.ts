import assert from 'node:assert/strict';
import { test } from 'node:test';
import { numberMeasures, openEngine } from '@tidegate/runtime';
import { columnMeasures } from './column-measures.ts';

test('of more than a million rows the bounds hold what every row would say', async () => {
  using engine = await openEngine({ threads: 1 });
  await engine.run(
    'CREATE TABLE before AS SELECT (hash(i) % 4000)::DOUBLE / 100 AS v, (i % 2)::INT AS "tidegate.half" FROM range(600000) t(i)',
  );
  await engine.run(
    'CREATE TABLE after AS SELECT (hash(i || \'x\') % 4000)::DOUBLE / 100 + 1.5 AS v, (i % 2)::INT AS "tidegate.half" FROM range(500000) t(i)',
  );
  const {
    v = [],
    old = [],
    young = [],
  } = await engine.columns(
    `SELECT v, (count(*) FILTER (side = 0))::DOUBLE AS old, (count(*) FILTER (side = 1))::DOUBLE AS young
     FROM (SELECT v, 0 AS side FROM before UNION ALL SELECT v, 1 FROM after) GROUP BY v ORDER BY v`,
  );
  const exact = numberMeasures({ values: v.map(Number), reference: old.map(Number), current: young.map(Number) });

  const found = await columnMeasures(engine, { before: 'before', after: 'after', value: 'v', kind: 'numbers', rows: 1_100_000 });

  assert.ok(found?.of === 'binned numbers');
  const pairs = [
    [found.kolmogorovSmirnov, exact.kolmogorovSmirnov?.statistic],
    [found.wasserstein, exact.wasserstein],
    [found.energy, exact.energy],
  ] as const;
  for (const [{ least, most }, value = -1] of pairs) {
    assert.ok(value !== null && least - 1e-9 <= value && value <= most + 1e-9, `${value} in ${least} to ${most}`);
    assert.ok(most - least < 0.3 * most, `${least} to ${most} is near enough`);
  }
});
