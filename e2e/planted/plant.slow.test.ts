import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';
import { type Cell, type Engine, openEngine, type Row } from '@tidegate/runtime';
import fc from 'fast-check';
import { rowColumn } from './chance.ts';
import { columnFacts, type ColumnFacts } from './column-facts.ts';
import { dataSets } from './data-sets/all.ts';
import { ordersSql } from './data-sets/orders.ts';
import type { Change, Fault } from './fault.ts';
import { catalogue } from './faults/catalogue.ts';
import { plant, type Planted } from './plant.ts';

/** The orders of a shop have a column for every role. */
const orders = dataSets.find(({ name }) => name === 'orders') ?? assert.fail('there is one');

let engine: Engine;
let known: ReadonlyMap<string, ColumnFacts>;
before(async () => {
  engine = await openEngine({ threads: 1 });
  await engine.run(`CREATE TEMP TABLE own AS SELECT (row_number() OVER () - 1) AS "${rowColumn}", * FROM (${ordersSql(150)})`);
  await engine.run(`CREATE TEMP TABLE past AS SELECT * FROM own`);
  await engine.run(
    `CREATE TEMP TABLE parent AS SELECT (row_number() OVER () - 1) AS "${rowColumn}", * FROM (${orders.parent?.of === 'rows' ? orders.parent.sql : ''})`,
  );
  const columns = [...new Set(Object.values(orders.roles).flat())].filter((column) => column !== 'spent');
  known = new Map(await Promise.all(columns.map(async (column) => [column, await columnFacts(engine, 'own', column)] as const)));
});
after(() => engine[Symbol.dispose]());

/** A fault as a change of a table, of a size that is one of its own kind. */
function changeOf(
  fault: Fault,
  part: number,
): { readonly table: string; readonly change: Exclude<Change, { kind: 'in the other table' }> } {
  const sizes = { rows: 1 + Math.round(part * 20), 'whole column': 1, hours: 1 + part * 10 };
  const size = fault.unit in sizes ? sizes[fault.unit as keyof typeof sizes] : part;
  const facts = (column: string): ColumnFacts => known.get(column) ?? assert.fail(column);
  const change = fault.change({ columns: orders.roles[fault.needs] ?? assert.fail(fault.needs), size: Math.max(0.01, size), facts });
  return change.kind === 'in the other table' ? { table: 'parent', change: change.change } : { table: 'own', change };
}

async function tableOf(name: string): Promise<ReadonlyMap<number, Row>> {
  return new Map((await engine.rows(`SELECT * FROM ${name}`)).map((row) => [Number(row[rowColumn]), row]));
}

const without = (row: Row | undefined, columns: readonly string[]): unknown =>
  Object.fromEntries(Object.entries(row ?? {}).filter(([name]) => name !== rowColumn && !columns.includes(name)));

test('every role of the catalogue is one that the orders have', () => {
  assert.deepEqual(
    catalogue.map(({ needs }) => needs).filter((role) => orders.roles[role] === undefined),
    [],
  );
  assert.equal(new Set(catalogue.map(({ kind }) => kind)).size, catalogue.length);
});

test('a fault touches the rows and columns that it says, and nothing else has another byte', async () => {
  const seen = new Set<string>();
  for (const fault of catalogue)
    await fc.assert(
      fc.asyncProperty(fc.double({ min: 0, max: 1, noNaN: true }), fc.string({ maxLength: 5 }), async (part, seed) => {
        const { table, change } = changeOf(fault, part);
        const clean = await tableOf(table);

        const planted = await plant(engine, change, { from: table, to: 'planted', seed: seed.replaceAll('\0', '') });

        const found = await tableOf('planted');
        const gone = [...clean.keys()].filter((row) => !found.has(row));
        assert.deepEqual(planted.removed, gone, fault.kind);
        const fresh = [...found.keys()].filter((row) => !clean.has(row));
        assert.deepEqual([...planted.repeated.keys()], fresh, fault.kind);
        for (const [row, of] of planted.repeated) assert.deepEqual(without(found.get(row), []), without(clean.get(of), []), fault.kind);
        const differ: number[] = [];
        for (const [row, cells] of clean) {
          const now = found.get(row);
          if (now === undefined) continue;
          assert.deepEqual(without(now, planted.columns), without(cells, planted.columns), fault.kind);
          if (change.kind === 'cells' && planted.columns.some((name) => !isSame(now[name], cells[name]))) differ.push(row);
        }
        assert.deepEqual(planted.changed, differ, fault.kind);
        seen.add(touchedBy(planted));
      }),
      // a size of nearly nothing may repeat no row, so the largest is always one of the two
      { numRuns: 2, examples: [[1, 'largest']] },
    );
  assert.deepEqual([...seen].toSorted(), ['cells', 'columns', 'removed rows', 'repeated rows']);
});

