import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { normalQuantile, openEngine, quoteText } from '@tidegate/runtime';
import { type ColumnFacts, columnFacts } from './column-facts.ts';
import { dataSets } from './data-sets/all.ts';
import { ordersSql } from './data-sets/orders.ts';
import { catalogue } from './faults/catalogue.ts';
import { plant } from './plant.ts';
import { plantingOf, sizesOf } from './sizes.ts';
import { makePair } from './versions.ts';

/** All false alarms of ten columns together. */
const falseAlarms = 0.05;
const columns = 10;

test('at the computed limit a test made for just the fault finds it in about 80 % of versions, and in clean ones next to nothing', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-sizes-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const orders = dataSets.find(({ name }) => name === 'orders') ?? assert.fail();
  using engine = await openEngine({ threads: 1 });
  await engine.run(`COPY (${ordersSql(1000)}) TO ${quoteText(join(folder, 'orders.parquet'))} (FORMAT parquet)`);
  const kinds = ['mean', 'spread', 'mix', 'class lost', 'truth rate', 'nulls rise', 'unit', 'text length'];
  const versions = 20;
  let [found, alarms] = [0, 0];
  for (let seed = 1; seed <= versions; seed++) {
    const pair = await makePair(engine, orders, { folder, seed });
    for (const fault of catalogue.filter(({ kind }) => kinds.includes(kind))) {
      const columnsOfRole = orders.roles[fault.needs] ?? assert.fail();
      const [column = ''] = columnsOfRole;
      const known = await columnFacts(engine, 'past', column);
      const facts = (): ColumnFacts => known;
      const given = { earlierRows: 500, rows: pair.rows, columns, falseAlarms, power: 0.8, counts: pair.counts, facts, columnsOfRole };
      const { limit } = await sizesOf(engine, fault, given);
      const planting = plantingOf(given, limit ?? assert.fail(`${fault.kind} has a limit`));
      const change = fault.change(planting);
      assert.ok(fault.sizes.down === 'to a score' && change.kind !== 'in the other table');
      const { before } = fault.sizes.score(planting);
      await plant(engine, change, { from: 'own', to: 'planted', seed: `${fault.kind}:${seed}` });

      const moments = async (table: string) => {
        const score = `(${before})::DOUBLE`;
        const [row = {}] = await engine.rows(`SELECT avg(${score}) AS mean, var_samp(${score}) / count(${score}) AS error FROM ${table} t`);
        return { mean: Number(row['mean']), error: Number(row['error']) };
      };
      const past = await moments('past');
      const isSignificant = ({ mean, error }: { readonly mean: number; readonly error: number }): boolean =>
        Math.abs(mean - past.mean) / Math.sqrt(error + past.error) > normalQuantile(1 - falseAlarms / (2 * columns));
      if (isSignificant(await moments('planted'))) found++;
      if (isSignificant(await moments('own'))) alarms++;
    }
  }

  t.diagnostic(`${found} of ${versions * kinds.length} found, ${alarms} false alarms`);
  const all = versions * kinds.length;
  assert.ok(Math.abs(found / all - 0.8) < 0.1, `${found} of ${all} found`);
  assert.ok(alarms / all < 0.02, `${alarms} of ${all} clean ones`);
});
