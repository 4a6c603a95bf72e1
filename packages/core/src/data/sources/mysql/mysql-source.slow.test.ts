import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { MysqlConfig } from '../../../config/index.ts';
import { authority, type SignedCertificate } from '../fixtures/certificates.ts';
import { type MariadbServer, skipWithoutMariadb, startMariadb } from '../fixtures/mariadb-server.ts';
import { freePort } from '../fixtures/postgres-server.ts';
import { silentServer } from '../fixtures/silent-server.ts';
import { mysqlTable, type SourceFault, sourceRig } from '../fixtures/source-rig.ts';
import { sourceConformance } from '../source.conformance.ts';

const skip = skipWithoutMariadb();
let server: MariadbServer;
before(async () => {
  if (skip === false) server = await startMariadb();
});
after(() => server?.[Symbol.asyncDispose]());

const { folder, open, read, check, readKilled, expectFaults, rows: rowsOf } = sourceRig(mysqlTable, () => server.url());

sourceConformance(
  'a MySQL source',
  async () => {
    await server.run(
      "DROP TABLE IF EXISTS weather; CREATE TABLE weather (id int PRIMARY KEY, place text); INSERT INTO weather VALUES (1, 'Oslo'), (2, NULL)",
    );
    const nowhere = `mysql://owner:owner-password@127.0.0.1:${await freePort()}/shop`;
    return {
      source: await open({ table: 'weather' }),
      missing: await open({ table: 'wether' }),
      unreachable: await open({ table: 'weather' }, nowhere),
      add: async () => void (await server.run("INSERT INTO weather VALUES (3, 'Rome')")),
      hidden: ['owner-password', '127.0.0.1', String(server.port)],
      [Symbol.asyncDispose]: async () => {},
    };
  },
  skip,
);

/** Every type with awkward values: SQL of the type, SQL of values, the type of the engine, and the values as the engine casts them to text. */
const types: readonly (readonly [string, readonly string[], string, readonly string[]])[] = [
  ['tinyint(1)', ['-128', '127'], 'TINYINT', ['-128', '127']],
  ['bigint unsigned', ['18446744073709551615', '0'], 'UBIGINT', ['18446744073709551615', '0']],
  ['mediumint', ['-8388608'], 'INTEGER', ['-8388608']],
  ['decimal(38,10)', ['-1234567890123456789012345678.0123456789'], 'DECIMAL(38,10)', ['-1234567890123456789012345678.0123456789']],
  ['decimal(10,2) unsigned', ['99999999.99'], 'DECIMAL(10,2)', ['99999999.99']],
  ['decimal(65,30)', ['12345678901234567890123456789012345.5'], 'VARCHAR', [`12345678901234567890123456789012345.5${'0'.repeat(29)}`]],
  ['float', ['1.17549e-38', '16777216'], 'FLOAT', ['1.17549e-38', '16777216.0']],
  ['double', ['1.7976931348623157e308', '0.1'], 'DOUBLE', ['1.7976931348623157e+308', '0.1']],
  ['bit(1)', ["b'1'", "b'0'"], 'BOOLEAN', ['true', 'false']],
  ['bit(64)', ["b'1111111111111111111111111111111111111111111111111111111111111111'"], 'UBIGINT', ['18446744073709551615']],
  ['varchar(40)', ["''", "'a\\tb\\n\\r\\\\N\\0€😀'"], 'VARCHAR', ['', 'a\tb\n\r\\N\0€😀']],
  ['varchar(20) CHARACTER SET latin1', ["'Zürich'"], 'VARCHAR', ['Zürich']],
  ['varbinary(8)', ["x'00ff5c'", "''"], 'BLOB', ['\\x00\\xFF\\x5C', '']],
  ['json', ['\'{"a": [1, null]}\''], 'JSON', ['{"a": [1, null]}']],
  ["enum('so so', 'bad')", ["'so so'"], 'VARCHAR', ['so so']],
  ["set('a', 'b')", ["'a,b'"], 'VARCHAR', ['a,b']],
  ['year', ['2020'], 'SMALLINT', ['2020']],
  ['date', ["'2020-02-29'"], 'DATE', ['2020-02-29']],
  ['datetime(6)', ["'2020-02-29 12:34:56.123456'"], 'TIMESTAMP', ['2020-02-29 12:34:56.123456']],
  ['timestamp(3) NULL', ["'2020-02-29 12:34:56.123'"], 'TIMESTAMP WITH TIME ZONE', ['2020-02-29 07:04:56.123+00']],
  ['time', ["'-838:59:59'"], 'VARCHAR', ['-838:59:59']],
];

