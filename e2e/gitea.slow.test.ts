import assert from 'node:assert/strict';
import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { changePage } from '../packages/cli/src/ci/change-page.ts';
import { changeNamed } from '../packages/cli/src/ci/test-change.ts';
import { forgeConformance } from '../packages/core/src/forge/forge.conformance.ts';
import { openForge } from '../packages/core/src/forge/index.ts';
import { openHttpClient } from '../packages/core/src/platform/index.ts';
import { type Gitea, skipWithoutGitea, startGitea } from './rig/gitea.ts';
import { type Ended, spawnAndWait, tidegateProgram } from './rig/play.ts';

const skip = skipWithoutGitea();
let gitea: Gitea;
before(async () => {
  if (skip === false) gitea = await startGitea();
});
after(async () => {
  if (skip === false) await gitea[Symbol.asyncDispose]();
});

interface PullRequest {
  readonly number: number;
  readonly head: { readonly sha: string };
  readonly base: { readonly sha: string };
}

interface Review {
  readonly id: number;
  readonly body: string;
}

interface LineComment {
  readonly path: string;
  readonly position: number;
  readonly body: string;
}

interface Comment {
  readonly body: string;
  readonly user: { readonly login: string };
}

interface Status {
  readonly context: string;
  readonly status: string;
  readonly description: string;
  readonly target_url: string;
}

const ask = <T>(method: string, path: string, body?: unknown): Promise<T> => gitea.ask('bot', method, path, body) as Promise<T>;
const commentsOf = (repository: string, number: number): Promise<readonly Comment[]> =>
  ask('GET', `/repos/bot/${repository}/issues/${number}/comments`);
/** The newest status of each name. */
const statusesOf = async (repository: string, commit: string): Promise<readonly Status[]> =>
  (await ask<{ readonly statuses: readonly Status[] }>('GET', `/repos/bot/${repository}/commits/${commit}/status`)).statuses;

/** A repository with a branch that adds a file, and a pull request of it. */
async function openPullRequest(repository: string): Promise<PullRequest> {
  await ask('POST', '/user/repos', { name: repository, auto_init: true, default_branch: 'main' });
  const file = { content: btoa('a change'), message: 'Change', new_branch: 'change' };
  await ask('POST', `/repos/bot/${repository}/contents/change.txt`, file);
  return ask('POST', `/repos/bot/${repository}/pulls`, { head: 'change', base: 'main', title: 'Change' });
}

/** Gitea looks at what was pushed a moment later. */
async function untilSeen(repository: string, branch: string): Promise<void> {
  const seen = async (): Promise<boolean> =>
    (await ask<readonly { readonly name: string }[] | null>('GET', `/repos/bot/${repository}/branches`))?.some(
      ({ name }) => name === branch,
    ) ?? false;
  while (!(await seen())) await delay(50);
}

let repositories = 0;

forgeConformance(
  'a real Gitea',
  async (t) => {
    const repository = `conformance-${++repositories}`;
    const pull = await openPullRequest(repository);
    const http = openHttpClient();
    t.after(() => http[Symbol.dispose]());
    const { number: pullRequest, head } = pull;
    const token = gitea.tokens.bot;
    const context = {
      kind: 'github',
      api: `${gitea.url}/api/v1`,
      repository: `bot/${repository}`,
      bases: [],
      source: 'branch',
      branch: null,
      runUrl: null,
      token,
    } as const;
    return {
      forge: openForge({ context: { ...context, pullRequest, commit: head.sha }, token, http, signal: new AbortController().signal }),
      pullRequest,
      commit: head.sha,
      comments: async () => (await commentsOf(repository, pullRequest)).map(({ body }) => body),
      commentBySomebody: async (body) => {
        await gitea.ask('eve', 'POST', `/repos/bot/${repository}/issues/${pullRequest}/comments`, { body });
      },
      status: async (name) => {
        const newest = (await statusesOf(repository, head.sha)).find((one) => one.context === name);
        return newest === undefined ? null : { state: newest.status, description: newest.description, url: newest.target_url };
      },
      words: { running: 'pending', passed: 'success', failed: 'failure', broken: 'error' },
    };
  },
  { skip, timeout: 120_000 },
);

test('the Markdown reader of a real Gitea shows names that look like Markdown or HTML as text', { skip, timeout: 60_000 }, async () => {
  const tagsOf = async (name: string): Promise<readonly string[]> => {
    const page = changePage(changeNamed(name), { project: 'houses', runUrl: 'https://ci.example/run/1' });
    const answer = await fetch(`${gitea.url}/api/v1/markdown`, {
      method: 'POST',
      headers: { authorization: `token ${gitea.tokens.bot}`, 'content-type': 'application/json' },
      body: JSON.stringify({ Text: page, Mode: 'comment', Context: `${gitea.url}/bot/somewhere` }),
    });
    return (await answer.text()).match(/<\/?[a-z][a-z0-9]*/g) ?? [];
  };
  const hostile =
    '</details></td><script>alert(1)</script>|`@bot` #1 ![x](http://x.example/y) [a](b) **b** _i_ ~~s~~ http://x.example www.x.example :tada:';

  const [harmless, shown] = [await tagsOf('A name'), await tagsOf(hostile)];

  assert.ok(harmless.filter((tag) => tag === '<table').length > 5, harmless.join(' '));
  assert.deepEqual(shown, harmless);
});

