import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { type Zone, zones } from '@tidegate/formats';
import { rightsOf } from '../file-rights.ts';
import { markerName } from '../remote-files.ts';
import { httpFiles } from './http-files.ts';
import { serveRemote } from './serve-remote.ts';
import { addToken, openTokens } from './tokens.ts';

interface Served {
  readonly folder: string;
  readonly url: string;
  readonly tokens: string;
  /** What a request comes to that is sent by hand, as by somebody who has no Tidegate. */
  readonly status: (token: string | null, method: string, path: string, more?: RequestInit) => Promise<number>;
  readonly tokenOf: (zone: Zone) => Promise<string>;
}

async function makeServer(t: TestContext): Promise<Served> {
  const folder = await mkdtemp(join(tmpdir(), 'tidegate-served-'));
  const tokens = join(folder, 'tokens');
  await addToken(tokens, { zone: 'untrusted', name: 'first' });
  const server = await serveRemote({ folder: join(folder, 'remote'), tokens, port: 0, tls: null });
  t.after(async () => {
    await server.close();
    await rm(folder, { recursive: true, force: true });
  });
  const url = `http://127.0.0.1:${server.port}`;
  return {
    folder,
    url,
    tokens,
    tokenOf: (zone) => addToken(tokens, { zone, name: zone }),
    status: async (token, method, path, more = {}) => {
      const headers = { ...(token !== null && { authorization: `Bearer ${token}` }), ...more.headers };
      const answer = await fetch(`${url}/v1/${path}`, { method, ...more, headers });
      await answer.arrayBuffer();
      return answer.status;
    },
  };
}

test('the server refuses what the zone of a token may not, whoever asks', async (t) => {
  const { status, tokenOf } = await makeServer(t);
  for (const writer of zones) {
    const token = await tokenOf(writer);
    for (const other of zones) {
      const own = zones.indexOf(other) <= zones.indexOf(writer);
      assert.equal(await status(token, 'PUT', `files/index/${other}/root.json`, { body: '{}' }), own ? 201 : 403);
      assert.equal(await status(token, 'PUT', `files/packs/${other}/ab/cd`, { body: 'x' }), own ? 201 : 403);
      assert.equal(
        await status(token, 'PUT', `files/records/results/${other}/ab/${writer}.json`, { body: '{}' }),
        writer === other ? 201 : 403,
      );
      assert.equal(await status(token, 'HEAD', `uploads/${'a'.repeat(64)}/packs/${other}/ab/ef`), own ? 200 : 403);
    }
    const isTrusted = writer === 'main' || writer === 'release';
    assert.equal(await status(token, 'PUT', 'files/records/deployments/shop/production/1.json', { body: '{}' }), isTrusted ? 201 : 403);
    assert.equal(await status(token, 'POST', 'tidy?before=0'), isTrusted ? 204 : 403);
  }
});

test('results of more trusted zones are read, those below are not, and a listing leaves out what may not be read', async (t) => {
  const { url, status, tokenOf } = await makeServer(t);
  const [branch, main] = [await tokenOf('branch'), await tokenOf('main')];
  await status(branch, 'PUT', 'files/records/results/branch/ab/cd.json', { body: '{}' });
  await status(main, 'PUT', 'files/records/results/main/ab/cd.json', { body: '{}' });

  assert.equal(await status(branch, 'GET', 'files/records/results/main/ab/cd.json'), 200);
  assert.equal(await status(main, 'GET', 'files/records/results/branch/ab/cd.json'), 403);
  const seen: string[] = [];
  for await (const { name } of httpFiles({ url, token: async () => main }).list('records/')) seen.push(name);
  assert.deepEqual(seen, ['records/results/main/ab/cd.json']);
});

test('a token that is unknown, taken out or missing opens nothing, and is told as what is wrong', async (t) => {
  const { url, tokens, status, tokenOf } = await makeServer(t);
  const token = await tokenOf('main');
  assert.equal(await status(token, 'GET', 'about'), 200);

  writeFileSync(tokens, readFileSync(tokens, 'utf8').replace(/^main .*$/m, '# taken out'));

  for (const wrong of [null, 'wrong', token, '']) assert.equal(await status(wrong, 'GET', 'about'), 401);
  await assert.rejects(httpFiles({ url, token: async () => token }).check(), /TG-STORE-REMOTE: .* does not know the token/);
  assert.doesNotMatch(readFileSync(tokens, 'utf8'), new RegExp(token));
});

test('names that lead out of the folder, other methods and odd headers are refused, and nothing is written', async (t) => {
  const { folder, status, tokenOf } = await makeServer(t);
  const token = await tokenOf('release');

  for (const name of ['../tokens', '%2e%2e/tokens', 'a/../../tokens', '.uploads/x', 'packs//a', 'packs/a%00'])
    assert.ok([400, 404].includes(await status(token, 'PUT', `files/${name}`, { body: 'x' })), name);
  assert.equal(await status(token, 'PUT', 'files/a', { body: 'x', headers: { 'if-match': 'W/"x"' } }), 400);
  assert.equal(await status(token, 'PUT', 'files/a', { body: 'x', headers: { 'repr-digest': `sha-256=:${'A'.repeat(43)}=:` } }), 422);
  assert.equal(await status(token, 'GET', 'files/a', { headers: { range: 'bytes=5-1' } }), 400);
  assert.equal(await status(token, 'POST', 'files/a'), 405);
  assert.equal(await status(token, 'GET', 'nothing'), 404);
  assert.equal(await status(token, 'PUT', 'files/a', { body: Buffer.alloc((8 << 20) + 1) }).catch(() => 413), 413);
  assert.deepEqual(
    readdirSync(join(folder, 'remote'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name !== '.lock')
      .map(({ name }) => name),
    [],
  );
});

test('whoever may not write the marker of a remote may make it where none is', () => {
  assert.deepEqual(rightsOf('untrusted', markerName), { read: true, write: 'once', remove: false });
  assert.deepEqual(rightsOf('branch', 'records/unheard-of/a.json'), { read: false, write: false, remove: false });
});

test('a file of tokens that is not there, or has another line in it, is told by its line', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'tidegate-tokens-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'tokens');

  await assert.rejects(openTokens(path), /TG-STORE-REMOTE-TOKENS: .* there is no such file/);
  writeFileSync(path, '# fine\n\nboss me sha256:00\n');
  await assert.rejects(openTokens(path), /TG-STORE-REMOTE-TOKENS: .* line 3/);
  await assert.rejects(addToken(join(folder, 'new'), { zone: 'main', name: 'two words' }), /TG-STORE-REMOTE-TOKENS/);
});

test('a port that is taken is told', async (t) => {
  const { folder, tokens, url } = await makeServer(t);

  const again = serveRemote({ folder: join(folder, 'remote'), tokens, port: Number(new URL(url).port), tls: null });

  await assert.rejects(again, /TG-STORE-REMOTE-SERVE: .* EADDRINUSE/);
});