test('every type is kept, and NULL is not an empty text', { skip }, async () => {
  await server.run(
    `CREATE TABLE t (${types.map(([type], index) => `c${index} ${type} NULL`.replace('NULL NULL', 'NULL')).join(', ')}) CHARACTER SET utf8mb4`,
  );
  for (const which of [0, 1])
    await server.run(
      `SET time_zone = '+05:30'; SET NAMES utf8mb4; INSERT INTO t VALUES (${types.map(([, values]) => values[which] ?? 'NULL').join(', ')})`,
    );
  await server.run('INSERT INTO t () VALUES ()');

  const reading = await read();

  const found = await rowsOf(
    reading,
    types.map(([, , type], index) => `CAST(CAST(c${index} AS ${type}) AS VARCHAR) AS c${index}`).join(', '),
  );
  for (const [index, [type, , kept, [first = null, second = null]]] of types.entries()) {
    assert.equal(reading.columns[index]?.type, kept, type);
    assert.deepEqual(
      found.map((row) => row[`c${index}`]),
      [first, second, null],
      type,
    );
  }
});

test('dates that no calendar has become NULL, which is told', { skip }, async () => {
  await server.run(
    "SET sql_mode = ''; CREATE OR REPLACE TABLE t (d date, m datetime); INSERT INTO t VALUES ('0000-00-00', '2020-00-00'), ('2020-01-02', NULL)",
  );

  const reading = await read();

  assert.equal(reading.notices.length, 2);
  assert.match(reading.notices[0] ?? '', /"d" has 1 dates that no calendar has/);
  assert.deepEqual(await rowsOf(reading, 'd, m'), [
    { d: null, m: null },
    { d: '2020-01-02', m: null },
  ]);
});

test('a table without transactions is read with a word on it', { skip }, async () => {
  await server.run('CREATE OR REPLACE TABLE t (a int) ENGINE = MyISAM; INSERT INTO t VALUES (1)');

  assert.match((await read()).notices[0] ?? '', /MyISAM, which knows no transactions/);
});

test('a writer in the middle changes nothing of what is read', { skip }, async () => {
  await server.run('CREATE OR REPLACE TABLE t (a int PRIMARY KEY) AS SELECT seq AS a FROM seq_1_to_30000');
  const writing: Promise<unknown>[] = [];

  const reading = await (
    await open()
  ).read({
    folder: mkdtempSync(join(folder, 'read-')),
    since: null,
    signal: new AbortController().signal,
    progress: () => void (writing.length === 0 && writing.push(server.run('DELETE FROM t WHERE a > 1000'))),
  });
  await Promise.all(writing);

  assert.equal(reading.kind === 'rows' && reading.rows, 30_000);
  assert.equal((await read()).rows, 1000);
});

test('by a cursor what came later is read, with the rows of the overlap', { skip }, async () => {
  await server.run(
    "CREATE OR REPLACE TABLE t (id int PRIMARY KEY, at timestamp NULL, INDEX (at)); INSERT INTO t SELECT seq, timestamp '2020-01-01 00:00:00' + INTERVAL seq MINUTE FROM seq_1_to_100",
  );
  const cursor = { column: 'at', overlap: null };
  const first = await read({ cursor });
  await server.run(
    "INSERT INTO t VALUES (101, '2020-01-01 01:40'), (102, '2020-01-01 01:31'), (103, '2019-12-31'), (104, NULL); DELETE FROM t WHERE id = 95",
  );

  const second = await read({ cursor }, first);

  assert.deepEqual([second.scope, second.key, second.rows], ['changes', ['id'], 10 + 1 + 2 + 1 - 1]);
  const found = await check({ cursor });
  assert.deepEqual(found.find(({ about }) => about === 'cursor')?.measured, { isIndexed: true });
});

