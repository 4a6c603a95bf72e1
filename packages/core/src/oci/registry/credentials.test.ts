import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { findCredentials } from './credentials.ts';

function home(t: TestContext, files: { readonly [path: string]: string }): string {
  const root = mkdtempSync(join(tmpdir(), 'tidegate-logins-'));
  t.after(() => rmSync(root, { recursive: true }));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  return root;
}

const auth = (user: string): string => Buffer.from(`${user}:se:cret`).toString('base64');
const user = (name: string): object => ({ kind: 'password', user: name, password: 'se:cret' });

test('findCredentials() finds what a login has stored, the most special first', async (t) => {
  const root = home(t, {
    '.config/containers/auth.json': JSON.stringify({ auths: { 'a.io/team': { auth: auth('team') }, 'a.io': { auth: auth('whole') } } }),
    '.docker/config.json': JSON.stringify({
      auths: {
        'https://index.docker.io/v1/': { auth: auth('hub') },
        'b.io': { identitytoken: 'long-lived' },
        'a.io': { auth: auth('other') },
      },
    }),
  });
  const find = (registry: string, repository: string): ReturnType<typeof findCredentials> =>
    findCredentials(registry, repository, { HOME: root });

  assert.deepEqual(await find('a.io', 'team/delay'), user('team'));
  assert.deepEqual(await find('a.io', 'teams'), user('whole'));
  assert.deepEqual(await find('docker.io', 'library/debian'), user('hub'));
  assert.deepEqual(await find('b.io', 'x'), { kind: 'identity-token', token: 'long-lived' });
  assert.equal(await find('c.io', 'x'), null);
  assert.equal(await findCredentials('a.io', 'x', { HOME: join(root, 'none') }), null);
});

test('findCredentials() asks the helper that is named, and says when it fails', async (t) => {
  const helper =
    '#!/bin/sh\nread -r server || true\ncase "$server" in\n  good.io) echo \'{"Username":"robot","Secret":"s"}\';;\n  token.io) echo \'{"Username":"<token>","Secret":"t"}\';;\n  none.io) echo "credentials not found in native keychain"; exit 1;;\n  *) echo "locked" >&2; exit 2;;\nesac\n';
  const root = home(t, {
    'bin/docker-credential-test': helper,
    '.docker/config.json': JSON.stringify({ credsStore: 'test', credHelpers: { 'odd.io': '../evil' } }),
  });
  chmodSync(join(root, 'bin/docker-credential-test'), 0o755);
  const find = (registry: string): ReturnType<typeof findCredentials> =>
    findCredentials(registry, 'x', { HOME: root, PATH: `${join(root, 'bin')}:${process.env['PATH']}` });

  assert.deepEqual(await find('good.io'), { kind: 'password', user: 'robot', password: 's' });
  assert.deepEqual(await find('token.io'), { kind: 'identity-token', token: 't' });
  assert.equal(await find('none.io'), null);
  await assert.rejects(find('bad.io'), /TG-IMAGE-LOGIN: .*"docker-credential-test" ended with 2: locked/);
  await assert.rejects(find('odd.io'), /TG-IMAGE-LOGIN: .*no name of a credential helper/);
});

test('findCredentials() refuses a file that cannot be read', async (t) => {
  for (const content of ['{', '[]', '{"auths":{"a.io":{"auth":5}}}', '{"auths":{"a.io":{"auth":"bm8gY29sb24="}}}']) {
    const root = home(t, { 'auth.json': content });
    await assert.rejects(findCredentials('a.io', 'x', { REGISTRY_AUTH_FILE: join(root, 'auth.json') }), /TG-IMAGE-LOGIN/, content);
  }
});
