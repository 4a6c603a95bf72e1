import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testTables } from './test-table.ts';

const floats = Array.from({ length: 14 }, (_, at) => `f${at}`);
/** 60,000 rows of 20 columns, of which 14 cannot be compressed. */
const wide = `
  SELECT i AS id, ${floats.map((name, at) => `hash(i, ${at}) / 18446744073709551616.0 AS ${name}`).join(', ')},
    md5(i::VARCHAR) AS s1, 'kind ' || (i % 10) AS s2, (i * 7)::BIGINT AS b, TIMESTAMP '2020-01-01' + INTERVAL (i) SECOND AS ts, 'k' || (i % 1000) AS s3
  FROM range(60000) r(i)`;
const isEdited = 'hash(id, 99) % 100 = 0';

const edits: readonly { readonly name: string; readonly rows: string; readonly atMost: number }[] = [
  { name: 'one row deleted', rows: `SELECT * FROM (${wide}) WHERE id <> 30000`, atMost: 0.02 },
  {
    name: 'one row in a hundred changed in all columns',
    rows: `SELECT id, ${floats.map((name) => `CASE WHEN ${isEdited} THEN ${name} / 3 ELSE ${name} END AS ${name}`).join(', ')},
      CASE WHEN ${isEdited} THEN md5(s1) ELSE s1 END AS s1, CASE WHEN ${isEdited} THEN 'other' ELSE s2 END AS s2,
      CASE WHEN ${isEdited} THEN b + 1 ELSE b END AS b, ts, s3 FROM (${wide})`,
    atMost: 0.02,
  },
  {
    name: 'one row in a hundred more',
    rows: `${wide} UNION ALL SELECT id + 60000, * EXCLUDE (id) FROM (${wide}) WHERE id < 600`,
    atMost: 0.02,
  },
  { name: 'another column', rows: `SELECT *, f0 * f1 AS product FROM (${wide})`, atMost: 0.1 },
];

test('new bytes follow what is different, and not the size of the table', async (t) => {
  const { put } = await testTables(t, 20_000);
  const first = await put(wide);

  for (const { name, rows, atMost } of edits) {
    const share = (await put(rows, first.digest)).newBytes / first.newBytes;
    t.diagnostic(`${name}: ${(100 * share).toFixed(2)} %`);
    assert.ok(share <= atMost, `${name}: ${share}`);
  }
});

test('every type that a Parquet file can hold comes back as it was, and values that look alike stay apart', async (t) => {
  const { put, engine, partsSql } = await testTables(t);
  const types = `
    SELECT 1 AS id, 'nan'::DOUBLE AS f, -0.0::DOUBLE AS z, 1.50::DECIMAL(38,2) AS d, ''::VARCHAR AS t, '\\x00\\xFF'::BLOB AS bytes, '{"a": [1, null]}'::JSON AS j,
      [1, NULL, 3] AS list, {'x': 1, 'y': NULL::VARCHAR} AS pair, map {'k': 1.5} AS named, TIMESTAMP '1969-12-31 23:59:59.999999' AS at, TIMESTAMPTZ '2024-03-31 01:30:00+01' AS zoned,
      DATE '0001-01-01' AS day, TIME '23:59:59.999999' AS clock, '6f9619ff-8b86-d011-b42d-00c04fc964ff'::UUID AS u, 18446744073709551615::UBIGINT AS large,
      170141183460469231::HUGEINT AS huge, TIMESTAMP_NS '2024-01-01 00:00:00.123456789' AS fine, true AS flag
    UNION ALL SELECT 2, NULL, 0.0, NULL, NULL, ''::BLOB, NULL, [], NULL, NULL, 'infinity'::TIMESTAMP, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL`;
  const text = (sql: string): Promise<unknown> => engine.rows(`SELECT t::VARCHAR AS row, signbit(z) AS sign FROM (${sql}) t ORDER BY id`);
  const first = await put(types);

  assert.deepEqual(await text(await partsSql(first.digest)), await text(types));
  const described = await engine.describe(await partsSql(first.digest));
  assert.deepEqual(
    described.filter(({ name }) => ['d', 'at', 'zoned', 'j', 'huge', 'list'].includes(name)).map(({ name, type }) => `${name} ${type}`),
    ['d DECIMAL(38,2)', 'j JSON', 'list INTEGER[]', 'at TIMESTAMP', 'zoned TIMESTAMP WITH TIME ZONE', 'huge DECIMAL(38,0)'],
  );
  const alike = [`SELECT * REPLACE (0.0::DOUBLE AS z) FROM (${types})`, `SELECT * REPLACE (nullif(t, '') AS t) FROM (${types})`];
  for (const rows of alike) {
    const other = await put(rows, first.digest);
    assert.notEqual(other.digest, first.digest);
    assert.deepEqual(await text(await partsSql(other.digest)), await text(rows));
  }
});

test('of twenty versions in a row no group is read from more files than six, and no more than a quarter of its rows from deltas', async (t) => {
  const { put, store: _, rowsOf } = await testTables(t, 4_000);
  const rows = (version: number): string =>
    `SELECT i AS id, (SELECT coalesce(max(v), 0) FROM range(1, ${version + 1}) w(v) WHERE hash(i, v) % 50 = 0)::BIGINT AS last, md5(i::VARCHAR) AS s FROM range(8000) r(i)`;
  let table = await put(rows(0));
  for (let version = 1; version <= 20; version++) table = await put(rows(version), table.digest);

  for (const { layers } of table.record.groups) {
    const [base, ...more] = layers;
    assert.ok(layers.length <= 6);
    assert.ok(more.reduce((sum, layer) => sum + layer.rows, 0) <= (base?.rows ?? 0) / 4);
  }
  const counts = 'SELECT last, count(*)::INTEGER AS n FROM t GROUP BY last ORDER BY last';
  const { engine } = await testTables(t);
  assert.deepEqual(await rowsOf(table.digest, counts), await engine.rows(counts.replace(' t ', ` (${rows(20)}) `)));
});