test('a query and a filter are judged by the server', { skip }, async () => {
  await server.run('CREATE OR REPLACE TABLE t AS SELECT seq AS id, seq % 7 AS day FROM seq_1_to_100');

  assert.equal((await read({ where: 'day = 3 -- no more' })).rows, 14);
  assert.equal((await read({ schema: 'shop' })).rows, 100);
  const counted = await read({ table: null, query: 'SELECT day, count(*) AS n FROM t GROUP BY day;', key: ['day'] });
  assert.deepEqual([counted.rows, counted.columns.map(({ type }) => type)], [7, ['UBIGINT', 'BIGINT']]);
});

test(
  'a connection that is killed once is made again, and one that is always killed leaves no version',
  { skip, timeout: 180_000 },
  async () => {
    // a reading that nobody has killed yet waits at its last row, however slow the machine is
    await server.run('CREATE OR REPLACE TABLE kills (id int)');
    const kill = async (): Promise<void> => {
      await server.run('INSERT INTO kills VALUES (1)');
      const found = await server.run("SELECT id FROM information_schema.processlist WHERE info LIKE '%slowly%' AND id <> connection_id()");
      for (const { id } of found) await server.run(`KILL ${String(id)}`).catch(() => {});
    };
    const waitingUntil = (kills: number): string =>
      `SELECT seq AS id, repeat('x', 100) AS filler, if(seq = 3000 AND (SELECT count(*) FROM kills) < ${kills}, sleep(50), 0) AS slowly FROM seq_1_to_3000`;

    assert.deepEqual(await readKilled({ table: null, query: waitingUntil(1) }, { kill, times: 1 }), [3000, 2]);
    assert.deepEqual(await readKilled({ table: null, query: waitingUntil(1000) }, { kill, times: 100 }), ['TG-SOURCE-BROKEN', 3]);
  },
);

test('each fault has its cause and its fix', { skip }, async () => {
  await using silent = await silentServer();
  await server.run(
    "CREATE OR REPLACE TABLE t (id int); CREATE USER guest@'127.0.0.1' IDENTIFIED BY 'guest-password'; GRANT SELECT ON shop.other TO guest@'127.0.0.1'".replace(
      'GRANT',
      'CREATE TABLE other (a int); GRANT',
    ),
  );
  const address = (who: string, rest = ''): string => `mysql://${who}@127.0.0.1:${server.port}/shop${rest}`;
  const faults: readonly SourceFault<MysqlConfig>[] = [
    [{}, address('owner:wrong-password'), 'TG-SOURCE-DENIED', /password is wrong/],
    [{}, address('guest:guest-password'), 'TG-SOURCE-DENIED', /may not read it/],
    [{ table: 'partly' }, address('guest:guest-password'), 'TG-SOURCE-DENIED', /no other columns of it than `a`, `c`/],
    [{}, server.url('nothing'), 'TG-SOURCE-NOT-FOUND', /no database of that name/],
    [{ cursor: { column: 'at', overlap: null } }, server.url(), 'TG-SOURCE-NOT-FOUND', /Unknown column/],
    [{ where: 'id >' }, server.url(), 'TG-SOURCE-QUERY', /SQL syntax/],
    [{}, `mysql://owner:owner-password@127.0.0.1:${await freePort()}/shop`, 'TG-SOURCE-UNREACHABLE', /nobody listens/],
    [{ connectMs: 300 }, `mysql://owner:owner-password@127.0.0.1:${silent.port}/shop`, 'TG-SOURCE-UNREACHABLE', /does not answer in time/],
    [{ table: 'nothing' }, server.url(), 'TG-SOURCE-NOT-FOUND', /nothing/],
    [{}, address('owner:owner-password', '?ssl-mode=VERIFY-IDENTITY'), 'TG-SOURCE-ADDRESS', /"ssl-mode" is none of/],
    [{}, address('owner:owner-password', '?ssl-mode=VERIFY_IDENTITY'), 'TG-SOURCE-TLS', /its address has a number/],
    [{}, address('owner:owner-password', '?ssl-cert=/none.crt'), 'TG-SOURCE-ADDRESS', /for TLS is not there/],
    [{}, 'mysql://owner:owner-password@no-such-host.invalid/shop', 'TG-SOURCE-UNREACHABLE', /name of its host is not known/],
    [{}, address('owner:owner-password', '?ssl-mode=REQUIRED'), 'TG-SOURCE-TLS', /does not speak TLS/],
    [{}, 'mysql://owner:owner%ZZpassword@host/shop', 'TG-SOURCE-ADDRESS', /begins no sign/],
    [{}, 'http://owner:owner-password@host/shop', 'TG-SOURCE-ADDRESS', /begins neither/],
    [{ statementMs: 300, table: null, query: 'SELECT sleep(20) AS s FROM t' }, server.url(), 'TG-SOURCE-BROKEN', /statement_timeout/],
  ];
  await server.run(
    "INSERT INTO t VALUES (1); CREATE TABLE partly (a int, b int, c int); GRANT SELECT (a, c) ON shop.partly TO guest@'127.0.0.1'",
  );
  await expectFaults(faults);
});

