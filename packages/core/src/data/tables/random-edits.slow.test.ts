import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Digest } from '@tidegate/formats';
import { quoteText, seededRandom } from '@tidegate/runtime';
import { testTables } from './test-table.ts';

/** A row of the model: what a version should have is kept as plain values. */
interface ModelRow {
  readonly id: number;
  readonly a: number | null;
  readonly b: string;
}

const versions = 21;

for (const [seed, kind] of (['with a key', 'without a key', 'in partitions'] as const).entries())
  test(`of ${versions} versions of random edits ${kind} each one reads as it was stored `, async (t) => {
    const { put, rowsOf } = await testTables(t);
    const random = seededRandom(seed);
    const next = (below: number): number => random.below(below);
    let rows: readonly ModelRow[] = Array.from({ length: 1_500 }, (_, id) => rowOf(id, next));
    let previous: Digest | null = null;
    const expected: { readonly digest: Digest; readonly rows: readonly ModelRow[]; readonly layers: number }[] = [];
    const order = { key: kind === 'without a key' ? [] : ['id'], partition: kind === 'in partitions' ? 'value(b)' : null };

    for (let version = 0; version < versions; version++) {
      const { digest, record } = await put(valuesOf(shuffled(rows, next)), previous, order);
      const layers = Math.max(...record.groups.map((group) => group.layers.length));
      expected.push({ digest, rows, layers });
      previous = digest;
      rows = edited(rows, next);
    }

    for (const { digest, rows: wanted } of expected) {
      const found = await rowsOf(digest, 'SELECT id, a, b FROM t ORDER BY id, a, b');
      assert.deepEqual(found, sorted(wanted));
    }
    assert.ok(Math.max(...expected.map(({ layers }) => layers)) > 1, 'some version is stored as what changed');
    assert.equal((await put(valuesOf(expected[0]?.rows ?? []), null, order)).digest, expected[0]?.digest);
  });

type Next = (below: number) => number;

function rowOf(id: number, next: Next): ModelRow {
  return { id, a: next(9) === 0 ? null : next(5), b: ['x', 'y', 'Z', ''][next(4)] ?? '' };
}

function edited(rows: readonly ModelRow[], next: Next): readonly ModelRow[] {
  const kinds = [
    () => rows.filter(() => next(40) !== 0),
    () => rows.map((row) => (next(30) === 0 ? rowOf(row.id, next) : row)),
    () => [...rows, ...Array.from({ length: next(80) }, (_, at) => rowOf(2_000 + next(100_000) * 100 + at, next))].filter(onceOnly()),
    () => rows.map((row) => ({ ...row, a: next(3) })),
    () => rows.slice(0, Math.max(1, rows.length - next(200))),
    () => rows,
  ];
  return kinds[next(kinds.length)]?.() ?? rows;
}

function onceOnly(): (row: ModelRow) => boolean {
  const seen = new Set<number>();
  return ({ id }) => !seen.has(id) && seen.add(id) !== undefined;
}

function shuffled(rows: readonly ModelRow[], next: Next): readonly ModelRow[] {
  return rows
    .map((row) => ({ row, at: next(1 << 30) }))
    .sort((one, other) => one.at - other.at)
    .map(({ row }) => row);
}

function sorted(rows: readonly ModelRow[]): readonly ModelRow[] {
  return [...rows].sort((one, other) => one.id - other.id);
}

function valuesOf(rows: readonly ModelRow[]): string {
  const list = rows.map(({ id, a, b }) => `(${id}::BIGINT, ${a ?? 'NULL'}::INTEGER, ${quoteText(b)})`);
  return `SELECT * FROM (VALUES ${list.join(', ')}) AS model(id, a, b)`;
}
