import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testTables } from './test-table.ts';

const wide = `SELECT i AS id, (hash(i) % 1000)::BIGINT AS a, (hash(i, 1) % 100000) / 7.0 AS b, md5(i::VARCHAR) AS c, DATE '2024-01-01' + (i // 1000)::INTEGER AS day FROM range(4000) r(i)`;

test('the same rows in another order are the same version', async (t) => {
  const { put } = await testTables(t);
  const first = await put(wide);

  const again = await put(`${wide} ORDER BY c`, first.digest);

  assert.equal(again.digest, first.digest);
  assert.equal(again.newBytes, 0);
  assert.equal((await put(`${wide} ORDER BY c DESC`)).digest, first.digest);
});

test('the same rows are the same version when their sums were made by another rule, and others are not', async (t) => {
  const { put, store } = await testTables(t);
  const { record } = await put(wide);
  const groups = record.groups.map((group) => ({ ...group, sum: '1' }));
  const { digest: former } = await store.putJson({ ...record, sumRule: 'duckdb-hash-sum/1', groups });

  const same = await put(`${wide} ORDER BY c`, former);
  const other = await put(`SELECT * REPLACE (CASE WHEN id = 7 THEN a + 1 ELSE a END AS a) FROM (${wide})`, former);

  assert.deepEqual([same.digest, same.newBytes], [former, 0]);
  assert.notEqual(other.digest, former);
  assert.notEqual(other.record.sumRule, 'duckdb-hash-sum/1');
});

test('one row less, rows more, changed rows: only they are stored, and every version reads as plain Parquet', async (t) => {
  const { put, engine, partsSql } = await testTables(t);
  const first = await put(wide);
  assert.ok(first.record.groups.length > 3, `${first.record.groups.length} groups`);
  const edits = {
    'one row less': `SELECT * FROM (${wide}) WHERE id <> 2007`,
    'one row in a hundred changed': `SELECT id, CASE WHEN id % 100 = 7 THEN a + 1 ELSE a END AS a, b, CASE WHEN id % 100 = 7 THEN 'x' || c ELSE c END AS c, day FROM (${wide})`,
    'one row in a hundred more': `${wide} UNION ALL SELECT 4000 + i, 5::BIGINT, 1.5, 'new', DATE '2025-01-01' FROM range(40) r(i)`,
    'another column': `SELECT *, id % 3 = 0 AS flag FROM (${wide})`,
    'a column less': `SELECT * EXCLUDE (b) FROM (${wide})`,
    'a column changed throughout': `SELECT id, a, b * 2 AS b, c, day FROM (${wide})`,
    'a column of another type': `SELECT id, a::INTEGER AS a, b, c, day FROM (${wide})`,
    'nothing but the order of columns': `SELECT day, c, b, a, id FROM (${wide})`,
  };
  const whole = first.newBytes;
  const shares: { [name: string]: number } = {};

  for (const [name, rows] of Object.entries(edits)) {
    const next = await put(rows, first.digest);
    shares[name] = next.newBytes / whole;
    const parts = await partsSql(next.digest);
    const [left] = await engine.rows(
      `SELECT count(*) AS n FROM ((SELECT * FROM (${rows}) EXCEPT ALL ${parts}) UNION ALL (${parts} EXCEPT ALL SELECT * FROM (${rows})))`,
    );
    assert.equal(left?.['n'], 0, name);
    const types = async (sql: string): Promise<string> =>
      (await engine.describe(sql)).map((column) => `${column.name} ${column.type}`).join();
    assert.equal(await types(parts), await types(rows), name);
  }
  t.diagnostic(JSON.stringify(shares));
});

test('the parts of a version have its rows in their order, whether rows were changed, went, came, or had a column changed throughout', async (t) => {
  const { put, rowsOf } = await testTables(t, 20_000);
  const rows = `SELECT i * 2 AS id, CASE WHEN i % 3 = 0 THEN i END AS a, 'text ' || i AS b FROM range(20000) r(i)`;
  const edits = {
    'rows changed': `SELECT id, CASE WHEN id % 100 = 8 THEN nullif(a, id // 2) + 1 ELSE a END AS a, CASE WHEN id % 100 = 8 THEN NULL ELSE b END AS b FROM (${rows})`,
    'rows changed again': `SELECT id, a, CASE WHEN id % 100 IN (8, 10) THEN 'again' ELSE b END AS b FROM (${rows})`,
    'rows gone': `SELECT id, a, CASE WHEN id % 100 IN (8, 10) THEN 'again' ELSE b END AS b FROM (${rows}) WHERE id % 700 <> 8`,
    'rows changed, gone and come': `SELECT * FROM (${rows}) WHERE id % 900 <> 8 UNION ALL SELECT id + 1, 0, 'come' FROM (${rows}) WHERE id % 900 = 10`,
    'as many gone as come': `SELECT CASE WHEN id % 1000 = 10 THEN id + 1 ELSE id END AS id, a, b FROM (${rows})`,
    'a column changed throughout': `SELECT id, a, b || id AS b FROM (${rows})`,
    'rows changed after that': `SELECT id, a, CASE WHEN id % 100 = 8 THEN NULL ELSE b || id END AS b FROM (${rows})`,
  };
  let previous = (await put(rows)).digest;

  for (const [name, edit] of Object.entries(edits)) {
    const { digest, record } = await put(edit, previous);
    assert.ok(
      record.groups.some(({ layers }) => layers.length > 1),
      `${name}: stored as what is different`,
    );
    const found = await rowsOf(digest);
    const wanted = await rowsOf(digest, `SELECT * FROM (${edit}) ORDER BY id`);
    assert.deepEqual(found, wanted, name);
    previous = digest;
  }
});

test('a key that is no column, has no value, or names two rows is refused with what was found', async (t) => {
  const { put } = await testTables(t);
  const refused = async (rows: string, key: readonly string[]): Promise<string> => {
    try {
      await put(rows, null, { key });
    } catch (error) {
      return error instanceof Error ? error.message : '';
    }
    return assert.fail('The rows were stored');
  };
  const rows = `SELECT i AS id, i // 2 AS half, CASE WHEN i > 3 THEN i END AS some FROM range(10) r(i)`;

  assert.equal(
    await refused(rows, ['ID', 'nr']),
    'TG-DATA-TABLE-KEY: Cannot keep data.t as a table: it has no column "nr", which is in its key',
  );
  assert.equal(await refused(rows, ['half']), 'TG-DATA-TABLE-KEY: Cannot keep data.t as a table: 2 rows have the key half = 0');
  assert.equal(
    await refused(rows, ['some']),
    'TG-DATA-TABLE-KEY: Cannot keep data.t as a table: 4 rows have no value in "some", which is in its key',
  );
});
