import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { digestOfBytes } from '../../../platform/index.ts';
import { startCuttingProxy } from '../../../platform/test-cutting-proxy.ts';
import type { RemoteFiles } from '../remote-files.ts';
import { httpFiles } from './http-files.ts';
import { serveRemote } from './serve-remote.ts';
import { addToken } from './tokens.ts';

async function makeServer(
  t: TestContext,
  tls: { readonly certificate: string; readonly key: string } | null = null,
): Promise<{ readonly folder: string; readonly url: string; readonly open: (url?: string) => RemoteFiles }> {
  const folder = await mkdtemp(join(tmpdir(), 'tidegate-served-'));
  const token = await addToken(join(folder, 'tokens'), { zone: 'main', name: 'test' });
  const server = await serveRemote({ folder: join(folder, 'remote'), tokens: join(folder, 'tokens'), port: 0, tls });
  t.after(async () => {
    await server.close();
    await rm(folder, { recursive: true, force: true });
  });
  const own = `${tls === null ? 'http' : 'https'}://127.0.0.1:${server.port}`;
  return { folder, url: own, open: (url = own) => httpFiles({ url, token: async () => token }) };
}

test('a file comes whole over a connection that breaks, and is not begun anew', async (t) => {
  const { folder, url, open } = await makeServer(t);
  const bytes = randomBytes(6 << 20);
  await open().write('a', bytes);
  await using proxy = await startCuttingProxy(url, { afterBytes: 2 << 20, times: 2 });

  const got = await open(proxy.url).download('a', join(folder, 'out'), { digest: digestOfBytes(bytes) });

  assert.equal(proxy.cuts(), 2);
  assert.equal(got?.moved, bytes.length, 'what came before the break is not asked for again');
  assert.ok(bytes.equals(await readFile(join(folder, 'out'))));
});

test('a long file is sent whole over a connection that breaks', async (t) => {
  const { folder, url, open } = await makeServer(t);
  const bytes = randomBytes(20 << 20);
  const digest = digestOfBytes(bytes);
  writeFileSync(join(folder, 'source'), bytes);
  await using proxy = await startCuttingProxy(url, { afterBytes: 5 << 20, times: 3 });

  const written = await open(proxy.url).write('a', join(folder, 'source'), { digest, onlyIf: 'absent' });

  assert.ok(written.written);
  assert.equal(proxy.cuts(), 3);
  assert.equal((await open().download('a', join(folder, 'out'), { digest }))?.size, bytes.length);
});

test('a conditional write whose answer is lost is known as done when it is asked for again', async (t) => {
  const { url, open } = await makeServer(t);
  await open().write('root', Buffer.from('1'));
  const { tag = '' } = (await open().read('root')) ?? {};
  const large = randomBytes(20_000);
  await using proxy = await startCuttingProxy(url, { afterBytes: 0, of: 'answers', times: 1 });

  const written = await open(proxy.url).write('root', large, { onlyIf: { tag } });

  assert.equal(proxy.cuts(), 1);
  assert.equal(written.written, true);
  assert.ok(large.equals(Buffer.from((await open().read('root'))?.bytes ?? [])));
});

test('a server that nobody has started, and one of something else, are told', async (t) => {
  const { open } = await makeServer(t);
  const other = createServer((_, response) => response.end('hello'));
  await new Promise<void>((listening) => other.listen(0, '127.0.0.1', listening));
  t.after(() => other.close());
  const address = other.address();
  const port = typeof address === 'object' ? address?.port : 0;

  await assert.rejects(open('http://127.0.0.1:9').check(), /TG-STORE-REMOTE-UNREACHABLE: .* nothing listens at 127.0.0.1:9/);
  await assert.rejects(open(`http://127.0.0.1:${port}`).check(), /TG-STORE-REMOTE: .* no server of this version/);
});

test('it is served by TLS, and a certificate that nobody vouches for is not taken', async (t) => {
  const made = await mkdtemp(join(tmpdir(), 'tidegate-tls-'));
  t.after(() => rm(made, { recursive: true, force: true }));
  const [key, certificate] = [join(made, 'key.pem'), join(made, 'certificate.pem')];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'];
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-days',
      '2',
      ...subject,
      '-keyout',
      key,
      '-out',
      certificate,
    ],
    { stdio: 'ignore' },
  );
  const { url, open } = await makeServer(t, { certificate: readFileSync(certificate, 'utf8'), key: readFileSync(key, 'utf8') });

  await assert.rejects(open().check(), /TG-STORE-REMOTE-UNREACHABLE: .* signed by itself/);

  const script = `
    import { httpFiles } from ${JSON.stringify(join(import.meta.dirname, 'http-files.ts'))};
    const files = httpFiles({ url: '${url}', token: async () => 'wrong' });
    await files.check().catch((error) => console.log(error.message));
  `;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
    env: { ...process.env, NODE_EXTRA_CA_CERTS: certificate },
  });
  assert.match(stdout, /does not know the token/);
});
