import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { openHttpClient } from '../platform/index.ts';
import type { CiContext } from './ci-context.ts';
import { forgeConformance } from './forge.conformance.ts';
import type { Forge } from './forge.ts';
import { openForge } from './open-forge.ts';
import { commit, type ForgeServer, pullRequest, startForgeServer, type Trouble } from './test-forge-server.ts';

const words = {
  github: { running: 'pending', passed: 'success', failed: 'failure', broken: 'error' },
  gitlab: { running: 'running', passed: 'success', failed: 'failed', broken: 'failed' },
} as const;

function forgeOf(t: TestContext, kind: CiContext['kind'], { api, token }: Pick<ForgeServer, 'api' | 'token'>): Forge {
  const http = openHttpClient();
  t.after(() => http[Symbol.dispose]());
  const repository = kind === 'github' ? 'shop/houses' : '42';
  const context = { kind, api, repository, pullRequest, commit, bases: [], source: 'branch', branch: null, runUrl: null, token } as const;
  return openForge({ context, token, http, signal: new AbortController().signal, pausesMs: [1, 1, 1] });
}

for (const kind of ['github', 'gitlab'] as const)
  forgeConformance(`${kind} by its documentation`, async (t) => {
    const server = await startForgeServer(t, kind);
    t.after(() => assert.deepEqual(server.mistakes, []));
    return {
      forge: forgeOf(t, kind, server),
      pullRequest,
      commit,
      comments: async () => server.comments.map(({ body }) => body),
      commentBySomebody: async (body) => void server.comments.push({ id: 1, by: 'somebody', body }),
      status: async (wanted) => {
        const found = server.statuses.findLast(({ name, context }) => (name ?? context) === wanted);
        return found === undefined
          ? null
          : { state: String(found['state']), description: String(found['description']), url: String(found['target_url']) };
      },
      words: words[kind],
    };
  });

const marker = '<!-- tidegate:ci houses -->';
const request = { pullRequest, marker, body: `${marker}\n\nreport` };
const trouble = (status: number, more: Partial<Trouble> = {}): Trouble => ({ status, ...more });

test('a forge that is busy for a moment gets the comment once, even when it had made it before it gave up', async (t) => {
  for (const kind of ['github', 'gitlab'] as const) {
    const server = await startForgeServer(t, kind);
    server.troubles.push(trouble(503), trouble(429, { headers: { 'retry-after': '0' } }), null, null, trouble(502, { after: true }));

    const outcome = await forgeOf(t, kind, server).comment(request);

    assert.equal(outcome, 'updated');
    assert.deepEqual(
      server.comments.map(({ body }) => body),
      [request.body],
    );
    assert.deepEqual(server.mistakes, []);
  }
});

test('a forge that stays busy, or wants a longer pause than anybody waits, ends in an error that names it', async (t) => {
  const server = await startForgeServer(t, 'github');
  server.troubles.push(...Array.from({ length: 4 }, () => trouble(500, { body: { message: 'database is gone' } })));

  await assert.rejects(
    forgeOf(t, 'github', server).comment(request),
    /TG-CI-POST: Cannot post to "127\.0\.0\.1:\d+": it answered 500.*database is gone/,
  );

  server.troubles.push(trouble(429, { headers: { 'retry-after': '3600' } }));
  await assert.rejects(forgeOf(t, 'github', server).comment(request), /TG-CI-POST.*429/);
  const nobody = { api: 'http://127.0.0.1:9/api', token: 'x' };
  await assert.rejects(forgeOf(t, 'github', nobody).comment(request), /TG-CI-POST.*did not answer/);
});

test('a token without the right is told at once, and is in no message', async (t) => {
  const server = await startForgeServer(t, 'github');
  const forge = forgeOf(t, 'github', server);
  server.troubles.push(null, null, trouble(403, { body: { message: `no right for ${server.token}` } }));

  await assert.rejects(forge.comment(request), (error: Error) => {
    assert.match(error.message, /TG-CI-POST.*answered 403 to POST .*no right for \*\*\*/);
    assert.ok(!error.message.includes(server.token));
    return true;
  });
  assert.equal(server.requests.length, 3);
});

test('the token goes to the address of the API and nowhere else: a redirect is not followed', async (t) => {
  const [server, thief] = [await startForgeServer(t, 'github'), await startForgeServer(t, 'github')];
  server.troubles.push(trouble(302, { headers: { location: `${thief.api}/user` } }));

  await assert.rejects(
    forgeOf(t, 'github', server).setStatus({ commit, name: 'a', state: 'passed', description: 'b', url: null }),
    /TG-CI-POST.*302/,
  );

  assert.deepEqual(thief.requests, []);
});

test('the token of a GitHub job may not ask who it is: then the comment of the bot is ours', async (t) => {
  const server = await startForgeServer(t, 'github');
  server.knowsUser = false;
  server.comments.push({ id: 1, by: 'somebody', body: request.body });
  const forge = forgeOf(t, 'github', server);

  assert.equal(await forge.comment(request), 'made');
  assert.equal(await forge.comment(request), 'updated');
  assert.equal(server.comments.length, 2);
});

test('our comment is found among many, page by page', async (t) => {
  for (const kind of ['github', 'gitlab'] as const) {
    const server = await startForgeServer(t, kind);
    for (let id = 1; id <= 250; id++) server.comments.push({ id, by: 'somebody', body: `comment ${id}` });
    const forge = forgeOf(t, kind, server);

    assert.equal(await forge.comment(request), 'made');
    assert.equal(await forge.comment(request), 'updated');
    assert.equal(server.comments.length, 251);
  }
});
