import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readChallenge } from './challenge.ts';

test('readChallenge() reads what registries ask for', () => {
  assert.deepEqual(
    readChallenge('Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:library/debian:pull,push"'),
    {
      scheme: 'bearer',
      realm: 'https://auth.docker.io/token',
      service: 'registry.docker.io',
      scope: 'repository:library/debian:pull,push',
    },
  );
  assert.deepEqual(readChallenge('bearer realm=https://a.b/token'), {
    scheme: 'bearer',
    realm: 'https://a.b/token',
    service: null,
    scope: null,
  });
  assert.deepEqual(readChallenge('Basic realm="Registry"'), { scheme: 'basic' });
  assert.deepEqual(readChallenge('Negotiate, Basic realm="Registry"'), { scheme: 'basic' });
  assert.deepEqual(readChallenge('Basic realm="x", Bearer realm="https://a.b/token"'), {
    scheme: 'bearer',
    realm: 'https://a.b/token',
    service: null,
    scope: null,
  });
});

test('readChallenge() takes nothing that it does not know', () => {
  for (const header of ['', 'Negotiate', 'Bearer', 'Bearer service="x"', 'Digest realm="basically"'])
    assert.equal(readChallenge(header), null, header);
});
