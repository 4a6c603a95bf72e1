import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { PostgresConfig } from '../../../config/index.ts';
import { startCuttingProxy } from '../../../platform/test-cutting-proxy.ts';
import { authority, type SignedCertificate } from '../fixtures/certificates.ts';
import { freePort, type PostgresServer, skipWithoutPostgres, startPostgres } from '../fixtures/postgres-server.ts';
import { failing, postgresTable, sourceRig } from '../fixtures/source-rig.ts';
import { sourceConformance } from '../source.conformance.ts';

let server: PostgresServer;
const skip = skipWithoutPostgres();
before(async () => {
  if (skip === false) server = await startPostgres();
});
after(() => server?.[Symbol.asyncDispose]());

const { folder, open, read, check } = sourceRig<PostgresConfig>({ ...postgresTable, table: 'weather' }, () => server.url());

sourceConformance(
  'a PostgreSQL source',
  async () => {
    await server.run(
      "DROP TABLE IF EXISTS weather; CREATE TABLE weather (id int PRIMARY KEY, place text); INSERT INTO weather VALUES (1, 'Oslo'), (2, NULL)",
    );
    const nowhere = `postgres://owner:owner-password@127.0.0.1:${await freePort()}/postgres`;
    return {
      source: await open(),
      missing: await open({ table: 'wether' }),
      unreachable: await open({}, nowhere),
      add: async () => void (await server.run("INSERT INTO weather VALUES (3, 'Rome')")),
      hidden: ['owner-password', '127.0.0.1', String(server.port)],
      [Symbol.asyncDispose]: async () => {},
    };
  },
  skip,
);

test(
  'certificates of server and user are held against who signed them, host, time and key, and each fault has its cause and its fix',
  { skip },
  async () => {
    const [own, stranger] = [authority(folder), authority(folder, 'stranger')];
    const good = own.sign('server', { names: 'DNS:localhost' });
    const [picky, other, strange] = [own.sign('picky'), own.sign('other'), stranger.sign('picky')];
    await server.run(
      "CREATE USER picky; CREATE USER strict PASSWORD 'strict-password'; CREATE TABLE papers (id int); GRANT SELECT ON papers TO picky, strict",
    );
    const rules = ['hostssl all picky 127.0.0.1/32 cert', 'hostnossl all strict 127.0.0.1/32 reject'];
    const reload = (certificate = good): Promise<void> => server.reload({ certificate, usersSignedBy: own.ca, rules });
    const address = (who: string, more = '', host = 'localhost'): string => `postgres://${who}@${host}:${server.port}/postgres${more}`;
    const checked = `?sslmode=verify-full&sslrootcert=${own.ca}`;
    const withPaper = ({ cert, key }: SignedCertificate): string => `${checked}&sslcert=${cert}&sslkey=${key}`;
    const [owner, strict] = ['owner:owner-password', 'strict:strict-password'];
    writeFileSync(join(folder, 'no.pem'), 'no certificate at all');
    await reload();

    for (const url of [address(owner, checked), address(strict, checked), address('picky', withPaper(picky))]) {
      assert.equal((await read(papers, null, url)).rows, 0);
      const tls = (await check(papers, url)).find(({ about }) => about === 'tls');
      assert.match(tls?.message ?? '', /^TLSv1\.\d; its certificate is checked, and is good for (29|30) days$/);
    }
    const faults: readonly (readonly [string, string, RegExp, RegExp])[] = [
      [address(owner, checked, '127.0.0.1'), 'TG-SOURCE-TLS', /server is for another host/, /as the certificate has it/],
      [address(owner, `?sslmode=verify-full&sslrootcert=${stranger.ca}`), 'TG-SOURCE-TLS', /who signed/, /sslrootcert=FILE/],
      [address(strict), 'TG-SOURCE-TLS', /not in from here without TLS/, /sslmode=verify-full/],
      [address('picky', checked), 'TG-SOURCE-TLS', /asks for a certificate of this user/, /sslcert=FILE and sslkey=FILE/],
      [address('picky', withPaper(other)), 'TG-SOURCE-TLS', /asks for a certificate of this user/, /for this user/],
      [address('picky', withPaper(strange)), 'TG-SOURCE-TLS', /refuses our certificate/, /that it trusts/],
      [address('picky', withPaper({ cert: picky.cert, key: other.key })), 'TG-SOURCE-ADDRESS', /not that of the certificate/, /in PEM/],
      [
        address('picky', withPaper({ cert: join(folder, 'no.pem'), key: picky.key })),
        'TG-SOURCE-ADDRESS',
        /no certificate or key/,
        /in PEM/,
      ],
    ];
    for (const [url, code, message, hint] of faults) await assertFault(url, { code, message, hint });
    for (const [names, days, message, hint] of [
      ['DNS:elsewhere.example', 30, /server is for another host/, /as the certificate has it/],
      ['DNS:localhost', -1, /server has expired/, /get a new one/],
    ] as const) {
      await reload(own.sign('server', { names, days }));
      await assertFault(address(owner, checked), { code: 'TG-SOURCE-TLS', message, hint });
    }
    const unchecked = await check(papers, address(owner, '?sslmode=no-verify'));
    assert.match(unchecked.find(({ about }) => about === 'tls')?.message ?? '', /^The certificate of the server has expired$/);
  },
);