test('no row that is written after a clock was set right is lost by a cursor', { skip }, async () => {
  await server.run("CREATE USER clerk@'127.0.0.1' IDENTIFIED BY 'clerk-password'; GRANT ALL ON shop.* TO clerk@'127.0.0.1'");
  await server.run('CREATE TABLE seen (id int PRIMARY KEY, at timestamp(6) NULL, INDEX (at))');
  await server.run(
    "SET GLOBAL init_connect = 'SET timestamp = unix_timestamp() + 3600'; INSERT INTO seen VALUES (1, now() + INTERVAL 1 HOUR)",
  );
  const url = `mysql://clerk:clerk-password@127.0.0.1:${server.port}/shop`;
  const cursor = { table: 'seen', cursor: { column: 'at', overlap: null } };

  const first = await read(cursor, null, url);
  const found = (await check(cursor, url)).find(({ about }) => about === 'clock');
  await server.run("SET GLOBAL init_connect = ''; INSERT INTO seen VALUES (2, now())");
  const second = await read(cursor, first, url);

  assert.match(found?.message ?? '', /^Its clock is (3599|36\d\d) s ahead of ours$/);
  assert.deepEqual([first.notices.length, second.scope, second.rows], [1, 'changes', 2]);
});

test('the newest value is one row of an index, and what is filtered or summed up never leaves the server', { skip }, async () => {
  await server.run(
    "CREATE TABLE long_ (id int PRIMARY KEY, at int, filler varchar(200), INDEX (at)) AS SELECT seq AS id, seq AS at, repeat('x', 200) AS filler FROM seq_1_to_20000",
  );
  const counts = async (): Promise<{ readonly bytes: number; readonly rows: number }> => {
    const found = await server.run("SHOW GLOBAL STATUS WHERE Variable_name = 'Bytes_sent' OR Variable_name LIKE 'Handler_read%'");
    const named = new Map(found.map((row) => [String(row['Variable_name']), Number(row['Value'])]));
    const bytes = named.get('Bytes_sent') ?? Number.NaN;
    return { bytes, rows: [...named.values()].reduce((sum, value) => sum + value, 0) - bytes };
  };
  const during = async (work: () => Promise<unknown>): Promise<{ readonly bytes: number; readonly rows: number }> => {
    const before = await counts();
    await work();
    const after = await counts();
    return { bytes: after.bytes - before.bytes, rows: after.rows - before.rows };
  };
  const long = { table: 'long_' };
  const cursor = { ...long, cursor: { column: 'at', overlap: 10 } };
  const first = await read(cursor);
  const { signal } = new AbortController();

  const whole = await during(() => read(long));
  const glance = await during(async () => (await open(cursor)).glance({ signal }));
  const parts = {
    filter: await during(() => read({ ...long, where: 'id % 1000 = 0' })),
    sum: await during(() => read({ table: null, query: 'SELECT max(at) AS newest, count(*) AS n FROM long_' })),
    glance,
    check: await during(() => check(cursor)),
    news: await during(() => read(cursor, first)),
  };

  assert.ok(whole.bytes > 4_000_000 && whole.rows >= 20_000, JSON.stringify(whole));
  assert.ok(glance.rows < 100, `${glance.rows} rows`);
  for (const [what, { bytes }] of Object.entries(parts)) assert.ok(bytes > 0 && bytes < 50_000, `${what}: ${bytes} bytes`);
});

