import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { openEngine, quoteText } from '@tidegate/runtime';
import { mkdtemp, rm, tmpdir } from '../../../platform/index.ts';
import { plainColumn, turnedColumn } from './read-column.ts';
import { openRowStage } from './row-stage.ts';
import { rowText, textOfField } from './row-text.ts';
import type { TakenRows } from './text-parts.ts';

const columns = [
  plainColumn({ name: 'id', type: 'BIGINT', sourceType: 'int' }),
  turnedColumn({ name: 'text', type: 'VARCHAR', sourceType: 'text' }, textOfField),
];

/** Sends rows through a stage of small parts in pieces that end anywhere. @returns what was taken, and the rows of its files */
async function staged(
  t: TestContext,
  ids: readonly number[],
  key: readonly string[] | null,
): Promise<readonly [TakenRows, readonly unknown[]]> {
  const folder = await mkdtemp(join(tmpdir(), 'tidegate-stage-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  await using stage = await openRowStage({ title: 'rows', folder, columns, key, partBytes: 2000, signal: new AbortController().signal });
  const text = Buffer.from(ids.map((id) => rowText([String(id), `row\t${id}`.repeat(id % 7)])).join(''));
  for (let at = 0; at < text.length; at += 333) await stage.write(text.subarray(at, at + 333));
  const taken = await stage.finish();
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.endsWith('.text')),
    [],
  );
  using engine = await openEngine({ threads: 1 });
  const rows = await engine.rows(`SELECT * FROM read_parquet([${taken.files.map(quoteText).join(', ')}])`);
  assert.equal(taken.rows, rows.length);
  return [taken, rows.toSorted((a, b) => Number(a['id']) - Number(b['id']))];
}

const upTo = (end: number): readonly number[] => Array.from({ length: end }, (_, id) => id);
const rowsOf = (ids: readonly number[]): readonly unknown[] => ids.map((id) => ({ id, text: `row\t${id}`.repeat(id % 7) }));

test('rows in the order of a key are groups, and others are files, with every row once', async (t) => {
  const cases: readonly (readonly [readonly number[], readonly string[] | null, boolean])[] = [
    [upTo(900), ['id'], true],
    [upTo(900), null, false],
    [upTo(1), ['ID'], true],
    [upTo(0), ['id'], false],
    [upTo(900), ['other'], false],
    [[...upTo(900).slice(450), ...upTo(450)], ['id'], false],
    [[...upTo(897), 898, 897, 899], ['id'], false],
  ];
  for (const [ids, key, isGrouped] of cases) {
    const [{ groups }, rows] = await staged(t, ids, key);

    assert.deepEqual(rows, rowsOf(ids.toSorted((a, b) => a - b)));
    assert.equal(groups !== null, isGrouped, `${ids.length} ${key?.join()}`);
    if (groups !== null)
      assert.equal(
        groups.groups.reduce((sum, group) => sum + group.rows, 0),
        ids.length,
      );
  }
});

test('a value at fault is told by its column, whichever part it is in', async (t) => {
  for (const key of [['id'], null])
    await assert.rejects(
      staged(t, [...upTo(500), Number.NaN, ...upTo(3)], key),
      (error: unknown) => error instanceof Error && /TG-SOURCE-VALUE: .*"id"/.test(error.message),
    );
});
