import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { Json } from '@tidegate/formats';
import { startCuttingProxy } from '../../../platform/test-cutting-proxy.ts';
import { sourceConformance } from '../source.conformance.ts';
import type { FilesReading, Source, SourceReading } from '../source.ts';
import { httpSource } from './http-source.ts';
import { startWebServer } from './test-web-server.ts';

const token = 'planted-token-value';
const secret = async (name: string): Promise<string | null> => (name === 'TOKEN' ? token : null);
const parts = { root: '/', secret };

function sourceAt(
  urls: readonly string[],
  more: { readonly mostBytes?: number; readonly token?: { readonly secret: string } } = {},
): Source {
  return httpSource({ kind: 'http', urls, token: more.token ?? null, mostBytes: more.mostBytes ?? 1e9 }, parts);
}

sourceConformance('a source of the web', async () => {
  const server = await startWebServer(token);
  for (const name of ['a.csv', 'b.csv']) server.files.set(`/${name}`, Buffer.from(`x\n${name}\n`));
  const at = (...names: readonly string[]): readonly string[] => names.map((name) => `${server.url}/${name}`);
  const own = { token: { secret: 'TOKEN' } };
  return {
    source: sourceAt(at('a.csv', 'b.csv'), own),
    missing: sourceAt(at('none.csv'), own),
    unreachable: sourceAt(['http://127.0.0.1:9/a.csv'], own),
    add: async () => void server.files.set('/b.csv', Buffer.from('x\nchanged\n')),
    hidden: [token, server.url, '127.0.0.1'],
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
});

async function read(t: TestContext, source: Source, since: Json = null): Promise<SourceReading> {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-web-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return source.read({ folder, since, signal: new AbortController().signal, progress: () => {} });
}

function filesOf(reading: SourceReading): FilesReading['files'] {
  return reading.kind === 'files' ? reading.files : [];
}

test('a file that the server says is the former one is not read again, and one without a tag is known by its bytes', async (t) => {
  await using server = await startWebServer();
  server.files.set('/told.csv', Buffer.from('1'));
  server.odd.set('/silent.csv', (_, response) => response.end('2'));
  const source = sourceAt([`${server.url}/told.csv`, `${server.url}/silent.csv`]);
  const first = await read(t, source);

  const again = await read(t, source, first.position);
  server.files.set('/told.csv', Buffer.from('3'));
  const changed = await read(t, source, again.position);

  assert.equal(again.kind, 'unchanged');
  assert.deepEqual(
    filesOf(changed).map(({ path, file }) => [path, file === null ? null : readFileSync(file, 'utf8')]),
    [
      ['silent.csv', null],
      ['told.csv', '3'],
    ],
  );
});

test('a file comes whole over a connection that breaks, by asking for the rest', async (t) => {
  await using server = await startWebServer();
  const bytes = randomBytes(3 << 20);
  server.files.set('/big.bin', bytes);
  await using proxy = await startCuttingProxy(server.url, { afterBytes: 1 << 20, times: 2, gently: true });

  const [file] = filesOf(await read(t, sourceAt([`${proxy.url}/big.bin`])));

  assert.equal(proxy.cuts(), 2);
  assert.ok(bytes.equals(readFileSync(file?.file ?? '')));
  assert.ok(
    server.asked.slice(1).every((line) => /bytes=\d{5,}-$/.test(line)),
    server.asked.join('\n'),
  );
});

test('a connection that breaks each time leaves an error, and no half file that counts', async (t) => {
  await using server = await startWebServer();
  server.odd.set('/never.bin', (_, response) => {
    response.writeHead(200, { 'content-length': 1000 });
    response.write('half');
    setTimeout(() => response.destroy(), 5);
  });

  await assert.rejects(read(t, sourceAt([`${server.url}/never.bin`])), /TG-SOURCE-BROKEN: .* broke off again and again/);
});

test('a server that is busy is asked again, one that refuses is not', async (t) => {
  await using server = await startWebServer();
  let busy = 2;
  server.odd.set('/busy.csv', (_, response) => void response.writeHead(busy-- > 0 ? 503 : 200).end('x'));
  server.odd.set('/closed.csv', (_, response) => void response.writeHead(403).end());

  assert.equal(filesOf(await read(t, sourceAt([`${server.url}/busy.csv`]))).length, 1);
  await assert.rejects(read(t, sourceAt([`${server.url}/closed.csv`])), /TG-SOURCE-DENIED/);
  assert.equal(server.asked.filter((line) => line.includes('closed')).length, 1);
});

test('a token that cannot be sent is told, and not as a fault of the network', async (t) => {
  const unfit = { root: '.', secret: async () => 'token\r\nx: y' };
  const source = httpSource({ kind: 'http', urls: ['http://127.0.0.1:9/a.csv'], token: { secret: 'TOKEN' }, mostBytes: 1 }, unfit);

  await assert.rejects(read(t, source), /TG-SOURCE-DENIED: .*such as the end of a line/);
});

test('a redirect is followed, and the token goes to no other host', async (t) => {
  await using server = await startWebServer();
  await using other = await startWebServer();
  const sent: (string | undefined)[] = [];
  other.odd.set('/b.csv', (request, response) => {
    sent.push(request.headers['authorization']);
    response.end('there');
  });
  server.odd.set('/a.csv', (_, response) => void response.writeHead(302, { location: `${other.url}/b.csv` }).end());
  server.odd.set('/round.csv', (_, response) => void response.writeHead(302, { location: '/round.csv' }).end());

  const [file] = filesOf(await read(t, sourceAt([`${server.url}/a.csv`], { token: { secret: 'TOKEN' } })));

  assert.equal(file?.path, 'a.csv');
  assert.equal(readFileSync(file?.file ?? '', 'utf8'), 'there');
  assert.deepEqual(sent, [undefined]);
  await assert.rejects(read(t, sourceAt([`${server.url}/round.csv`])), /TG-SOURCE-ADDRESS: .* answers with 302/);
});

test('a file that is too long is not read, whether its length is told before or not', async (t) => {
  await using server = await startWebServer();
  server.files.set('/told.bin', Buffer.alloc(2000));
  server.odd.set('/untold.bin', (_, response) => {
    response.write(Buffer.alloc(1500));
    response.end(Buffer.alloc(500));
  });

  for (const name of ['told.bin', 'untold.bin'])
    await assert.rejects(read(t, sourceAt([`${server.url}/${name}`], { mostBytes: 1000 })), /TG-SOURCE-LENGTH: .* longer than 1000 bytes/);
});

test('addresses without a name, and two of one name, are refused', () => {
  assert.throws(() => sourceAt(['http://localhost/']), /TG-SOURCE-ADDRESS: .* no name of a file/);
  assert.throws(() => sourceAt(['http://localhost/%2e%2e']), /TG-SOURCE-ADDRESS/);
  assert.throws(
    () => sourceAt(['http://localhost/a/x.csv', 'http://localhost/b/x.csv']),
    /TG-SOURCE-ADDRESS: .* two files would be "x.csv"/,
  );
});

test('a clock that is off is found', async () => {
  await using server = await startWebServer();
  server.odd.set(
    '/a.csv',
    (_, response) => void response.writeHead(200, { date: new Date(Date.now() - 3_600_000).toUTCString() }).end('x'),
  );

  const findings = await sourceAt([`${server.url}/a.csv`]).check({ signal: new AbortController().signal });

  assert.match(findings.find(({ about }) => about === 'clock')?.message ?? '', /^Its clock is (?:3599|3600) s behind ours$/);
});

test('each fault has its cause and its fix, in a reading and in a check', async (t) => {
  await using server = await startWebServer(token);
  server.files.set('/a.csv', Buffer.from('x'));
  server.odd.set('/closed.csv', (_, response) => void response.writeHead(403).end());
  server.odd.set('/gone.csv', (_, response) => void response.writeHead(410).end());
  server.odd.set('/odd.csv', (_, response) => void response.writeHead(418).end());
  const right = { token: { secret: 'TOKEN' } };
  const faults: readonly (readonly [string, object, string, RegExp])[] = [
    [`${server.url}/none.csv`, right, 'TG-SOURCE-NOT-FOUND', /there is no such file/],
    [`${server.url}/gone.csv`, right, 'TG-SOURCE-NOT-FOUND', /gone for good/],
    [`${server.url}/a.csv`, {}, 'TG-SOURCE-DENIED', /wants a token/],
    [`${server.url}/a.csv`, { token: { secret: 'OTHER' } }, 'TG-SECRETS-MISSING', /"OTHER" has no value/],
    [`${server.url}/closed.csv`, right, 'TG-SOURCE-DENIED', /refuses it/],
    [`${server.url}/odd.csv`, right, 'TG-SOURCE-ADDRESS', /answers with 418/],
    [`${server.url.replace('http:', 'https:')}/a.csv`, right, 'TG-SOURCE-TLS', /does not speak TLS/],
    ['http://127.0.0.1:9/a.csv', right, 'TG-SOURCE-UNREACHABLE', /nothing listens/],
  ];
  for (const [url, more, code, message] of faults) {
    const source = sourceAt([url], more);
    await assert.rejects(read(t, source), new RegExp(`${code}: .*${message.source}`));
    const last = (await source.check({ signal: new AbortController().signal })).at(-1);
    assert.deepEqual([last?.verdict, last?.measured['code'], last?.hint !== null], ['fail', code, true], message.source);
  }
});
