import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '@tidegate/runtime';
import { testTables } from '../tables/test-table.ts';
import { mergeData } from './merge-data.ts';

/** The values of a row by the place of its column; a table is its rows by id. */
type Row = readonly [number, number | null, string];
type Table = ReadonlyMap<number, Row>;

type Next = (below: number) => number;

/** What a merge is to be, written down as plainly as it can be: null when anything is in conflict. */
function naiveMerge(base: Table, ours: Table, theirs: Table): Table | null {
  const merged = new Map<number, Row>();
  for (const id of new Set([...base.keys(), ...ours.keys(), ...theirs.keys()])) {
    const [old, own, other] = [base.get(id), ours.get(id), theirs.get(id)];
    if (own === undefined || other === undefined) {
      const left = own ?? other;
      if (left === undefined) continue;
      if (old === undefined) merged.set(id, left);
      else if (String(left) !== String(old)) return null;
      continue;
    }
    const [a, b] = [pick(old?.[1] ?? null, own[1], other[1]), pick(old?.[2] ?? null, own[2], other[2])];
    if (a === conflict || b === conflict || b === null) return null;
    merged.set(id, [id, a, b]);
  }
  return merged;
}

const conflict = 'in conflict';

function pick<T>(was: T | null, one: T, two: T): T | typeof conflict {
  if (one !== was && two !== was && one !== two) return conflict;
  return one !== was ? one : two;
}

function edited(table: Table, next: Next): Table {
  const rows = new Map(table);
  for (let change = next(30); change >= 0; change--) {
    const id = next(6) === 0 ? 2_000 + next(400) : next(150);
    const row = rows.get(id);
    if (next(4) === 0) rows.delete(id);
    else if (row === undefined || next(8) === 0) rows.set(id, [id, next(9) === 0 ? null : next(5), 'new']);
    else rows.set(id, next(2) === 0 ? [id, row[1], `b${next(4)}`] : [id, next(4) === 0 ? null : next(5), row[2]]);
  }
  return rows;
}

function valuesOf(table: Table): string {
  const rows = [...table.values()].map(([id, a, b]) => `(${id}::BIGINT, ${a ?? 'NULL'}::INTEGER, '${b}')`);
  return `SELECT *, id // 60 AS span FROM (VALUES ${rows.join(', ')}) AS v(id, a, b)`;
}

const orders = [
  { name: '', seed: 1, key: ['id'], partition: null, rowsPerGroup: 20 },
  { name: ', in partitions', seed: 2, key: ['id'], partition: 'value(b)', rowsPerGroup: 100 },
  { name: ', in partitions that the key says', seed: 4, key: ['span', 'id'], partition: 'value(span)', rowsPerGroup: 20 },
] as const;

for (const { name, seed, rowsPerGroup, ...order } of orders)
  test(`random edits of both sides merge as a naive merge of the same rows does${name}`, async (t) => {
    const tables = await testTables(t, rowsPerGroup);
    const random = seededRandom(seed);
    const next: Next = (below) => random.below(below);
    const outcomes = { merged: 0, conflict: 0 };
    let base: Table = new Map(Array.from({ length: 2_000 }, (_, id): readonly [number, Row] => [id, [id, next(5), `b${next(4)}`]]));
    let previous = (await tables.put(valuesOf(base), null, order)).digest;

    for (let round = 0; round < 14; round++) {
      const [ours, theirs] = [edited(base, next), edited(base, next)];
      const wanted = naiveMerge(base, ours, theirs);
      const sides = {
        base: previous,
        ours: (await tables.put(valuesOf(ours), previous, order)).digest,
        theirs: (await tables.put(valuesOf(theirs), previous, order)).digest,
      };
      const rest = { prefer: null, store: tables.store, dataset: 't', signal: new AbortController().signal };
      const merge = await mergeData({ ...sides, ...rest });

      outcomes[merge.kind] += 1;
      assert.equal(merge.kind, wanted === null ? 'conflict' : 'merged', `round ${round}`);
      if (merge.kind === 'conflict' || wanted === null) continue;
      const found = (await tables.rowsOf(merge.tree, 'SELECT id, a, b FROM t ORDER BY id')).map((row) => Object.values(row));
      assert.deepEqual(
        found,
        [...wanted.values()].toSorted(([one], [other]) => one - other),
      );
      assert.deepEqual(await mergeData({ ...sides, ...rest, ours: sides.theirs, theirs: sides.ours }), merge);
      [base, previous] = [wanted, merge.tree];
    }
    assert.ok(outcomes.merged > 4 && outcomes.conflict > 1, JSON.stringify(outcomes));
  });
