import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openEngine } from '@tidegate/runtime';
import { fetchColumns, type FileInParts, parquetSummary, sparseParquet } from './parquet-by-range.ts';

test('schema, rows and statistics come from the footer of a Parquet file elsewhere, and a query from the columns that it reads', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-ranges-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  using engine = await openEngine({ threads: 1 });
  const [whole, sparse] = [join(folder, 'whole.parquet'), join(folder, 'sparse.parquet')];
  const wide = Array.from({ length: 12 }, (_, index) => `hash(i + ${index}) AS h${index}`).join(', ');
  await engine.run(`COPY (SELECT i AS id, (i % 7) - 3 AS small, CASE WHEN i % 10 = 0 THEN NULL ELSE 'name ' || (i % 100) END AS name, ${wide} FROM range(20000) t(i))
    TO '${whole}' (FORMAT parquet, ROW_GROUP_SIZE 8192)`);
  const content = readFileSync(whole);
  let read = 0;
  const parts: FileInParts = {
    bytes: content.length,
    read: async ({ from, to }) => {
      read += Math.min(to, content.length) - from;
      return content.subarray(from, to);
    },
  };

  assert.equal(await sparseParquet(parts, sparse), true);
  const summary = await parquetSummary(engine, sparse);
  const forFooter = read;
  const fetched = await fetchColumns(parts, { engine, path: sparse, columns: ['small', 'name'] });
  const query = (path: string) =>
    engine.rows(`SELECT sum(small) AS sum, count(name) AS names, max(name) AS last FROM read_parquet('${path}')`);

  assert.deepEqual(
    { rows: summary.rows, rowGroups: summary.rowGroups, columns: summary.columns.length },
    { rows: 20_000, rowGroups: 3, columns: 15 },
  );
  assert.deepEqual(
    summary.columns.slice(0, 3).map(({ name, nulls, min, max }) => ({ name, nulls, min, max })),
    [
      { name: 'id', nulls: 0, min: '0', max: '19999' },
      { name: 'small', nulls: 0, min: '-3', max: '3' },
      { name: 'name', nulls: 2_000, min: 'name 1', max: 'name 99' },
    ],
  );
  assert.deepEqual(await query(sparse), await query(whole));
  assert.ok(forFooter <= 64 << 10 && fetched < content.length / 10, `${forFooter} and ${fetched} of ${content.length}`);
  assert.equal(read, forFooter + fetched);
  assert.equal(statSync(sparse).size, content.length);
});

test('what is no Parquet file, is cut short, or is gone, is told, and leaves nothing', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-ranges-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'sparse');
  const of = (content: Buffer | null): FileInParts => ({
    bytes: content?.length ?? 10,
    read: async ({ from, to }) => content?.subarray(from, to) ?? null,
  });
  const tooLong = Buffer.from('PAR1....PAR1');
  tooLong.writeUInt32LE(1_000, 4);

  for (const content of [null, Buffer.from('PAR'), Buffer.from('a,b\n1,2\n'), tooLong])
    assert.equal(await sparseParquet(of(content), path), false);
  assert.deepEqual(readdirSync(folder), []);
});
