import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { TidegateError } from '@tidegate/formats';
import { openEngine, quoteText, type Row } from '@tidegate/runtime';
import type { SqliteConfig } from '../../../config/index.ts';
import { openSource } from '../open-source.ts';
import type { RowsReading } from '../source.ts';

const table: SqliteConfig = { kind: 'sqlite', file: 'a.db', table: 't', query: null, where: null, key: null, cursor: null };

interface Opened {
  readonly root: string;
  readonly database: DatabaseSync;
  readonly read: (config?: Partial<SqliteConfig>, since?: RowsReading | null) => Promise<RowsReading>;
  readonly rows: (reading: RowsReading, select?: string) => Promise<readonly Row[]>;
}

/** A database made by some SQL, that goes with the test. */
async function withDatabase(sql: string, work: (opened: Opened) => Promise<void>): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), 'tidegate-sqlite-'));
  const database = new DatabaseSync(join(root, 'a.db'));
  database.exec(sql);
  let folder = 0;
  try {
    await work({
      root,
      database,
      read: async (config = {}, since = null) => {
        const source = await openSource({ ...table, ...config }, { root, secret: async () => null });
        const reading = await source.read({
          folder: mkdtempSync(join(root, `${folder++}-`)),
          since: since?.position ?? null,
          signal: new AbortController().signal,
          progress: () => {},
        });
        assert.equal(reading.kind, 'rows');
        return reading;
      },
      rows: async ({ files }, select = '*') => {
        using engine = await openEngine({ threads: 1 });
        return await engine.rows(`SELECT ${select} FROM read_parquet([${files.map(quoteText).join(', ')}])`);
      },
    });
  } finally {
    database.close();
    rmSync(root, { recursive: true });
  }
}

function codeOf(code: string, message: RegExp): (error: unknown) => boolean {
  return (error) => error instanceof TidegateError && error.diagnostics[0].code === code && message.test(error.diagnostics[0].message);
}

test('columns have the types that their values have, and every value is kept', () =>
  withDatabase(
    `CREATE TABLE t (i INTEGER, r REAL, s TEXT, b BLOB, d DATE, m DATETIME, f BOOLEAN);
     INSERT INTO t VALUES (9223372036854775807, 1e308, 'a' || char(9) || '\\N' || char(10) || char(0) || '€', x'00ff', '2020-02-29', '2020-02-29 12:30:00', 1),
                          (-9223372036854775808, -1.5, '', x'', NULL, NULL, 0), (NULL, NULL, NULL, NULL, NULL, NULL, NULL)`,
    async ({ read, rows }) => {
      const reading = await read();

      assert.deepEqual(
        reading.columns.map(({ type }) => type),
        ['BIGINT', 'DOUBLE', 'VARCHAR', 'BLOB', 'DATE', 'TIMESTAMP', 'BOOLEAN'],
      );
      assert.deepEqual(await rows(reading, 'i::VARCHAR AS i, r::VARCHAR AS r, s, hex(b) AS b, d, m, f'), [
        { i: '9223372036854775807', r: '1e+308', s: 'a\t\\N\n\0€', b: '00FF', d: '2020-02-29', m: '2020-02-29T12:30:00.000Z', f: true },
        { i: '-9223372036854775808', r: '-1.5', s: '', b: '', d: null, m: null, f: false },
        { i: null, r: null, s: null, b: null, d: null, m: null, f: null },
      ]);
    },
  ));

test('a column of dates loses no time of day, no zone and no digit', () =>
  withDatabase(
    `CREATE TABLE t (day DATE, time DATE, zoned TIMESTAMP, mixed DATETIME, fine DATETIME, none DATE, n NUMERIC);
     INSERT INTO t VALUES ('2020-02-29', '2020-02-29', '2020-02-29 12:00:00+02:00', '2020-02-29 12:00:00', '2020-02-29 12:00:00.1234567', '2020-02-30', 9007199254740993),
                          ('2020-03-01', '2020-02-29 12:30', '2020-02-29T12:00:00Z', '2020-02-29 12:00:00Z', '2020-02-29', '2020-02-28', 0.5)`,
    async ({ read, rows }) => {
      const reading = await read();

      assert.deepEqual(
        reading.columns.map(({ type }) => type),
        ['DATE', 'TIMESTAMP', 'TIMESTAMP WITH TIME ZONE', 'VARCHAR', 'VARCHAR', 'VARCHAR', 'VARCHAR'],
      );
      const [first, second] = await rows(reading, 'time::VARCHAR AS time, zoned::VARCHAR AS zoned, fine, none, n');
      assert.deepEqual(first, {
        time: '2020-02-29 00:00:00',
        zoned: '2020-02-29 10:00:00+00',
        fine: '2020-02-29 12:00:00.1234567',
        none: '2020-02-30',
        n: '9007199254740993',
      });
      assert.deepEqual([second?.['time'], second?.['zoned']], ['2020-02-29 12:30:00', '2020-02-29 12:00:00+00']);
    },
  ));