test(
  'a pull request on a real Gitea gets one comment that every run updates, and a status at its commit',
  { skip, timeout: 240_000 },
  async (t) => {
    const place = mkdtempSync(join(tmpdir(), 'tg-gitea-'));
    t.after(() => rmSync(place, { recursive: true, force: true }));
    const project = join(place, 'houses');
    const address = gitea.url.replace('http://', `http://bot:${gitea.tokens.bot}@`);
    const variables = { ...process.env, TIDEGATE_HOME: join(place, 'home'), FORCE_COLOR: '0' };
    const git = async (...argv: readonly string[]): Promise<void> => {
      const { code, stderr } = await spawnAndWait('git', ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', ...argv], {
        cwd: project,
        variables,
      });
      assert.equal(code, 0, stderr);
    };
    cpSync(resolve(import.meta.dirname, 'scenarios/02_uncommitted_changes/project'), project, { recursive: true });
    writeFileSync(join(project, '.gitignore'), 'build/\nmodel.py\n');
    await git('init', '--quiet', '--initial-branch', 'main');
    await git('add', '.');
    await git('commit', '--quiet', '--message', 'Start');
    await ask('POST', '/user/repos', { name: 'houses', default_branch: 'main' });
    await git('push', '--quiet', `${address}/bot/houses.git`, 'main');
    const branch = 'change-`$(id)`-@all';
    await git('switch', '--quiet', '--create', branch);
    appendFileSync(join(project, 'train.py'), '\nopen("model.py", "a").write("\\n# another model\\n")\n');
    await git('commit', '--quiet', '--all', '--message', 'Change </details><script>| @all');
    await git('push', '--quiet', `${address}/bot/houses.git`, branch);
    await untilSeen('houses', branch);
    const pull = await ask<PullRequest>('POST', '/repos/bot/houses/pulls', { head: branch, base: 'main', title: 'A change' });

    /** As a job of Gitea Actions would. */
    const judge = async (token: string = gitea.tokens.bot): Promise<Ended> => {
      const event = join(place, 'event.json');
      writeFileSync(event, JSON.stringify({ pull_request: await ask('GET', `/repos/bot/houses/pulls/${pull.number}`) }));
      const job = {
        ...variables,
        GITHUB_ACTIONS: 'true',
        GITHUB_API_URL: `${gitea.url}/api/v1`,
        GITHUB_SERVER_URL: gitea.url,
        GITHUB_REPOSITORY: 'bot/houses',
        GITHUB_RUN_ID: '1',
        GITHUB_BASE_REF: 'main',
        GITHUB_EVENT_PATH: event,
        GITHUB_TOKEN: token,
      };
      return spawnAndWait(process.execPath, [tidegateProgram, 'ci', '--comment'], { cwd: project, variables: job });
    };

    const first = await judge();
    assert.equal(first.code, 0, first.stderr);
    assert.match(first.stdout, /Comment made\./);
    const [comment, ...more] = await commentsOf('houses', pull.number);
    assert.deepEqual(more, []);
    assert.equal(comment?.body.trim(), readFileSync(join(project, 'build/ci/report.md'), 'utf8').trim());
    const [status] = await statusesOf('houses', pull.head.sha);
    assert.deepEqual([status?.context, status?.status], ['tidegate/houses', 'success']);

    appendFileSync(
      join(project, 'train.py'),
      '\nopen("model.py", "a").write("\\n\\ndef predict(rows):\\n    return [300000.0 for row in rows]\\n")\n',
    );
    await git('commit', '--quiet', '--all', '--message', 'A worse model');
    await git('push', '--quiet', `${address}/bot/houses.git`, branch);
    const second = await judge();
    assert.equal(second.code, 3, second.stdout);
    assert.match(second.stdout, /Comment updated\./);
    const after = await commentsOf('houses', pull.number);
    assert.equal(after.length, 1);
    assert.match(after[0]?.body ?? '', /Tidegate: fail/);
    const { head } = await ask<PullRequest>('GET', `/repos/bot/houses/pulls/${pull.number}`);
    const reviews = async (): Promise<readonly Review[]> =>
      (await ask<readonly Review[]>('GET', `/repos/bot/houses/pulls/${pull.number}/reviews`)).filter(({ body }) =>
        body.startsWith('<!-- tidegate:ci'),
      );
    const [review, ...others] = await reviews();
    assert.deepEqual(others, []);
    const lines = await ask<readonly LineComment[]>('GET', `/repos/bot/houses/pulls/${pull.number}/reviews/${review?.id}/comments`);
    assert.deepEqual(
      lines.map(({ path, position, body }) => [path, position, /^models\.price: r2 is .*\(fail\)$/.test(body)]),
      [['tidegate.yaml', 5, true]],
    );
    const [failed] = await statusesOf('houses', head.sha);
    assert.deepEqual([failed?.status, failed?.target_url], ['failure', `${gitea.url}/bot/houses/actions/runs/1`]);

    const third = await judge('0'.repeat(40));
    assert.equal(third.code, 3, 'the verdict is not hidden by a post that failed');
    assert.match(third.stderr, /TG-CI-POST: Cannot post to "127\.0\.0\.1:\d+": it answered 401/);
    assert.ok(![first, second, third].some(({ stdout, stderr }) => `${stdout}${stderr}`.includes(gitea.tokens.bot)));
    assert.equal((await commentsOf('houses', pull.number)).length, 1);
    assert.equal((await reviews())[0]?.id, review?.id);

    // run again, the review is replaced; when all passes, it is taken away
    const fourth = await judge();
    assert.equal(fourth.code, 3, fourth.stderr);
    const again = await reviews();
    assert.deepEqual([again.length, again[0]?.id === review?.id], [1, false]);
    await git('revert', '--no-edit', 'HEAD');
    await git('push', '--quiet', `${address}/bot/houses.git`, branch);
    const fifth = await judge();
    assert.equal(fifth.code, 0, fifth.stderr);
    assert.deepEqual(await reviews(), []);
  },
);
