import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Digest } from '@tidegate/formats';
import { quoteText, seededRandom } from '@tidegate/runtime';
import { readRecord } from '../../store/index.ts';
import { globText } from '../read/sql-path.ts';
import { type TestTables, testTables } from '../tables/test-table.ts';
import { findRows } from './find-rows.ts';
import { type KeyRows, takeKeys } from './key-rows.ts';
import { tableWithout } from './table-without.ts';

interface ModelRow {
  readonly id: number;
  readonly town: string;
  readonly note: string;
}

const versions = 5;
const { signal } = new AbortController();

/** The table without the rows, or itself when none of its files has to do with them. */
async function forget(tables: TestTables, table: Digest, keys: KeyRows, seen: Map<Digest, boolean>): Promise<Digest> {
  const { engine, store, scratch } = tables;
  await takeKeys(engine, keys);
  const request = {
    store,
    scratch,
    record: await readRecord(store, 'tidegate.table/1', table),
    keys,
    seen,
    matched: new Set<number>(),
    signal,
  };
  const found = await findRows(engine, request);
  return found === null ? table : tableWithout(engine, request, found);
}

/** Texts of every file of a table, and of its record: what a search through the disk would find. */
async function bytesOf({ engine, store }: TestTables, table: Digest): Promise<string> {
  const record = await readRecord(store, 'tidegate.table/1', table);
  const texts = [JSON.stringify(record)];
  for (const { digest } of record.groups.flatMap(({ layers }) => layers))
    texts.push(JSON.stringify(await engine.rows(`SELECT * FROM read_parquet(${globText(await store.pathOf(digest))})`)));
  return texts.join('\n');
}

for (const [seed, order] of ([{ key: ['id'] }, { key: ['town', 'id'] }, { key: ['id'], partition: 'value(town)' }] as const).entries())
  test(`of ${versions} versions of random edits each one is what a naive filter leaves of it, by ${order.key.join()}, seed ${seed}`, async (t) => {
    const tables = await testTables(t, 200);
    const random = seededRandom(seed + 1);
    const next = (below: number): number => random.below(below);
    let rows: readonly ModelRow[] = Array.from({ length: 900 }, (_, at) => rowOf(at * 3, next));
    let previous: Digest | null = null;
    const stored: { readonly digest: Digest; readonly rows: readonly ModelRow[] }[] = [];
    for (let version = 0; version < versions; version++) {
      const { digest } = await tables.put(valuesOf(rows), previous, order);
      stored.push({ digest, rows });
      previous = digest;
      rows = edited(rows, next);
    }
    const chosen = Array.from({ length: 12 }, () => stored[next(versions)]?.rows[next(500)] ?? assert.fail());
    const isGone = ({ id, town }: ModelRow): boolean =>
      chosen.some((one) => one.id === id && (order.key.length === 1 || one.town === town));
    const values = chosen.map(({ id, town }) => order.key.map((column) => (column === 'id' ? String(id) : town)));
    const seen = new Map<Digest, boolean>();

    for (const { digest, rows: before } of stored) {
      const after = await forget(tables, digest, { columns: order.key, values }, seen);

      const wanted = before.filter((row) => !isGone(row)).toSorted((a, b) => a.id - b.id || (a.town < b.town ? -1 : 1));
      assert.deepEqual(await tables.rowsOf(after, 'SELECT id, town, note FROM t ORDER BY id, town'), wanted);
      const text = await bytesOf(tables, after);
      for (const { note } of before.filter(isGone)) assert.equal(text.includes(note), false, note);
      assert.equal(await forget(tables, after, { columns: order.key, values }, new Map()), after, 'a second time there is nothing left');
      const again = await tables.put(valuesOf(wanted), after, order);
      assert.equal(again.digest, after, 'the rows that are left are the same version');
    }
    assert.ok([...seen.values()].includes(true));
  });

type Next = (below: number) => number;

/** The note is found again in no other row. */
function rowOf(id: number, next: Next): ModelRow {
  return { id, town: ['Ulm', 'Bonn', 'Köln'][next(3)] ?? '', note: `note of ${id}: ${next(1 << 30)}` };
}

function edited(rows: readonly ModelRow[], next: Next): readonly ModelRow[] {
  const kept = rows.filter(() => next(40) !== 0);
  const changed = kept.map((row) => (next(25) === 0 ? { ...row, note: `note of ${row.id}, changed: ${next(1 << 30)}` } : row));
  const added = Array.from({ length: next(30) }, () => rowOf(1 + 3 * next(100_000), next));
  const ids = new Set<number>();
  return [...changed, ...added].filter(({ id }) => !ids.has(id) && ids.add(id));
}

function valuesOf(rows: readonly ModelRow[]): string {
  const list = rows.map(({ id, town, note }) => `(${id}::BIGINT, ${quoteText(town)}, ${quoteText(note)})`);
  return `SELECT * FROM (VALUES ${list.join(', ')}) AS model(id, town, note)`;
}
