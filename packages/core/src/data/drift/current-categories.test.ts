import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ReferenceColumn } from '@tidegate/formats';
import { type Engine, judgeDrift, type JudgedColumn, openEngine, quoteName } from '@tidegate/runtime';
import { halfColumn } from './count-columns.ts';
import { currentColumn } from './current-column.ts';
import { referenceColumn } from './reference-column.ts';

const options = { falseAlarms: 0.01, floor: 0.1 };

/** Judges a text `v` of rows i = 0 … against that of other rows, whose i go on from there. */
async function judge(engine: Engine, value: string, rows: { readonly before: number; readonly now: number; readonly changed?: string }) {
  const half = quoteName(halfColumn);
  const counted = { value: 'CAST(v AS VARCHAR)' };
  await engine.run(`CREATE OR REPLACE TEMP TABLE before AS SELECT ${value} AS v, (i % 2)::INT AS ${half} FROM range(${rows.before}) t(i)`);
  await engine.run(
    `CREATE OR REPLACE TEMP TABLE now AS SELECT ${rows.changed ?? value} AS v, (i % 2)::INT AS ${half} FROM range(${rows.before}, ${rows.before + rows.now}) t(i)`,
  );
  const reference: ReferenceColumn = await referenceColumn(
    engine,
    { table: 'before', ...counted },
    { name: 'v', type: 'string', role: 'input' },
  );
  const current = await currentColumn(engine, { table: 'now', ...counted }, reference);
  const [judged] = judgeDrift([current.binned], options);
  return { reference, current, judged: judged ?? assert.fail() };
}

const salted = (salt: number): string => `hash(i || 's${salt}')`;

test('names that hardly ever repeat are as they were, however many of them were never seen', async () => {
  using engine = await openEngine();
  for (const [before, now] of [
    [729, 729],
    [2000, 500],
    [5000, 5000],
  ] as const) {
    const { judged } = await judge(engine, `'name ' || ${salted(before)}`, { before, now });

    assert.ok(judged.pValue > 0.99, String(judged.pValue));
    assert.equal(judged.verdict, 'pass');
  }
});

test('names of which most repeat a few times do not seem to become rarer', async () => {
  using engine = await openEngine();
  const verdicts: JudgedColumn['verdict'][] = [];
  const pValues: number[] = [];
  for (let salt = 0; salt < 20; salt++) {
    const { judged } = await judge(engine, `(${salted(salt)} % 333)::VARCHAR`, { before: 1000, now: 1000 });
    verdicts.push(judged.verdict);
    pValues.push(judged.pValue);
  }

  assert.ok(!verdicts.includes('fail'), verdicts.join(' '));
  assert.ok(Math.min(...pValues) > 1e-4, pValues.join(' '));
});

test('names that were all seen before, where there were always new ones, are found', async () => {
  using engine = await openEngine();
  const { judged } = await judge(engine, `'name ' || ${salted(1)}`, {
    before: 3000,
    now: 3000,
    changed: "'name ' || hash((hash(i) % 30) || 's1')",
  });

  assert.equal(judged.verdict, 'fail');
});

test('a class that was never seen is found among classes, and named', async () => {
  using engine = await openEngine();
  const { judged, current } = await judge(engine, `list_extract(['UA', 'DL', 'AA'], 1 + (${salted(1)} % 3)::INT)`, {
    before: 5000,
    now: 400,
    changed: `CASE WHEN ${salted(2)} % 4 = 0 THEN 'WN' ELSE 'UA' END`,
  });

  assert.equal(judged.verdict, 'fail');
  assert.equal(current.unseen, 'WN');
  assert.ok(judged.pValue < 1e-20);
});

test('a reference that does not know the rows of its rare values judges as before', async () => {
  using engine = await openEngine();
  const { reference } = await judge(engine, `(${salted(1)} % 20)::VARCHAR`, { before: 4000, now: 4000 });
  const { rareRows: _, ...older } = reference.kind === 'categories' ? reference : assert.fail();

  const current = await currentColumn(engine, { table: 'now', value: 'v' }, older);

  assert.equal(current.binned.together, undefined);
  assert.deepEqual(current.binned.reference, [
    [...older.counts[0], 0],
    [...older.counts[1], 0],
  ]);
  assert.equal(judgeDrift([current.binned], options)[0]?.verdict, 'pass');
});
