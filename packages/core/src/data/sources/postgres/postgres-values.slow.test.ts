import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { openEngine } from '@tidegate/runtime';
import type { PostgresConfig } from '../../../config/index.ts';
import { folderObjectStore } from '../../../store/index.ts';
import { storeTable } from '../../tables/store-table.ts';
import { freePort, type PostgresServer, skipWithoutPostgres, startPostgres } from '../fixtures/postgres-server.ts';
import { silentServer } from '../fixtures/silent-server.ts';
import { failing, postgresTable, type SourceFault, sourceRig } from '../fixtures/source-rig.ts';
import { openSource } from '../open-source.ts';
import { rowsSql } from '../rows/put-over.ts';

const skip = skipWithoutPostgres();
let server: PostgresServer;
before(async () => {
  if (skip === false) server = await startPostgres();
});
after(() => server?.[Symbol.asyncDispose]());

const { folder, open, read, check, readKilled, expectFaults, rows: rowsOf } = sourceRig(postgresTable, () => server.url());

/** Every type with awkward values: SQL of the type, SQL of values, the type of the engine, and the values as the engine casts them to text. */
const types: readonly (readonly [string, readonly string[], string, readonly (string | null)[]])[] = [
  ['boolean', ['true', 'false'], 'BOOLEAN', ['true', 'false']],
  ['smallint', ['-32768', '32767'], 'SMALLINT', ['-32768', '32767']],
  ['bigint', ['-9223372036854775808', '9223372036854775807'], 'BIGINT', ['-9223372036854775808', '9223372036854775807']],
  ['real', ["'NaN'", '1.1'], 'FLOAT', ['nan', '1.1']],
  ['double precision', ["'-Infinity'", "'-0'"], 'DOUBLE', ['-inf', '-0.0']],
  [
    'numeric(38,10)',
    ['1234567890123456789012345678.0123456789', '-0.0000000001'],
    'DECIMAL(38,10)',
    ['1234567890123456789012345678.0123456789', '-0.0000000001'],
  ],
  [
    'numeric(60,2)',
    ['123456789012345678901234567890123456789012345678.25', '0'],
    'VARCHAR',
    ['123456789012345678901234567890123456789012345678.25', '0.00'],
  ],
  ['numeric', ['1.10', '12345678901234567890.123456'], 'DECIMAL(38,6)', ['1.100000', '12345678901234567890.123456']],
  ['text', ["''", "E'\\t\\n\\r\\\\N\\b\\f\\013\\\\x41€\\U0001F600'"], 'VARCHAR', ['', '\t\n\r\\N\b\f\v\\x41€😀']],
  ['char(4)', ["'ab'", "'abcd'"], 'VARCHAR', ['ab  ', 'abcd']],
  ['bytea', ["'\\x00ff5c'", "''"], 'BLOB', ['\\x00\\xFF\\x5C', '']],
  ['date', ["'2020-02-29'", "'infinity'"], 'DATE', ['2020-02-29', 'infinity']],
  ['date', ["'0044-03-15 BC'", "'9999-12-31'"], 'DATE', ['0044-03-15 (BC)', '9999-12-31']],
  ['timestamp', ["'4713-01-01 12:00 BC'", "'0001-01-01'"], 'TIMESTAMP', ['4713-01-01 (BC) 12:00:00', '0001-01-01 00:00:00']],
  [
    'timestamptz',
    ["'0044-03-15 12:00:00.5+00 BC'", "'1850-01-01 00:00:00.000001+00'"],
    'TIMESTAMP WITH TIME ZONE',
    ['0044-03-15 (BC) 12:00:00.5+00', '1850-01-01 00:00:00.000001+00'],
  ],
  ['date[]', [`ARRAY['0044-03-15 BC', NULL, '2020-01-01']::date[]`, "'{}'"], 'DATE[]', ["['0044-03-15 (BC)', NULL, 2020-01-01]", '[]']],
  ['time', ["'23:59:59.999999'", "'00:00'"], 'TIME', ['23:59:59.999999', '00:00:00']],
  ['timestamp', ["'2020-02-29 12:34:56.123456'", "'-infinity'"], 'TIMESTAMP', ['2020-02-29 12:34:56.123456', '-infinity']],
  [
    'timestamptz',
    ["'2020-02-29 12:34:56.123456+05:30'", "'infinity'"],
    'TIMESTAMP WITH TIME ZONE',
    ['2020-02-29 07:04:56.123456+00', 'infinity'],
  ],
  ['uuid', ["'6f1a0c7e-9f0b-4d3a-8f5e-0123456789ab'"], 'UUID', ['6f1a0c7e-9f0b-4d3a-8f5e-0123456789ab']],
  ['json', ['\'{"b": [1, null], "a": "\\t\\\\"}\''], 'JSON', ['{"b": [1, null], "a": "\\t\\\\"}']],
  ['jsonb', ["'null'", "'1e400'"], 'JSON', ['null', `1${'0'.repeat(400)}`]],
  ['interval', ["'1 year 2 days 03:04:05.6'"], 'VARCHAR', ['P1Y2DT3H4M5.6S']],
  ['int[]', ["'{1,NULL,3}'", "'{}'"], 'INTEGER[]', ['[1, NULL, 3]', '[]']],
  ['numeric(10,2)[]', ["'{1.10,-2}'"], 'DECIMAL(10,2)[]', ['[1.10, -2.00]']],
  ['text[]', [`ARRAY['a,b', '', NULL, E'"\\\\\\n']`], 'VARCHAR[]', [`['a,b', '', NULL, '"\\\\\n']`]],
  ['bytea[]', ["ARRAY['\\x00'::bytea]"], 'BLOB[]', ['[\\x00]']],
  ['mood', ["'so so'"], 'VARCHAR', ['so so']],
  ['amount', ['2.50'], 'DECIMAL(8,3)', ['2.500']],
  ['inet', ["'10.0.0.1/8'"], 'VARCHAR', ['10.0.0.1/8']],
];