/** A number that is written as text is the same value: the type of the column is another one, and the fault says so. */
function isSame(one: Cell | undefined, other: Cell | undefined): boolean {
  if (typeof one === 'number' || typeof other === 'number') return Number(one ?? Number.NaN) === Number(other ?? Number.NaN);
  return JSON.stringify(one) === JSON.stringify(other);
}

function touchedBy({ changed, removed, repeated }: Planted): string {
  return changed.length > 0 ? 'cells' : removed.length > 0 ? 'removed rows' : repeated.size > 0 ? 'repeated rows' : 'columns';
}

test('a fault of one row is in one row', async () => {
  for (const fault of catalogue.filter(({ sizes }) => sizes.down === 'to one row')) {
    const { table, change } = changeOf(fault, 0);
    const planted = await plant(engine, change, { from: table, to: 'planted', seed: 'one' });

    assert.equal(planted.changed.length + planted.removed.length + planted.repeated.size, 1, fault.kind);
  }
});

test('a seed decides everything, on every machine', async () => {
  const sums: string[] = [];
  for (const seed of ['a', 'b']) {
    const sum = createHash('sha256');
    for (const fault of catalogue) {
      const { table, change } = changeOf(fault, 0.3);
      await plant(engine, change, { from: table, to: 'planted', seed: `${seed}:${fault.kind}` });
      sum.update(JSON.stringify([fault.kind, ...(await tableOf('planted')).values()]));
    }
    sums.push(sum.digest('hex'));
  }

  assert.notEqual(sums[0], sums[1]);
  assert.equal(sums[0], '920df6b52e4f04998e66c288e3f1d58e07a2fcacc9c546d162b1d2ba57da2aa2');
});

test('a score that a limit is computed from is moved by the fault as much as the limit takes it to be', async () => {
  const rows = 2000;
  await engine.run(`CREATE OR REPLACE TEMP TABLE past AS SELECT (row_number() OVER () - 1) AS "${rowColumn}", * FROM (${ordersSql(rows)})`);
  const meanIn = async (table: string, score: string): Promise<number> =>
    Number((await engine.rows(`SELECT avg((${score})::DOUBLE) AS mean FROM ${table} t`))[0]?.['mean']);
  for (const fault of catalogue) {
    if (fault.sizes.down !== 'to a score') continue;
    const columns = orders.roles[fault.needs] ?? assert.fail(fault.needs);
    const found = new Map<string, ColumnFacts>();
    for (const column of columns) found.set(column, await columnFacts(engine, 'past', column));
    const facts = (column: string): ColumnFacts => found.get(column) ?? assert.fail(column);
    const { before, after: then } = fault.sizes.score({ columns, facts });
    const size = fault.unit === 'hours' ? 1 : fault.unit === 'times' ? 0.1 : 0.5;
    const change = fault.change({ columns, facts, size });
    assert.notEqual(change.kind, 'in the other table');
    if (change.kind === 'in the other table') continue;

    await plant(engine, change, { from: 'past', to: 'planted', seed: 'moved' });

    const expected = size * ((await meanIn('past', then)) - (await meanIn('past', before)));
    const moved = (await meanIn('planted', before)) - (await meanIn('past', before));
    // chance decides which rows, and a limit is of first order in its size
    assert.ok(Math.abs(moved / expected - 1) < 0.35, `${fault.kind}: by ${moved}, not ${expected}`);
  }
});
