import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Digest, TableRecord } from '@tidegate/formats';
import { type ObjectStore, readRecord } from '../../store/index.ts';
import { testTables } from '../tables/test-table.ts';
import { mergeData } from './merge-data.ts';

const layersOf = ({ groups }: TableRecord): readonly Digest[] => groups.flatMap(({ layers }) => layers.map(({ digest }) => digest));

test('of groups that only one side has changed no row is read, and of the others only those that both have changed', async (t) => {
  const { put, store, rowsOf } = await testTables(t, 100);
  const order = { key: ['day', 'id'], partition: 'value(day)' };
  const rows = (change: string): string =>
    `SELECT id // 100 AS day, id, ${change} FROM (SELECT i AS id, 0 AS a, 0 AS b FROM range(6000) r(i))`;
  const base = await put(rows('a, b'), null, order);
  const ours = await put(rows('CASE WHEN id IN (5, 2705) THEN 1 ELSE a END AS a, b'), base.digest, order);
  const theirs = await put(rows('a, CASE WHEN id IN (2750, 5999) THEN 2 ELSE b END AS b'), base.digest, order);
  const read = new Set<Digest>();
  const noting = <T>(reading: (digest: Digest) => Promise<T>): ((digest: Digest) => Promise<T>) => {
    return (digest) => {
      read.add(digest);
      return reading(digest);
    };
  };
  const watched: ObjectStore = { ...store, pathOf: noting(store.pathOf), readBytes: noting(store.readBytes) };
  const sides = { base: base.digest, ours: ours.digest, theirs: theirs.digest };

  const merged = await mergeData({ ...sides, prefer: null, store: watched, dataset: 't', signal: new AbortController().signal });

  assert.ok(merged.kind === 'merged');
  assert.deepEqual(await rowsOf(merged.tree, 'SELECT id::INTEGER AS id, a, b FROM t WHERE a + b > 0 ORDER BY id'), [
    { id: 5, a: 1, b: 0 },
    { id: 2705, a: 1, b: 0 },
    { id: 2750, a: 0, b: 2 },
    { id: 5999, a: 0, b: 2 },
  ]);
  const both = new Set(['27']);
  const others = [base, ours, theirs].flatMap(({ record }) =>
    layersOf({ ...record, groups: record.groups.filter(({ from: [day = ''] }) => !both.has(day)) }),
  );
  assert.deepEqual(
    others.filter((digest) => read.has(digest)),
    [],
  );
  const record = await readRecord(store, 'tidegate.table/1', merged.tree);
  assert.deepEqual([record.rows, record.groups.length], [6000, base.record.groups.length]);
});
