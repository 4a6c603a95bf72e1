import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ProfilePart } from '@tidegate/formats';
import { type Engine, openEngine, referenceBins, rowsByBin } from '@tidegate/runtime';
import { partsOfQueries } from './test-parts.ts';

const before = `SELECT 300 + sin(i * 7.7) * 9 AS kelvin, i % 7 AS weekday, 'c' || CAST(floor(40 * pow(abs(sin(i * 1.7)), 3)) AS INT) AS class,
  CASE WHEN i % 10 = 0 THEN NULL ELSE exp(3 * sin(i * 3.3)) END AS skewed, [i] AS list FROM range(5000) t(i)`;
const after = `SELECT 303 + sin(i * 5.7) * 9 AS kelvin, i % 5 AS weekday, 'c' || CAST(floor(60 * pow(abs(sin(i * 2.3)), 3)) AS INT) AS class,
  exp(3 * sin(i * 2.3)) + 1 AS skewed, [i] AS list FROM range(4000) t(i)`;

async function sides(engine: Engine): Promise<readonly [ProfilePart, ProfilePart]> {
  const [old, young] = await partsOfQueries(engine, [before, after]);
  assert.ok(old !== undefined && young !== undefined);
  return [old, young];
}

test('a reference out of a profile has exact counts on its own bins, and later data theirs within the error that is stated', async () => {
  using engine = await openEngine({ threads: 1 });
  const [old, young] = await sides(engine);
  for (const name of ['kelvin', 'skewed']) {
    const [column, later] = [old, young].map((part) => part.columns.find((one) => one.name === name));
    assert.ok(column !== undefined && later !== undefined);
    const bins = referenceBins(column, old.rows);
    assert.ok(bins?.kind === 'ordered' && bins.edges.length >= 8 && bins.edges.length <= 10, JSON.stringify(bins));
    const [reference, current] = [rowsByBin(column, old.rows, bins), rowsByBin(later, young.rows, bins)];

    assert.equal(reference?.error, 0);
    assert.deepEqual(reference.counts, await counted(engine, { query: before, name, edges: bins.edges }));
    assert.equal(reference.missing, name === 'skewed' ? 500 : 0);
    const truth = await counted(engine, { query: after, name, edges: bins.edges });
    assert.ok(current !== null && current.error < 0.03, String(current?.error));
    for (const at of truth.keys()) {
      const [found, real] = [current.counts, truth].map((counts) => counts.slice(0, at + 1).reduce((sum, count) => sum + count, 0));
      assert.ok(Math.abs((found ?? 0) - (real ?? 0)) <= current.error * young.rows + 1e-6, `${name} ${at}: ${found} is not ${real}`);
    }
  }
});

async function counted(
  engine: Engine,
  { query, name, edges }: { readonly query: string; readonly name: string; readonly edges: readonly number[] },
): Promise<readonly number[]> {
  const values = ((await engine.columns(`SELECT ${name} AS v FROM (${query})`))['v'] ?? []).map(Number).filter(Number.isFinite);
  const counts = Array.from({ length: edges.length + 1 }, () => 0);
  for (const value of values) {
    const bin = edges.findIndex((edge) => value <= edge);
    counts[bin < 0 ? edges.length : bin] = (counts[bin < 0 ? edges.length : bin] ?? 0) + 1;
  }
  return counts;
}

test('few numbers and texts have a bin for each frequent value and one for all others; lists have none', async () => {
  using engine = await openEngine({ threads: 1 });
  const [old, young] = await sides(engine);
  const [, weekday, word, , list] = old.columns;
  const [, laterDay, laterWord] = young.columns;
  assert.ok(weekday !== undefined && word !== undefined && list !== undefined && laterDay !== undefined && laterWord !== undefined);
  const days = referenceBins(weekday, old.rows);
  const words = referenceBins(word, old.rows);
  assert.ok(days !== null && words?.kind === 'categories');

  assert.deepEqual(days, { kind: 'categories', values: ['0', '1', '2', '3', '4', '5', '6'] });
  assert.deepEqual(rowsByBin(laterDay, young.rows, days), { counts: [800, 800, 800, 800, 800, 0, 0, 0], missing: 0, error: 0 });
  const later = rowsByBin(laterWord, young.rows, words);
  assert.equal(later?.counts.length, words.values.length + 1);
  assert.ok((later.counts.at(-1) ?? 0) > 0, 'classes that the reference never saw');
  assert.equal(
    later.counts.reduce((sum, count) => sum + count, 0),
    young.rows,
  );
  assert.equal(referenceBins(list, old.rows), null);
});