test('every type is kept to the last digit, and NULL is not an empty text', { skip }, async () => {
  await server.run("CREATE TYPE mood AS ENUM ('sad', 'so so'); CREATE DOMAIN amount AS numeric(8,3)");
  await server.run(`CREATE TABLE t (${types.map(([type], index) => `c${index} ${type}`).join(', ')})`);
  for (const which of [0, 1]) await server.run(`INSERT INTO t VALUES (${types.map(([, values]) => values[which] ?? 'NULL').join(', ')})`);
  await server.run('INSERT INTO t DEFAULT VALUES');

  const reading = await read();

  const lists = types.map(([, , type], index) => `CAST(CAST(c${index} AS ${type}) AS VARCHAR) AS c${index}`);
  const found = await rowsOf(reading, lists.join(', '));
  for (const [index, [type, , kept, [first = null, second = null]]] of types.entries()) {
    assert.equal(reading.columns[index]?.type, kept, type);
    assert.deepEqual(
      found.map((row) => row[`c${index}`]),
      [first, second, null],
      type,
    );
  }
});

test('every type makes the same version of a table, whether its rows came in the order of their key or not', { skip }, async () => {
  const exact = types.filter(([type]) => type !== 'numeric'); // the type of which is known when all values are
  await server.run(
    `DROP TABLE IF EXISTS t, u; CREATE TABLE t (id int PRIMARY KEY, ${exact.map(([type], index) => `c${index} ${type}`).join(', ')})`,
  );
  for (const which of [0, 1])
    await server.run(`INSERT INTO t VALUES (${[which, ...exact.map(([, values]) => values[which] ?? 'NULL')].join(', ')})`);
  await server.run('INSERT INTO t (id) VALUES (2); CREATE TABLE u AS SELECT * FROM t ORDER BY id DESC; ALTER TABLE u ADD PRIMARY KEY (id)');

  const [one, other] = [await keep('t'), await keep('u')];

  assert.deepEqual([one.isGrouped, other.isGrouped], [true, false]);
  assert.equal(one.digest, other.digest);
});

/** Reads a table for a version that nothing was before, and keeps it. */
async function keep(table: string): Promise<{ readonly isGrouped: boolean; readonly digest: string }> {
  const signal = new AbortController().signal;
  const [into, scratch] = ['read-', 'keep-'].map((name) => mkdtempSync(join(folder, name)));
  const reading = await (await open({ table })).read({ folder: into ?? '', since: null, groups: { key: [] }, signal, progress: () => {} });
  assert.ok(reading.kind === 'rows');
  const { key, groups: ready } = reading;
  using engine = await openEngine({ threads: 1 });
  using store = folderObjectStore(join(folder, 'objects'));
  const { digest } = await storeTable(engine, {
    rows: rowsSql(reading),
    key,
    partition: null,
    store,
    scratch: scratch ?? '',
    folder: 'data/t',
    dataset: 't',
    previous: null,
    ready,
    signal,
  });
  return { isGrouped: ready !== null, digest };
}

