import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { type Engine, quoteText, seededRandom } from '@tidegate/runtime';
import { mkdir } from '../../../platform/index.ts';
import { keptColumns } from '../rows/kept-columns.ts';
import { storeTable, type StoredTable } from '../store-table.ts';
import { type TestTables, testTables } from '../test-table.ts';
import { type GroupsInOrder, groupsInOrder } from './groups-in-order.ts';

const rows = `SELECT (i * 7 - 900)::BIGINT AS id, 'k' || lpad((i // 90)::VARCHAR, 3, '0') AS "Place", CASE WHEN i % 5 > 0 THEN sqrt(i) END AS b, md5(i::VARCHAR) AS c,
  [i, NULL] AS list, {'x': i, 'y': 'z'} AS pair, CAST('{"i": ' || i || '}' AS JSON) AS rowid FROM range(3000) r(i)`;

/** Rows on their way into groups, with what the test says of how. */
interface Coming {
  readonly tables: TestTables;
  readonly inOrder: GroupsInOrder;
  /** Takes the rows of a query as one part. */
  readonly take: (query: string) => Promise<boolean>;
  /** The version of the groups, and of the same rows in another order. */
  readonly versions: (query: string) => Promise<readonly [StoredTable, StoredTable]>;
}

async function coming(
  t: TestContext,
  { key, rowsPerGroup, of = rows }: { readonly key: readonly string[]; readonly rowsPerGroup?: number; readonly of?: string },
): Promise<Coming> {
  const tables = await testTables(t);
  const { engine, store, scratch } = tables;
  const writers: readonly [Engine, Engine] = [await engine.beside(), await engine.beside()];
  t.after(() => writers.forEach((writer) => writer[Symbol.dispose]()));
  const folder = join(scratch, 'in-order');
  await mkdir(folder, { recursive: true });
  const columns = (await keptColumns(engine, of)).map(({ name, type }) => ({ name, type }));
  const inOrder = groupsInOrder(writers, { columns, key, folder, ...(rowsPerGroup !== undefined && { rowsPerGroup }) });
  let parts = 0;
  const put = async (query: string, ready: Awaited<ReturnType<GroupsInOrder['finish']>> | null): Promise<StoredTable> =>
    storeTable(engine, {
      rows: query,
      key,
      partition: null,
      store,
      scratch: join(scratch, 'table'),
      folder: 'data/t',
      dataset: 't',
      previous: null,
      ready,
      ...(rowsPerGroup !== undefined && { rowsPerGroup }),
      signal: new AbortController().signal,
    });
  return {
    tables,
    inOrder,
    take: async (query) => {
      const table = `part_${parts++}`;
      await engine.run(`CREATE TABLE ${table} AS SELECT ${inOrder.values} FROM (${query})`);
      return inOrder.take(table);
    },
    versions: async (query) => {
      const ready = await inOrder.finish();
      return [await put(query, ready), await put(`${query} ORDER BY hash(c)`, null)];
    },
  };
}

for (const [seed, [rowsPerGroup, key]] of (
  [
    [64, ['id']],
    [100, ['place', 'ID']],
    [20, ['id']],
    [1500, ['id']],
    [5000, ['Place', 'id']],
  ] as const
).entries())
  test(`rows in order make the version that they make in another order, cut at random, with groups of ${rowsPerGroup} by ${key.join()}`, async (t) => {
    const { take, versions, tables } = await coming(t, { key, rowsPerGroup });
    const random = seededRandom(seed);

    for (let from = 0; from < 3000;) {
      const to = from + random.below(random.below(10) === 0 ? 3 : 1200) + 1;
      assert.equal(await take(`SELECT * FROM (${rows}) LIMIT ${to - from} OFFSET ${from}`), true);
      from = to;
    }
    const [inOrder, sorted] = await versions(rows);

    assert.equal(inOrder.digest, sorted.digest);
    assert.ok(inOrder.record.groups.length >= 3000 / (2 * rowsPerGroup), `${inOrder.record.groups.length} groups`);
    assert.deepEqual(await tables.engine.rows("SELECT table_name FROM duckdb_tables() WHERE table_name LIKE 'part_%'"), []);
    const [{ left } = { left: null }] = await tables.engine.rows(
      `SELECT count(*) AS left FROM ((SELECT * FROM (${rows})) EXCEPT ALL (${await tables.partsSql(inOrder.digest)}))`,
    );
    assert.equal(left, 0);
  });

test('how many rows a group gets is told by the first rows in order, however they came', async (t) => {
  const many = `SELECT i::INTEGER AS id, md5(i::VARCHAR) || md5((-i)::VARCHAR) AS c FROM range(400000) r(i)`;
  const { take, versions } = await coming(t, { key: ['id'], of: many });

  for (let part = 0; part < 8; part++) assert.equal(await take(`SELECT * FROM (${many}) WHERE id // 50000 = ${part}`), true);
  const [inOrder, sorted] = await versions(many);

  assert.equal(inOrder.digest, sorted.digest);
  assert.ok(inOrder.record.groups.length > 1, `${inOrder.record.groups.length} groups`);
});

test('rows that are behind none, equal to another or without a key end the order, and every row is in some file', async (t) => {
  const part = (list: string): string => `SELECT id::INTEGER AS id, c FROM (VALUES ${list}) AS v(id, c)`;
  const ends = ["(9, 'b'), (8, 'c')", "(5, 'b'), (8, 'c')", "(9, 'b'), (9, 'c')", "(9, 'b'), (NULL, 'c')", "(NULL, 'b')", "(4, 'b')"];
  for (const end of ends) {
    const { take, inOrder, tables } = await coming(t, { key: ['id'], rowsPerGroup: 1, of: part("(1, 'a')") });
    for (const list of ["(1, 'a'), (2, 'a'), (3, 'a')", "(4, 'a'), (5, 'a')"]) assert.equal(await take(part(list)), true);

    assert.equal(await take(part(end)), false, end);

    const files = await inOrder.leave();
    assert.deepEqual(
      (await tables.engine.rows(`SELECT id FROM read_parquet([${files.map(quoteText).join(', ')}]) ORDER BY id`)).map(({ id }) => id),
      [1, 2, 3, 4, 5],
    );
  }
});

test('a first row without a key is not in order', async (t) => {
  const { take } = await coming(t, { key: ['id'], rowsPerGroup: 2, of: "SELECT 1::INTEGER AS id, 'a' AS c" });

  assert.equal(await take("SELECT NULL::INTEGER AS id, 'a' AS c"), false);
});
