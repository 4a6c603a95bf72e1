import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Digest } from '@tidegate/formats';
import { type TestTables, testTables } from '../tables/test-table.ts';
import { mergeData } from './merge-data.ts';
import type { DataMerge, MergeRequest } from './merge-request.ts';

const { signal } = new AbortController();

function merge(
  { store }: TestTables,
  sides: Pick<MergeRequest, 'base' | 'ours' | 'theirs'>,
  prefer: MergeRequest['prefer'] = null,
): Promise<DataMerge> {
  return mergeData({ ...sides, prefer, store, dataset: 't', signal });
}

const values = (...rows: readonly string[]): string => `SELECT * FROM (VALUES ${rows.join(', ')}) AS v(id, a, b)`;

test('rows merge by key and value by value; what both changed differently is a conflict with its key and columns, unless a side is preferred', async (t) => {
  const tables = await testTables(t);
  const put = async (rows: string): Promise<Digest> => (await tables.put(rows)).digest;
  const base = await put(values("(1, 1, 'x')", "(2, 2, 'x')", "(3, 3, 'x')", "(4, 4, 'x')", "(5, 5, 'x')", "(6, 6, 'x')"));
  const ours = await put(values("(1, 10, 'x')", "(2, 2, 'x')", "(3, 30, 'x')", "(5, 5, 'x')", "(6, 6, 'x')", "(7, 7, 'new')"));
  const theirs = await put(values("(1, 1, 'y')", '(2, 20, NULL)', "(3, 3, 'x')", "(4, 4, 'x')", "(6, 6, 'x')", "(8, 8, 'new')"));

  const merged = await merge(tables, { base, ours, theirs });

  assert.ok(merged.kind === 'merged');
  assert.deepEqual(
    (await tables.rowsOf(merged.tree, 'SELECT * FROM t ORDER BY id')).map((row) => Object.values(row)),
    [
      [1, 10, 'y'],
      [2, 20, null],
      [3, 30, 'x'],
      [6, 6, 'x'],
      [7, 7, 'new'],
      [8, 8, 'new'],
    ],
  );
  const late = await put(values("(1, 11, 'x')", "(3, 3, 'x')", "(4, 40, 'x')", "(5, 5, 'x')", "(6, 6, 'x')", "(7, 7, 'other')"));
  const conflict = await merge(tables, { base, ours, theirs: late });
  assert.deepEqual(conflict, {
    kind: 'conflict',
    count: 3,
    conflicts: [
      { kind: 'row', key: { id: '1' }, ours: 'changed', theirs: 'changed', columns: ['a'] },
      { kind: 'row', key: { id: '4' }, ours: 'removed', theirs: 'changed', columns: [] },
      { kind: 'row', key: { id: '7' }, ours: 'added', theirs: 'added', columns: ['b'] },
    ],
  });
  const told = await merge(tables, { base, ours, theirs: late }, 'theirs');
  assert.ok(told.kind === 'merged');
  assert.deepEqual(
    (await tables.rowsOf(told.tree, 'SELECT id, a, b FROM t ORDER BY id')).map((row) => Object.values(row).join(' ')),
    ['1 11 x', '3 30 x', '4 40 x', '5 5 x', '6 6 x', '7 7 other'],
  );
});

test('a column that one side adds and one that the other drops go with changed rows of both; a type that differs is a conflict', async (t) => {
  const tables = await testTables(t);
  const base = (await tables.put(values("(1, 1, 'x')", "(2, 2, 'x')", "(4, 4, 'gone')"))).digest;
  const ours = (await tables.put("SELECT id, a, b, id * 100 AS c FROM (VALUES (1, 1, 'x'), (2, 20, 'x'), (4, 4, 'gone')) AS v(id, a, b)"))
    .digest;
  const theirs = (await tables.put('SELECT * FROM (VALUES (1, -1), (2, 2), (3, 3)) AS v(id, a)')).digest;

  const merged = await merge(tables, { base, ours, theirs });

  assert.ok(merged.kind === 'merged');
  assert.deepEqual(await tables.rowsOf(merged.tree, 'SELECT * FROM t ORDER BY id'), [
    { id: 1, a: -1, c: 100 },
    { id: 2, a: 20, c: 200 },
    { id: 3, a: 3, c: null },
  ]);
  const retyped = (await tables.put('SELECT id, a, 5 AS b FROM (VALUES (1, 1), (2, 2)) AS v(id, a)')).digest;
  assert.deepEqual(await merge(tables, { base, ours, theirs: retyped }), {
    kind: 'conflict',
    count: 1,
    conflicts: [{ kind: 'column', column: 'b', ours: 'VARCHAR', theirs: 'INTEGER' }],
  });
});

test('rows without a key merge by how often they are there; rows that both sides may have changed are a conflict', async (t) => {
  const tables = await testTables(t);
  const put = async (...rows: readonly string[]): Promise<Digest> =>
    (await tables.put(`SELECT unnest([${rows.map((row) => `'${row}'`).join(', ')}]) AS line`, null, { key: [] })).digest;
  const [base, ours, theirs] = [await put('a', 'a', 'b'), await put('a', 'b', 'c', 'c'), await put('a', 'a', 'b', 'b', 'c')];

  const merged = await merge(tables, { base, ours, theirs });

  assert.ok(merged.kind === 'merged');
  assert.deepEqual(
    (await tables.rowsOf(merged.tree, 'SELECT line FROM t ORDER BY line')).map(({ line }) => line),
    ['a', 'b', 'b', 'c', 'c', 'c'],
  );
  const disputed = { base, ours: await put('a', 'b', 'x'), theirs: await put('a', 'b', 'y') };
  for (const prefer of [null, 'ours', 'theirs'] as const)
    assert.deepEqual(await merge(tables, disputed, prefer), {
      kind: 'conflict',
      count: 1,
      conflicts: [{ kind: 'shape', problem: 'rows without a key' }],
    });
});