const papers = { table: 'papers' };

interface Fault {
  readonly code: string;
  readonly message: RegExp;
  readonly hint: RegExp;
}

/** Both a reading and a check tell it. */
async function assertFault(url: string, { code, message, hint }: Fault): Promise<void> {
  await assert.rejects(read(papers, null, url), failing(code, message));
  const last = (await check(papers, url)).at(-1);
  assert.deepEqual([last?.verdict, last?.measured['code']], ['fail', code], message.source);
  assert.match(last?.message ?? '', message);
  assert.match(last?.hint ?? '', hint);
}

test('a clock that is ahead is told, and no row that is written after it was set right is lost by a cursor', { skip }, async () => {
  await server.run(`CREATE SCHEMA ahead;
    CREATE FUNCTION ahead.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS $$ SELECT pg_catalog.clock_timestamp() + interval '1 hour' $$;
    ALTER ROLE owner SET search_path = ahead, public, pg_catalog;
    CREATE TABLE seen (id int PRIMARY KEY, at timestamptz); CREATE INDEX ON seen (at)`);
  const cursor = { table: 'seen', cursor: { column: 'at', overlap: null } };
  const source = await open(cursor);
  const glance = (): Promise<unknown> => source.glance({ signal: new AbortController().signal });
  await server.run('INSERT INTO seen VALUES (1, clock_timestamp())');

  const first = await read(cursor);
  const found = (await check(cursor)).find(({ about }) => about === 'clock');
  await server.run('ALTER ROLE owner RESET search_path');
  await server.run('INSERT INTO seen VALUES (2, clock_timestamp())');
  const second = await read(cursor, first);

  assert.match(found?.message ?? '', /^Its clock is (3599|36\d\d) s ahead of ours$/);
  assert.match(found?.hint ?? '', /NTP/);
  assert.match(first.notices[0] ?? '', /^The newest "at" is .*, which is ahead of the clock: rows after .* are read each time$/);
  assert.deepEqual([second.scope, second.rows], ['changes', 2]);
  assert.equal(await glance(), null, 'nothing tells whether something was written since');
  await server.run('DELETE FROM seen WHERE id = 1');
  assert.notEqual(await glance(), null);
  assert.deepEqual((await read(cursor, second)).notices, []);
});

test('what is filtered, summed up or looked at for news never leaves the server', { skip }, async () => {
  await server.run(
    "CREATE TABLE long (id int PRIMARY KEY, at int, filler text); INSERT INTO long SELECT i, i, repeat('x', 200) FROM generate_series(1, 20000) AS i; CREATE INDEX ON long (at); ANALYZE long",
  );
  await using proxy = await startCuttingProxy(`http://127.0.0.1:${server.port}`, { afterBytes: Infinity, times: 0 });
  const url = server.url().replace(String(server.port), new URL(proxy.url).port);
  const bytesOf = async (work: () => Promise<unknown>): Promise<number> => {
    const before = proxy.answered();
    await work();
    return proxy.answered() - before;
  };
  const long = { table: 'long' };
  const cursor = { ...long, cursor: { column: 'at', overlap: 10 } };
  const first = await read(cursor, null, url);
  const { signal } = new AbortController();

  const whole = await bytesOf(() => read(long, null, url));
  const parts = {
    filter: await bytesOf(() => read({ ...long, where: 'id % 1000 = 0' }, null, url)),
    sum: await bytesOf(() => read({ table: null, query: 'SELECT max(at) AS newest, count(*) AS rows FROM long' }, null, url)),
    glance: await bytesOf(async () => (await open(cursor, url)).glance({ signal })),
    check: await bytesOf(() => check(cursor, url)),
    news: await bytesOf(() => read(cursor, first, url)),
  };

  assert.ok(whole > 4_000_000, `${whole} bytes`);
  for (const [what, bytes] of Object.entries(parts)) assert.ok(bytes > 0 && bytes < 30_000, `${what}: ${bytes} of ${whole} bytes`);
});