test('certificates of server and user are held against who signed them, host, time and key', { skip }, async () => {
  const [own, stranger] = [authority(folder), authority(folder, 'stranger')];
  const good = own.sign('server', { names: 'DNS:localhost' });
  const [picky, strange] = [own.sign('picky'), stranger.sign('picky')];
  await server.run(
    "CREATE TABLE papers (id int); CREATE USER picky@'127.0.0.1' REQUIRE X509; CREATE USER strict@'127.0.0.1' IDENTIFIED BY 'strict-password' REQUIRE SSL; GRANT SELECT ON shop.papers TO picky@'127.0.0.1', strict@'127.0.0.1'",
  );
  await server.speakTls({ certificate: good, usersSignedBy: own.ca });
  const address = (who: string, more = ''): string => `mysql://${who}@localhost:${server.port}/shop${more}`;
  const checked = `?ssl-mode=VERIFY_IDENTITY&ssl-ca=${own.ca}`;
  const withPaper = ({ cert, key }: SignedCertificate): string => `${checked}&ssl-cert=${cert}&ssl-key=${key}`;
  const papers = { table: 'papers' };
  const [owner, strict] = ['owner:owner-password', 'strict:strict-password'];
  writeFileSync(join(folder, 'no.pem'), 'no certificate at all');
  const assertFault = (url: string, code: string, message: RegExp): Promise<void> => expectFaults([[papers, url, code, message]]);

  for (const url of [
    address(owner, checked),
    address(owner, `?ssl-ca=${own.ca}`),
    address(strict, checked),
    address('picky', withPaper(picky)),
  ]) {
    assert.equal((await read(papers, null, url)).rows, 0);
    const tls = (await check(papers, url)).find(({ about }) => about === 'tls');
    assert.match(tls?.message ?? '', /^TLSv1\.\d; its certificate is checked/);
  }
  await assertFault(address(owner, `?ssl-mode=VERIFY_CA&ssl-ca=${stranger.ca}`), 'TG-SOURCE-TLS', /who signed/);
  await assertFault(address(strict), 'TG-SOURCE-DENIED', /by TLS or with a certificate only/);
  await assertFault(address('picky', checked), 'TG-SOURCE-DENIED', /by TLS or with a certificate only/);
  await assertFault(address('picky', withPaper(strange)), 'TG-SOURCE-TLS', /refuses our certificate/);
  await assertFault(
    address('picky', withPaper({ cert: picky.cert, key: strange.key })),
    'TG-SOURCE-ADDRESS',
    /not that of the certificate/,
  );
  await assertFault(address(owner, `?ssl-ca=${join(folder, 'no.pem')}`), 'TG-SOURCE-ADDRESS', /no certificate or key/);
  for (const [names, days, message] of [
    ['DNS:elsewhere.example', 30, /server is for another host/],
    ['DNS:localhost', -1, /server has expired/],
  ] as const) {
    await server.speakTls({ certificate: own.sign('server', { names, days }), usersSignedBy: own.ca });
    await assertFault(address(owner, checked), 'TG-SOURCE-TLS', message);
  }
});