test('a numeric without precision keeps its scale when later values have less, and grows when they have more', { skip }, async () => {
  await server.run('DROP TABLE IF EXISTS t; CREATE TABLE t (id int PRIMARY KEY, n numeric); INSERT INTO t VALUES (1, 1.25)');
  const cursor = { column: 'id', overlap: 0 };
  const first = await read({ cursor });
  await server.run('INSERT INTO t VALUES (2, 3)');
  const second = await read({ cursor }, first);
  await server.run('INSERT INTO t VALUES (3, 0.0001), (4, NULL)');
  const third = await read({ cursor }, second);
  await server.run("INSERT INTO t VALUES (5, 'NaN')");

  const typesOf = [first, second, third, await read()].map(({ columns }) => columns[1]?.type);
  assert.deepEqual(typesOf, ['DECIMAL(38,2)', 'DECIMAL(38,2)', 'DECIMAL(38,4)', 'VARCHAR']);
  assert.equal(third.scope, 'changes');
});

test('a value that no column can hold is told with what to do', { skip }, async () => {
  await server.run("DROP TABLE IF EXISTS t; CREATE TABLE t (n numeric(5,2)); INSERT INTO t VALUES ('NaN')");

  await assert.rejects(read(), failing('TG-SOURCE-VALUE', /NaN/));
  assert.equal((await read({ table: null, query: "SELECT NULLIF(n, 'NaN') AS n FROM t;" })).rows, 1);
});

test('columns that no table can have, and the column of a value that none can hold, are told by name', { skip }, async () => {
  await server.run(`DROP TABLE IF EXISTS t; CREATE TABLE t (a int, "A" int)`);
  await assert.rejects(read(), failing('TG-SOURCE-VALUE', /columns "a" and "A"/));
  assert.equal((await check()).at(-1)?.verdict, 'fail');
  await server.run('DROP TABLE t; CREATE TABLE t ()');
  await assert.rejects(read(), failing('TG-SOURCE-VALUE', /no columns/));
  await server.run("DROP TABLE t; CREATE TABLE t (id int, flat int[], deep int[]); INSERT INTO t VALUES (1, '{1}', '{{1,2},{3,4}}')");
  await assert.rejects(read(), failing('TG-SOURCE-VALUE', /column "deep"/));
  await server.run("DROP TABLE t; CREATE TABLE t (id int, at timestamptz); INSERT INTO t VALUES (1, '294276-12-31')");
  await assert.rejects(read(), failing('TG-SOURCE-VALUE', /column "at"/));
});

test('an empty text in a table of one column is a row, and a line of some megabytes too', { skip }, async () => {
  await server.run("DROP TABLE IF EXISTS t; CREATE TABLE t (s text); INSERT INTO t VALUES (''), (NULL), (repeat('x', 20000000)), ('')");

  assert.deepEqual(await rowsOf(await read(), 'length(s) AS n'), [{ n: 0 }, { n: null }, { n: 20_000_000 }, { n: 0 }]);
});

test('filters are judged by the server, and a query of a file is read', { skip }, async () => {
  await server.run(
    'DROP TABLE IF EXISTS t; CREATE TABLE t AS SELECT i AS id, i % 7 AS day FROM generate_series(1, 100) AS i; CREATE SCHEMA other; CREATE TABLE other.t AS SELECT 1 AS one',
  );

  assert.equal((await read({ where: 'day = 3 -- no more' })).rows, 14);
  assert.equal((await read({ schema: 'other' })).rows, 1);
  assert.equal((await read({ table: 'other.t' })).rows, 1);
  assert.deepEqual((await read({ table: null, query: 'SELECT day, count(*) AS n FROM t GROUP BY day', key: ['day'] })).key, ['day']);
});

