import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test, type TestContext } from 'node:test';
import { TidegateError } from '@tidegate/formats';
import { openEngine, quoteText, type Row } from '@tidegate/runtime';
import { Client } from 'pg';
import type { PostgresConfig } from '../../../../config/index.ts';
import { type PostgresServer, skipWithoutPostgres, startPostgres } from '../../fixtures/postgres-server.ts';
import { postgresTable, sourceRig } from '../../fixtures/source-rig.ts';
import { putOver, rowsSql } from '../../rows/put-over.ts';
import { dropSlot } from './drop-slot.ts';
import { sourceConformance } from '../../source.conformance.ts';
import type { RowsReading, SourceReading } from '../../source.ts';

const skip = skipWithoutPostgres();
let server: PostgresServer;
before(async () => {
  if (skip === false) server = await startPostgres(['max_slot_wal_keep_size=16MB', 'min_wal_size=32MB', 'max_wal_size=32MB']);
});
after(() => server?.[Symbol.asyncDispose]());

const { folder, open } = sourceRig<PostgresConfig>({ ...postgresTable, replication: { slot: 's', publication: 's' } }, () => server.url());
const { signal } = new AbortController();

const anew = 'SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots; DROP PUBLICATION IF EXISTS s; DROP TABLE IF EXISTS t';

sourceConformance(
  'a PostgreSQL source by replication',
  async () => {
    await server.run(`${anew}; CREATE TABLE t (id int PRIMARY KEY, place text); INSERT INTO t VALUES (1, 'Oslo'), (2, NULL)`);
    return {
      source: await open(),
      missing: await open({ table: 'none' }),
      unreachable: null,
      add: async () => void (await server.run("INSERT INTO t VALUES (3, 'Rome')")),
      hidden: ['owner-password', '127.0.0.1', String(server.port)],
      [Symbol.asyncDispose]: async () => {},
    };
  },
  skip,
);

/** Reads again and again, and keeps all rows as a project would. */
interface Follower extends AsyncDisposable {
  readonly read: () => Promise<SourceReading>;
  readonly rows: () => Promise<readonly Row[]>;
}

async function follower(config: Partial<PostgresConfig> = {}): Promise<Follower> {
  const engine = await openEngine({ threads: 1 });
  const source = await open(config);
  let position: SourceReading['position'] = null;
  let columns: RowsReading['columns'] = [];
  let version = 0;
  return {
    read: async () => {
      const reading = await source.read({ folder: mkdtempSync(join(folder, 'read-')), since: position, signal, progress: () => {} });
      if (reading.kind === 'rows') {
        await engine.run(
          `CREATE TABLE v${version + 1} AS ${reading.scope === 'whole' ? rowsSql(reading) : putOver(`SELECT * FROM v${version}`, reading)}`,
        );
        version++;
        columns = reading.columns;
      }
      ({ position } = reading);
      await source.confirm(position, { signal });
      return reading;
    },
    rows: () =>
      engine.rows(`SELECT ${columns.map(({ name }) => `"${name}"::VARCHAR AS "${name}"`).join(', ')} FROM v${version} AS v ORDER BY v.id`),
    [Symbol.asyncDispose]: async () => engine[Symbol.dispose](),
  };
}

/** What the server has, as text. */
async function there(t: TestContext): Promise<readonly Row[]> {
  const client = new Client({ connectionString: server.url(), types: { getTypeParser: () => (text: string) => text } });
  await client.connect();
  t.after(() => client.end());
  return (await client.query<{ [column: string]: string | null }>('SELECT * FROM t ORDER BY id')).rows;
}

test('nothing is lost or read twice while others write', { skip, timeout: 120_000 }, async (t) => {
  await server.run(
    `${anew}; CREATE TABLE t (id int PRIMARY KEY, n int, s text); INSERT INTO t SELECT i, i, 'a' FROM generate_series(1, 2000) AS i`,
  );
  const stop = new AbortController();
  const write = async (seed: number): Promise<void> => {
    const client = new Client({ connectionString: server.url() });
    await client.connect();
    for (let turn = 0; !stop.signal.aborted; turn++) {
      const at = (turn * 37 + seed * 911) % 2500;
      await client.query('BEGIN');
      await client.query('INSERT INTO t VALUES ($1, $2, $3) ON CONFLICT (id) DO UPDATE SET n = t.n + 1', [at, turn, `w${seed}`]);
      await client.query('DELETE FROM t WHERE id = $1', [(at * 7) % 2500]);
      if (turn % 5 === 0) await client.query('UPDATE t SET id = id + 100000 WHERE id = $1', [(at + 3) % 2500]);
      await client.query(turn % 3 === 0 ? 'ROLLBACK' : 'COMMIT');
    }
    await client.end();
  };
  const writers = [1, 2].map(write);
  await using following = await follower();
  const scopes: string[] = [];
  for (let turn = 0; turn < 6; turn++) {
    const reading = await following.read();
    scopes.push(reading.kind === 'rows' ? reading.scope : reading.kind);
  }
  stop.abort();
  await Promise.all(writers);
  await following.read();

  assert.deepEqual(scopes, ['whole', 'changes', 'changes', 'changes', 'changes', 'changes']);
  assert.deepEqual(await following.rows(), await there(t));
});