test('text that is no UTF-8 is told with its column, and text that has the sign for such is kept', () =>
  withDatabase("CREATE TABLE t (a TEXT, b TEXT); INSERT INTO t VALUES (char(65533), 'x')", async ({ database, read, rows }) => {
    assert.deepEqual(await rows(await read(), 'a'), [{ a: '\u{fffd}' }]);

    database.exec("INSERT INTO t VALUES ('x', CAST(x'ff41' AS TEXT))");
    await assert.rejects(read(), codeOf('TG-SOURCE-VALUE', /column "b".*no UTF-8/));
  }));

test('the check looks at the cursor, and at a condition that ends with a comment', () =>
  withDatabase('CREATE TABLE t (id INTEGER PRIMARY KEY, at INT, other INT); CREATE INDEX i ON t (at)', async ({ root, read }) => {
    const cursorOf = async (column: string) => {
      const source = await openSource(
        { ...table, where: 'id > 0 -- all', cursor: { column, overlap: null } },
        { root, secret: async () => null },
      );
      return (await source.check({ signal: new AbortController().signal })).at(-1);
    };

    assert.deepEqual((await cursorOf('id'))?.measured, { isIndexed: true });
    assert.deepEqual((await cursorOf('at'))?.measured, { isIndexed: true });
    assert.deepEqual((await cursorOf('other'))?.measured, { isIndexed: false });
    assert.deepEqual((await cursorOf('none'))?.measured, { code: 'TG-SOURCE-NOT-FOUND' });
    assert.equal((await read({ where: 'id > 0 -- all' })).rows, 0);
  }));

test('a table of one column of empty texts keeps its rows', () =>
  withDatabase("CREATE TABLE t (s TEXT); INSERT INTO t VALUES (''), (NULL), ('')", async ({ read, rows }) => {
    assert.deepEqual(await rows(await read()), [{ s: '' }, { s: null }, { s: '' }]);
  }));

test('numbers and texts in one column are kept as text, which is told; bytes among them are refused', () =>
  withDatabase("CREATE TABLE t (v); INSERT INTO t VALUES (1), ('a'), (2.5)", async ({ database, read, rows }) => {
    const reading = await read();
    assert.deepEqual(reading.notices, ['The column "v" has 2 numbers and 1 texts: all are kept as text']);
    assert.deepEqual(await rows(reading), [{ v: '1' }, { v: 'a' }, { v: '2.5' }]);

    database.exec("INSERT INTO t VALUES (x'00')");
    await assert.rejects(read(), codeOf('TG-SOURCE-VALUE', /column "v".*2 numbers and 1 texts and 1 values of bytes/));
  }));

test('a writer in the middle changes nothing of what is read', () =>
  withDatabase('PRAGMA journal_mode = WAL; CREATE TABLE t (i INTEGER); INSERT INTO t VALUES (1)', async ({ root, database }) => {
    database.exec('WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) INSERT INTO t SELECT i FROM n');
    const source = await openSource(table, { root, secret: async () => null });
    const writeOnce = (): void => database.exec('DELETE FROM t WHERE i > 4000');

    const reading = await source.read({
      folder: mkdtempSync(join(root, 'r-')),
      since: null,
      signal: new AbortController().signal,
      progress: writeOnce,
    });

    assert.equal(reading.kind === 'rows' && reading.rows, 5000);
    assert.equal(database.prepare('SELECT count(*) AS n FROM t').get()?.['n'], 4000);
  }));

test('by a cursor only what came later is read, with the rows of the overlap', () =>
  withDatabase(
    "CREATE TABLE t (id INTEGER PRIMARY KEY, at TEXT); INSERT INTO t VALUES (1, '2020-01-01'), (2, '2020-01-02'), (3, '2020-01-02')",
    async ({ database, read, rows }) => {
      const cursor = { column: 'at', overlap: null };
      const first = await read({ cursor });
      database.exec("INSERT INTO t VALUES (4, '2020-01-03'), (5, '2020-01-02'), (6, '2020-01-01'), (7, NULL)");

      const second = await read({ cursor }, first);

      assert.deepEqual([first.scope, second.scope], ['whole', 'changes']);
      assert.deepEqual(second.replaces, { column: 'at', from: '2020-01-02' });
      assert.deepEqual(second.key, ['id']);
      assert.deepEqual(
        (await rows(second, 'id')).map(({ id }) => id),
        [2, 3, 4, 5, 7],
      );
      assert.equal((await read({ cursor, where: 'id > 1' }, second)).scope, 'whole');
    },
  ));

test('what is wrong with a database or a query is told by its own code', () =>
  withDatabase('CREATE TABLE t (i INTEGER)', async ({ root, read }) => {
    await assert.rejects(read({ file: 'b.db' }), codeOf('TG-SOURCE-NOT-FOUND', /no such file/));
    await assert.rejects(read({ table: null, query: 'SELEC 1' }), codeOf('TG-SOURCE-QUERY', /syntax error/));
    writeFileSync(join(root, 'c.db'), 'no database at all, and long enough to be taken for one: '.repeat(40));
    await assert.rejects(read({ file: 'c.db' }), codeOf('TG-SOURCE-BROKEN', /not a database/));
  }));