test('by a cursor what came later is read: ties, late rows and rows without a value', { skip }, async () => {
  await server.run(
    "DROP TABLE IF EXISTS t; CREATE TABLE t (id int PRIMARY KEY, at timestamptz); INSERT INTO t SELECT i, timestamptz '2020-01-01 00:00Z' + i * interval '1 minute' FROM generate_series(1, 100) AS i",
  );
  const cursor = { column: 'at', overlap: null };
  const first = await read({ cursor });
  await server.run(
    "INSERT INTO t VALUES (101, '2020-01-01 01:40Z'), (102, '2020-01-01 01:31Z'), (103, '2019-12-31'), (104, NULL); UPDATE t SET at = '2020-01-01 02:00Z' WHERE id = 1; DELETE FROM t WHERE id = 95",
  );

  const second = await read({ cursor }, first);

  assert.deepEqual([second.scope, second.replaces, second.key], ['changes', { column: 'at', from: '2020-01-01 01:30:00.000' }, ['id']]);
  const ids = (await rowsOf(second, 'id')).map(({ id }) => Number(id)).sort((one, other) => one - other);
  assert.deepEqual(ids, [1, 90, 91, 92, 93, 94, 96, 97, 98, 99, 100, 101, 102, 104]);
  assert.equal((await read({ cursor: { ...cursor, overlap: 0 } }, first)).rows, 4);
});

test('another column, another query and another database are read anew', { skip }, async () => {
  await server.run('DROP TABLE IF EXISTS t; CREATE TABLE t (id int PRIMARY KEY, at int); INSERT INTO t VALUES (1, 1)');
  await server.run('CREATE DATABASE second');
  const cursor = { column: 'at', overlap: null };
  const first = await read({ cursor });

  assert.equal((await read({ cursor }, first)).scope, 'changes');
  assert.equal((await read({ cursor, where: 'id > 0' }, first)).scope, 'whole');
  await server.run('ALTER TABLE t ADD COLUMN more int');
  assert.equal((await read({ cursor }, first)).scope, 'whole');
});

test('the newest value of a cursor is read by one row of an index, and the check says when there is none', { skip }, async () => {
  await server.run(
    'DROP TABLE IF EXISTS t; CREATE TABLE t AS SELECT i AS id, i AS at FROM generate_series(1, 20000) AS i; CREATE INDEX ON t (at); ANALYZE t',
  );
  const readSoFar = async (): Promise<number> => {
    const [row] = await server.run(
      "SELECT pg_stat_force_next_flush(), seq_tup_read + idx_tup_fetch AS n FROM pg_stat_user_tables WHERE relname = 't'",
    );
    return Number(row?.['n']);
  };
  const source = await open({ cursor: { column: 'at', overlap: null } });
  const before = await readSoFar();

  assert.equal(await source.glance({ signal: new AbortController().signal }), '20000');
  assert.ok((await readSoFar()) - before <= 1);
  const found = await check({ cursor: { column: 'at', overlap: null } });
  assert.deepEqual(found.find(({ about }) => about === 'rows')?.measured, { rowsEstimated: 20_000 });
  assert.deepEqual(found.find(({ about }) => about === 'cursor')?.measured, { isIndexed: true });
  assert.deepEqual((await check({ cursor: { column: 'id', overlap: null } })).find(({ about }) => about === 'cursor')?.measured, {
    isIndexed: false,
  });
});

test(
  'a connection that is killed once is made again, and one that is always killed leaves no version',
  { skip, timeout: 180_000 },
  async () => {
    // a reading that nobody has killed yet waits at its last row, however slow the machine is
    await server.run('DROP TABLE IF EXISTS kills; CREATE TABLE kills (id int)');
    const kill = async (): Promise<unknown> => {
      await server.run('INSERT INTO kills VALUES (1)');
      return server.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'COPY%slowly%'");
    };
    const waitingUntil = (kills: number): string =>
      `SELECT i AS id, repeat('x', 100) AS filler, CASE WHEN i = 20000 AND (SELECT count(*) FROM kills) < ${kills} THEN pg_sleep(50)::text END AS slowly FROM generate_series(1, 20000) AS i`;

    assert.deepEqual(await readKilled({ table: null, query: waitingUntil(1) }, { kill, times: 1 }), [20_000, 2]);
    assert.deepEqual(await readKilled({ table: null, query: waitingUntil(1000) }, { kill, times: 1000 }), ['TG-SOURCE-BROKEN', 3]);
  },
);

