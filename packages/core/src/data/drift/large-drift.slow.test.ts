import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openEngine, quoteText } from '@tidegate/runtime';
import { judgeDataDrift } from './judge-data-drift.ts';

const rows = 1_100_000;

/** Every second an event, twenty days of it, then the half of a day. */
function table(seed: number, { from, count, shift }: { readonly from: number; readonly count: number; readonly shift: number }): string {
  return `SELECT TIMESTAMP '2026-01-01' + to_seconds(i) AS "at", hash(i, ${seed}) % 1000 / 1000.0 + ${shift} AS moved,
    hash(i, ${seed + 1}) % 1000 / 1000.0 AS same, 'kind ' || hash(i, ${seed + 2}) % 5 AS class, md5(i::VARCHAR || ${seed}) AS code, hash(i, 3) % 3 AS few
    FROM range(${from}, ${from + count}) AS t(i)`;
}

test('very many rows are judged column by column, by two engines, with times, gaps and texts that are all different', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-large-drift-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const open = () => openEngine({ threads: 1, spill: join(folder, 'spill') });
  using engine = await open();
  const write = async (name: string, sql: string): Promise<string> => {
    const path = join(folder, name);
    await engine.run(`COPY (${sql}) TO ${quoteText(path)} (FORMAT parquet)`);
    return `SELECT * FROM read_parquet(${quoteText(path)})`;
  };
  const before = await write('before.parquet', table(10, { from: 0, count: rows, shift: 0 }));
  const after = await write('after.parquet', table(20, { from: rows, count: 43_200, shift: 0.2 }));
  const types = { at: 'timestamp', moved: 'number', same: 'number', class: 'string', code: 'string', few: 'integer' } as const;
  const columns = Object.entries(types).map(([name, type]) => ({ name, type, personal: false }));
  const settings = { floor: 0.1, falseAlarms: 0.01, ignore: [], by: 'windows', seasons: false } as const;

  const found = await judgeDataDrift(
    engine,
    { before: { sql: before, columns, time: 'at' }, after: { sql: after, columns, time: 'at' } },
    settings,
    open,
  );

  const told = new Map(found.columns.map((one) => [`${one.column} (${one.view})`, one]));
  assert.deepEqual([...told.keys()].toSorted(), [
    'at (gap)',
    'class (values)',
    'code (values)',
    'few (values)',
    'moved (values)',
    'same (values)',
  ]);
  assert.deepEqual(
    found.columns.filter(({ verdict }) => verdict === 'fail').map(({ column }) => column),
    ['moved'],
  );
  assert.deepEqual(
    found.columns.filter(({ verdict }) => verdict === 'pass').map(({ column, view }) => `${column} (${view})`),
    ['at (gap)', 'class (values)', 'code (values)', 'few (values)', 'same (values)'],
  );
  assert.equal(told.get('moved (values)')?.drift?.referenceRows, rows);
  assert.equal(told.get('moved (values)')?.measures?.of, 'binned numbers');
  assert.deepEqual(found.rows, { before: rows, after: 43_200 });
  const again = await judgeDataDrift(
    engine,
    { before: { sql: before, columns, time: 'at' }, after: { sql: after, columns, time: 'at' } },
    settings,
  );
  assert.deepEqual(again, found);
});