test('a large value that did not change, bytes, arrays, JSON and times come out of the log as they are', { skip }, async (t) => {
  await server.run(
    `${anew}; CREATE TABLE t (id int PRIMARY KEY, big text, b bytea, a text[], j jsonb, m timestamptz, n numeric, f boolean);
     ALTER TABLE t ALTER COLUMN big SET STORAGE EXTERNAL;
     INSERT INTO t VALUES (1, repeat('0123456789', 2000), '\\x00ff', ARRAY['a,b', NULL, '{"\\'], '{"a": 1}', '2020-01-01 12:00+02', 1.5, true)`,
  );
  await using following = await follower();
  await following.read();
  await server.run(
    "UPDATE t SET n = 2.25, f = false; INSERT INTO t SELECT 2, '', b, a, j, m, n, f FROM t; UPDATE t SET id = 3 WHERE id = 1",
  );

  const reading = await following.read();

  assert.equal(reading.kind === 'rows' && reading.scope, 'changes');
  assert.equal(reading.kind === 'rows' && reading.rows, 2);
  if (reading.kind !== 'rows') return;
  using engine = await openEngine({ threads: 1 });
  const found = await engine.rows(
    `SELECT id, length(big) AS big, hex(b) AS b, a, j::VARCHAR AS j, m, n::VARCHAR AS n, f FROM read_parquet([${reading.files.map(quoteText).join(', ')}]) ORDER BY id`,
  );
  const rest = { b: '00FF', a: ['a,b', null, '{"\\'], j: '{"a": 1}', m: '2020-01-01T10:00:00.000Z', n: '2.25', f: false };
  assert.deepEqual(found, [
    { id: 2, big: 0, ...rest },
    { id: 3, big: 20_000, ...rest },
  ]);
  assert.equal((await there(t)).length, 2);
});

test('a change of columns, a truncated table and a slot that is gone make everything be read', { skip }, async (t) => {
  await server.run(`${anew}; CREATE TABLE t (id int PRIMARY KEY, a int); INSERT INTO t SELECT i, i FROM generate_series(1, 10) AS i`);
  await using following = await follower();
  await following.read();

  for (const [sql, notice] of [
    ['ALTER TABLE t ADD COLUMN b text; UPDATE t SET b = id::text', null],
    ['TRUNCATE t; INSERT INTO t VALUES (1, 2, NULL)', null],
    ["SELECT pg_drop_replication_slot('s'); INSERT INTO t VALUES (2, 3, NULL)", /slot "s" was gone/],
    ["INSERT INTO t VALUES (3, 4, NULL);; SELECT pg_replication_slot_advance('s', pg_current_wal_lsn())", /Somebody else has read/],
  ] as const) {
    for (const statement of sql.split(';; ')) await server.run(statement);
    const reading = await following.read();
    assert.equal(reading.kind === 'rows' && reading.scope, 'whole', sql);
    if (notice !== null) assert.match(reading.kind === 'rows' ? (reading.notices[0] ?? '') : '', notice);
    assert.deepEqual(await following.rows(), await there(t));
  }
  await server.run('DELETE FROM t WHERE id = 3');
  const reading = await following.read();
  assert.equal(reading.kind === 'rows' && reading.scope, 'changes');
  assert.deepEqual(await following.rows(), await there(t));
  assert.equal((await following.read()).kind, 'unchanged');
});

test('what is confirmed need not be kept by the server, and what is not is told by the check', { skip }, async () => {
  await server.run(`${anew}; CREATE TABLE t (id int PRIMARY KEY, s text)`);
  await using following = await follower();
  await following.read();
  const kept = async (): Promise<number> => {
    const findings = await (await open()).check({ signal });
    assert.deepEqual(
      findings.filter(({ verdict }) => verdict !== 'pass'),
      [],
    );
    return Number(findings.find(({ about }) => about === 'replication')?.measured['keptBytes']);
  };
  await server.run("INSERT INTO t SELECT i, repeat('x', 500) FROM generate_series(1, 5000) AS i");
  const before = await kept();
  await following.read();
  await server.run('CHECKPOINT');
  await following.read(); // moves the place from which the log is decoded

  assert.ok(before > 2_000_000);
  assert.ok((await kept()) < before);
});

