import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { type PostgresServer, skipWithoutPostgres, startPostgres } from '../packages/core/src/data/sources/fixtures/postgres-server.ts';
import { tidegateProgram } from './rig/play.ts';

const skip = skipWithoutPostgres();

const yaml = `version: 1
project: shop
data: { orders: { from: { postgres: { url: { secret: SHOP_URL }, table: orders, replication: { slot: shop } } } } }
steps: { count: { run: sh -c "ls data/orders | wc -l > count.txt", in: data.orders, out: { count: count.txt } } }
models: {}
environments: {}
`;

interface Called {
  readonly code: number | null;
  readonly said: string;
}

test('a table of PostgreSQL is a dataset: read, pinned, run on, followed, and its address is told nowhere', { skip }, async (t) => {
  await using server = await startPostgres();
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-shop-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const root = join(folder, 'project');
  mkdirSync(root);
  writeFileSync(join(root, 'tidegate.yaml'), yaml);
  await fill(server);
  const call = (line: string, url = server.url()): Called => {
    const env = { PATH: process.env['PATH'], TIDEGATE_HOME: join(folder, 'home'), TIDEGATE_SECRET_SHOP_URL: url };
    const { status, stdout, stderr } = spawnSync(process.execPath, [tidegateProgram, ...line.split(' ')], {
      cwd: root,
      env,
      encoding: 'utf8',
    });
    return { code: status, said: stdout + stderr };
  };
  const all: Called[] = [];
  const works = (line: string): string => {
    const called = call(line);
    all.push(called);
    assert.equal(called.code, 0, `${line}: ${called.said}`);
    return called.said;
  };

  works('sources check');
  works('run');
  const pinned = readFileSync(join(root, 'tidegate.lock'), 'utf8');
  assert.match(pinned, /orders: sha256:/);

  await server.run("UPDATE orders SET state = 'paid' WHERE id % 100 = 0; DELETE FROM orders WHERE id = 1");
  assert.match(works('data add orders'), /data\.orders: 4,?999 rows, 50 read; /);
  works('store gc --grace 0s');
  works('data commit orders');
  assert.notEqual(readFileSync(join(root, 'tidegate.lock'), 'utf8'), pinned);
  assert.match(works('data add orders'), /0 read; nothing new/);
  works('store fsck');

  await server.run('CREATE TABLE other AS SELECT * FROM orders ORDER BY random(); TRUNCATE orders; INSERT INTO orders SELECT * FROM other');
  assert.match(works('data add orders'), /4,?999 rows, 4,?999 read; nothing new/);

  assert.match(works('sources drop-slot orders --dry-run'), /Would drop the slot "shop", for which the server kept/);
  assert.match(works('sources drop-slot data.orders'), /Dropped the slot "shop"[^]*Dropped the publication "shop"/);
  assert.match(works('sources drop-slot orders'), /there was no slot "shop"/);
  assert.match(works('data add orders'), /4,?999 rows, 4,?999 read; nothing new/);

  for (const [line, url] of [
    ['data add orders', server.url().replace('owner-password', 'wrong-password')],
    ['sources check --json', server.url().replace(String(server.port), '1')],
    ['data add orders', `${server.url()}?sslmode=verify-full`],
  ] as const) {
    const called = call(line, url);
    all.push(called);
    assert.notEqual(called.code, 0, called.said);
  }
  const written = [folder]
    .flatMap((path) => readdirSync(path, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'));
  for (const text of [...written, ...all.map(({ said }) => said)])
    for (const hidden of ['owner-password', 'wrong-password', `127.0.0.1:${server.port}`])
      assert.ok(!text.includes(hidden), `"${hidden}" is told: ${text.slice(0, 300)}`);
});

test('a reading that is killed leaves nothing, and the next one is whole', { skip, timeout: 120_000 }, async (t) => {
  await using server = await startPostgres();
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-shop-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const root = join(folder, 'project');
  mkdirSync(root);
  await fill(server);
  // it waits at the 4000th row for as long as there is a row in the table "wait"
  await server.run(`CREATE TABLE wait AS SELECT 1 AS row;
    CREATE FUNCTION held(id int) RETURNS int LANGUAGE plpgsql VOLATILE AS 'BEGIN IF id = 4000 AND EXISTS (SELECT 1 FROM wait) THEN PERFORM pg_sleep(1000); END IF; RETURN id; END'`);
  const query = 'SELECT held(id) AS id, state FROM orders ORDER BY orders.id';
  writeFileSync(
    join(root, 'tidegate.yaml'),
    `version: 1\nproject: shop\ndata: { orders: { from: { postgres: { url: { secret: SHOP_URL }, query: "${query}", key: id } } } }\nmodels: {}\nenvironments: {}\n`,
  );
  const env = { PATH: process.env['PATH'], TIDEGATE_HOME: join(folder, 'home'), TIDEGATE_SECRET_SHOP_URL: server.url() };
  const options = { cwd: root, env, encoding: 'utf8' } as const;
  const child = spawn(process.execPath, [tidegateProgram, 'data', 'add', 'orders'], { ...options, stdio: 'ignore' });
  const ended = once(child, 'exit');
  while (
    (await server.run("SELECT 1 AS one FROM pg_stat_activity WHERE query LIKE 'COPY%held%' AND wait_event = 'PgSleep'")).length === 0
  ) {
    assert.equal(child.exitCode, null);
    await delay(50);
  }
  child.kill('SIGKILL');
  await ended;
  await server.run('DELETE FROM wait');

  const again = spawnSync(process.execPath, [tidegateProgram, 'data', 'add', 'orders', '--json'], options);

  assert.equal(again.status, 0, again.stderr);
  const [read] = JSON.parse(again.stdout) as readonly { readonly rows: number; readonly readRows: number }[];
  assert.deepEqual([read?.rows, read?.readRows], [5000, 5000]);
  const left = readdirSync(tmpdir()).filter((name) => name.startsWith(`tidegate-data-${child.pid}-`));
  assert.deepEqual(left, []);
});

test('a fresh machine that shares a remote asks the server only for what came since the pinned version', { skip }, async (t) => {
  await using server = await startPostgres();
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-shop-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  await fill(server);
  const root = join(folder, 'project');
  mkdirSync(root);
  const source = '{ postgres: { url: { secret: SHOP_URL }, table: orders, cursor: { column: id, overlap: 10 } } }';
  writeFileSync(
    join(root, 'tidegate.yaml'),
    `version: 1\nproject: shop\ndata: { orders: { from: ${source} } }\nmodels: {}\nenvironments: {}\n`,
  );
  const call = (home: string, line: string): string => {
    const own = { TIDEGATE_HOME: join(folder, home), TIDEGATE_REMOTE: join(folder, 'remote'), TIDEGATE_SECRET_SHOP_URL: server.url() };
    const env = { PATH: process.env['PATH'], ...own };
    const { status, stdout, stderr } = spawnSync(process.execPath, [tidegateProgram, ...line.split(' ')], {
      cwd: root,
      env,
      encoding: 'utf8',
    });
    assert.equal(status, 0, stdout + stderr);
    return stdout;
  };
  call('one', 'run');
  call('one', 'data push');
  await server.run("INSERT INTO orders SELECT i, 'new' FROM generate_series(5001, 5050) AS i");

  assert.match(call('two', 'data add orders'), /data\.orders: 5,?050 rows, 61 read; /);
  assert.match(call('one', 'data add orders'), /data\.orders: 5,?050 rows, 61 read; /);
  const versions = ['one', 'two'].map((home) => {
    call(home, 'data commit orders');
    return readFileSync(join(root, 'tidegate.lock'), 'utf8');
  });
  assert.equal(versions[0], versions[1]);
});

async function fill({ run }: PostgresServer): Promise<void> {
  await run("CREATE TABLE orders (id int PRIMARY KEY, state text); INSERT INTO orders SELECT i, 'open' FROM generate_series(1, 5000) AS i");
}