test('an aborted reading ends its statement at the server', { skip, timeout: 60_000 }, async () => {
  const controller = new AbortController();
  const source = await open({ table: null, query: 'SELECT pg_sleep(1000)::text AS forever' });
  const reading = source.read({ folder: mkdtempSync(join(folder, 'read-')), since: null, signal: controller.signal, progress: () => {} });
  const running = async (): Promise<number> =>
    (await server.run("SELECT 1 FROM pg_stat_activity WHERE query LIKE 'COPY%forever%' AND state = 'active'")).length;
  while ((await running()) === 0) await delay(20);
  controller.abort(new Error('enough'));

  await assert.rejects(reading, /enough/);
  while ((await running()) > 0) await delay(50);
});

test('each fault has its cause and its fix', { skip }, async () => {
  await using silent = await silentServer();
  await server.run("DROP TABLE IF EXISTS t; CREATE TABLE t (id int); CREATE USER guest PASSWORD 'guest-password'");
  await server.run(
    'CREATE TABLE partly (a int, b int, c int); GRANT SELECT (a) ON partly TO guest; CREATE SCHEMA closed; CREATE TABLE closed.t (a int)',
  );
  const address = (who: string, rest = ''): string => `postgres://${who}@127.0.0.1:${server.port}/postgres${rest}`;
  const guest = 'guest:guest-password';
  const faults: readonly SourceFault<PostgresConfig>[] = [
    [{}, address('owner:wrong-password'), 'TG-SOURCE-DENIED', /password is wrong/],
    [{}, address(guest), 'TG-SOURCE-DENIED', /permission denied for table t/],
    [{ table: 'partly' }, address(guest), 'TG-SOURCE-DENIED', /may not read the columns "b", "c"/],
    [{ table: 'closed.t' }, address(guest), 'TG-SOURCE-DENIED', /permission denied for schema closed/],
    [{}, address('owner'), 'TG-SOURCE-DENIED', /the address has none/],
    [{}, 'mysql://owner:owner-password@127.0.0.1/shop', 'TG-SOURCE-ADDRESS', /does not begin with postgres/],
    [{}, `${server.url()}?sslmode=verify-full&sslrootcert=/none.crt`, 'TG-SOURCE-ADDRESS', /for TLS is not there/],
    [{}, `${server.url()}?sslmode=require`, 'TG-SOURCE-TLS', /who signed the certificate/],
    [{}, server.url('nothing'), 'TG-SOURCE-NOT-FOUND', /no database of that name/],
    [{ cursor: { column: 'at', overlap: null } }, server.url(), 'TG-SOURCE-NOT-FOUND', /column "at" does not exist/],
    [{ where: 'id >' }, server.url(), 'TG-SOURCE-QUERY', /syntax error/],
    [{}, 'postgres://owner:owner-password@no-such-host.invalid/postgres', 'TG-SOURCE-UNREACHABLE', /name of its host is not known/],
    [{}, `${server.url()}?sslmode=verify-full`, 'TG-SOURCE-TLS', /who signed the certificate/],
    [{}, `postgres://owner:owner-password@127.0.0.1:${await freePort()}/postgres`, 'TG-SOURCE-UNREACHABLE', /nobody listens/],
    [
      { connectMs: 300 },
      `postgres://owner:owner-password@127.0.0.1:${silent.port}/postgres`,
      'TG-SOURCE-UNREACHABLE',
      /does not answer in time/,
    ],
    [{ table: 'nothing' }, server.url(), 'TG-SOURCE-NOT-FOUND', /nothing/],
    [{}, 'postgres://owner:owner-password@host:port/postgres', 'TG-SOURCE-ADDRESS', /address is none/],
    [{ statementMs: 300, table: null, query: 'SELECT pg_sleep(20)::text AS s' }, server.url(), 'TG-SOURCE-BROKEN', /statement_timeout/],
  ];
  await expectFaults(faults);
});

test('the check tells how the connection is encrypted, and for how long the certificate is good', { skip }, async () => {
  const tls = (await check({}, `${server.url()}?sslmode=no-verify`)).find(({ about }) => about === 'tls');

  assert.match(tls?.message ?? '', /^TLSv1\.\d; its certificate is not checked, and is good for 29 days$/);
});

test('a secret without a value is told by its name', { skip }, async () => {
  const source = await openSource(postgresTable, { root: folder, secret: async () => null });

  const [first, ...more] = await source.check({ signal: new AbortController().signal });
  assert.deepEqual([first?.about, first?.verdict, more.length], ['secret', 'fail', 0]);
  assert.match(first?.message ?? '', /"URL" has no value/);
});