test('a slot whose log the server has thrown away is told with the command that ends it', { skip, timeout: 60_000 }, async () => {
  await server.run(`${anew}; CREATE TABLE t (id int PRIMARY KEY, s text)`);
  await using following = await follower();
  await following.read();
  await server.run(
    'CREATE TABLE IF NOT EXISTS filler (s text); INSERT INTO filler SELECT repeat(md5(i::text), 30) FROM generate_series(1, 60000) AS i; CHECKPOINT; SELECT pg_switch_wal(); CHECKPOINT',
  );
  const isTold = (error: unknown): boolean => error instanceof TidegateError && error.diagnostics[0].code === 'TG-SOURCE-SLOT';

  await assert.rejects(following.read(), isTold);
  const last = (await (await open()).check({ signal })).at(-1);
  assert.deepEqual([last?.verdict, last?.measured['code']], ['fail', 'TG-SOURCE-SLOT']);
  const command = /SELECT pg_drop_replication_slot\('s'\)/.exec(last?.hint ?? '')?.[0] ?? '';
  await server.run(command);
  assert.equal((await following.read()).kind, 'rows');
});

test('with its slot a publication is dropped, unless it has other tables as well', { skip, timeout: 60_000 }, async () => {
  const config = { ...postgresTable, replication: { slot: 's', publication: 's' } };
  for (const [others, left] of [
    ['', '0'],
    [', other', '1'],
  ] as const) {
    await server.run(`${anew}; DROP TABLE IF EXISTS other; CREATE TABLE t (id int PRIMARY KEY); CREATE TABLE other (id int PRIMARY KEY)`);
    await server.run(`CREATE PUBLICATION s FOR TABLE t${others}`);
    await using following = await follower();
    await following.read();
    const found = await dropSlot(config, { root: folder, secret: async () => server.url(), signal, dryRun: false });
    assert.deepEqual([found?.isPublished, found?.isOfOthers, found?.keptBytes === null], [true, left === '1', false]);
    const [row] = await server.run(
      'SELECT (SELECT count(*) FROM pg_publication)::text AS published, (SELECT count(*) FROM pg_replication_slots)::text AS slots',
    );
    assert.deepEqual({ ...row }, { published: left, slots: '0' });
  }
});

test('a table whose rows nothing names cannot be followed', { skip }, async () => {
  await server.run(`${anew}; CREATE TABLE t (id int)`);
  await using following = await follower();

  await assert.rejects(following.read(), /no primary key/);
});

test('a publication by which changes would be missed is refused, and told by the check', { skip, timeout: 120_000 }, async () => {
  const holes: readonly (readonly [string, RegExp])[] = [
    ['CREATE TABLE other (id int PRIMARY KEY); CREATE PUBLICATION s FOR TABLE other', /does not have it/],
    ["CREATE PUBLICATION s FOR TABLE t WITH (publish = 'insert')", /some kind of change/],
    ['CREATE PUBLICATION s FOR TABLE t WHERE (id > 5)', /leaves out rows: \(id > 5\)/],
    ['CREATE TABLE child () INHERITS (t)', /tables inherit from it/],
  ];
  for (const [sql, told] of holes) {
    await server.run(`${anew} CASCADE; DROP TABLE IF EXISTS other, child; CREATE TABLE t (id int PRIMARY KEY); ${sql}`);
    await using following = await follower();

    await assert.rejects(following.read(), (error: unknown) => error instanceof TidegateError && told.test(error.message), sql);
  }
  await server.run(`${anew} CASCADE; CREATE TABLE t (id int PRIMARY KEY)`);
  await using following = await follower();
  await following.read();
  await server.run('DROP PUBLICATION s; INSERT INTO t VALUES (1)');
  await assert.rejects(following.read(), /"s" is gone/);
  const last = (await (await open()).check({ signal })).find(({ about }) => about === 'replication');
  assert.equal(last?.verdict, 'fail');
  await server.run(/SELECT pg_drop_replication_slot\('s'\)/.exec(last?.hint ?? '')?.[0] ?? '');
  assert.equal((await following.read()).kind, 'rows');
});

test(
  'changes of a table in partitions are followed, and of one whose slot was made and never read',
  { skip, timeout: 60_000 },
  async (t) => {
    await server.run(
      `${anew} CASCADE; CREATE TABLE t (id int PRIMARY KEY, s text) PARTITION BY RANGE (id);
     CREATE TABLE low PARTITION OF t FOR VALUES FROM (0) TO (10); CREATE TABLE high PARTITION OF t FOR VALUES FROM (10) TO (100); INSERT INTO t VALUES (1, 'a')`,
    );
    await using following = await follower();
    await following.read();
    await server.run("INSERT INTO t VALUES (50, 'b'); UPDATE t SET id = 51 WHERE id = 1");

    const reading = await following.read();

    assert.equal(reading.kind === 'rows' && reading.scope, 'changes');
    assert.deepEqual(await following.rows(), await there(t));

    await using another = await follower(); // as if the one before had been killed between its slot and its snapshot
    assert.equal((await another.read()).kind, 'rows');
    await server.run('DELETE FROM t WHERE id = 50');
    assert.equal((await another.read()).kind, 'rows');
    assert.deepEqual(await another.rows(), await there(t));
  },
);
