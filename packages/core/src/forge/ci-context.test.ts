import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { readCiContext } from './ci-context.ts';

const sha = (digit: string): string => digit.repeat(40);

function eventFile(t: TestContext, text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-event-'));
  t.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'event.json'), text);
  return join(folder, 'event.json');
}

const github = {
  GITHUB_ACTIONS: 'true',
  GITHUB_API_URL: 'https://api.github.com',
  GITHUB_SERVER_URL: 'https://github.com',
  GITHUB_REPOSITORY: 'shop/houses',
  GITHUB_RUN_ID: '12',
  GITHUB_SHA: sha('1'),
  GITHUB_BASE_REF: 'main',
  GITHUB_TOKEN: 'secret',
};

test('a job of GitHub for a pull request: the status belongs to the commit of its author, not to the merge that is checked out', async (t) => {
  const repo = { full_name: 'shop/houses' };
  const event = { pull_request: { number: 7, head: { sha: sha('2'), repo }, base: { sha: sha('3'), repo } } };

  assert.deepEqual(await readCiContext({ ...github, GITHUB_HEAD_REF: 'cheaper', GITHUB_EVENT_PATH: eventFile(t, JSON.stringify(event)) }), {
    kind: 'github',
    api: 'https://api.github.com',
    repository: 'shop/houses',
    pullRequest: 7,
    source: 'branch',
    branch: 'cheaper',
    commit: sha('2'),
    bases: ['refs/remotes/origin/main', sha('3')],
    runUrl: 'https://github.com/shop/houses/actions/runs/12',
    token: 'secret',
  });
});

test('a job of GitHub for a push has no pull request, and the status belongs to what is checked out', async (t) => {
  const { GITHUB_BASE_REF: _, GITHUB_TOKEN: __, ...push } = github;
  const context = await readCiContext({ ...push, GITHUB_EVENT_PATH: eventFile(t, '{}') });

  assert.deepEqual([context?.pullRequest, context?.commit, context?.bases, context?.token], [null, sha('1'), [], null]);
});

test('a job of GitLab for a merge request', async () => {
  const variables = {
    GITLAB_CI: 'true',
    CI_API_V4_URL: 'https://gitlab.example/api/v4',
    CI_PROJECT_ID: '42',
    CI_MERGE_REQUEST_IID: '7',
    CI_MERGE_REQUEST_PROJECT_ID: '42',
    CI_MERGE_REQUEST_SOURCE_PROJECT_ID: '42',
    CI_MERGE_REQUEST_SOURCE_BRANCH_NAME: 'cheaper',
    CI_COMMIT_SHA: sha('1'),
    CI_MERGE_REQUEST_SOURCE_BRANCH_SHA: '',
    CI_MERGE_REQUEST_DIFF_BASE_SHA: sha('3'),
    CI_MERGE_REQUEST_TARGET_BRANCH_NAME: 'main',
    CI_JOB_URL: 'https://gitlab.example/shop/houses/-/jobs/1',
    TIDEGATE_GITLAB_TOKEN: 'secret',
  };

  assert.deepEqual(await readCiContext(variables), {
    kind: 'gitlab',
    api: 'https://gitlab.example/api/v4',
    repository: '42',
    pullRequest: 7,
    source: 'branch',
    branch: 'cheaper',
    commit: sha('1'),
    bases: [sha('3'), 'refs/remotes/origin/main'],
    runUrl: 'https://gitlab.example/shop/houses/-/jobs/1',
    token: 'secret',
  });
});

test('outside of a CI, and with variables that are not what a CI sets, there is no context', async () => {
  assert.equal(await readCiContext({}), null);
  for (const [name, value] of [
    ['GITHUB_REPOSITORY', '../../evil'],
    ['GITHUB_REPOSITORY', 'shop/..'],
    ['GITHUB_REPOSITORY', 'a/b/c'],
    ['GITHUB_API_URL', 'file:///etc'],
    ['GITHUB_API_URL', ''],
  ] as const)
    assert.equal(await readCiContext({ ...github, [name]: value }), null, `${name}=${value}`);
});

test('an event with other members than promised is no pull request', async (t) => {
  for (const event of [
    '',
    '[]',
    '{"pull_request":null}',
    '{"pull_request":{"number":"7; rm","head":{"sha":"--upload-pack"},"base":[]}}',
    '{"pull_request":{"number":-1}}',
  ]) {
    const context = await readCiContext({ ...github, GITHUB_EVENT_PATH: eventFile(t, event) });
    assert.deepEqual([context?.pullRequest, context?.commit, context?.bases], [null, sha('1'), ['refs/remotes/origin/main']], event);
  }
  assert.equal((await readCiContext({ ...github, GITHUB_EVENT_PATH: '/nowhere' }))?.pullRequest, null);
});

test('a pull request of which the CI does not say that it comes from a branch of the same repository comes from a fork', async (t) => {
  const repo = (full_name: string) => ({ full_name });
  const own = repo('shop/houses');
  const [base, GITHUB_EVENT_NAME] = [{ repo: own }, 'pull_request'];
  const { GITHUB_BASE_REF: _, ...outside } = github;
  const sourceOf = async (variables: { readonly [name: string]: string }, event: unknown) =>
    (await readCiContext({ ...outside, ...variables, GITHUB_EVENT_PATH: eventFile(t, JSON.stringify(event)) }))?.source;

  assert.equal(await sourceOf({ GITHUB_EVENT_NAME }, { pull_request: { head: { repo: own }, base } }), 'branch');
  for (const head of [{ repo: repo('eve/houses') }, { repo: null }, { repo: {} }, {}, null])
    assert.equal(await sourceOf({ GITHUB_EVENT_NAME }, { pull_request: { head, base } }), 'fork', JSON.stringify(head));
  assert.equal(await sourceOf({ GITHUB_EVENT_NAME: 'pull_request_target' }, {}), 'fork');
  assert.equal(await sourceOf({ GITHUB_BASE_REF: 'main' }, {}), 'fork');
  assert.equal(await sourceOf({}, { workflow_run: { head_repository: repo('eve/houses') }, repository: own }), 'fork');
  assert.equal(await sourceOf({ GITHUB_EVENT_NAME: 'push' }, {}), 'push');
});

test('a merge request of GitLab whose two projects differ, or are not said, comes from a fork', async () => {
  const job = { GITLAB_CI: 'true', CI_API_V4_URL: 'https://gitlab.example/api/v4', CI_PROJECT_ID: '42' };
  const merging = { ...job, CI_MERGE_REQUEST_IID: '7', CI_MERGE_REQUEST_PROJECT_ID: '42' };

  assert.equal((await readCiContext({ ...merging, CI_MERGE_REQUEST_SOURCE_PROJECT_ID: '99' }))?.source, 'fork');
  assert.equal((await readCiContext(merging))?.source, 'fork');
  assert.equal((await readCiContext({ ...job, CI_PIPELINE_SOURCE: 'merge_request_event' }))?.source, 'fork');
  assert.equal((await readCiContext({ ...job, CI_COMMIT_BRANCH: 'main' }))?.source, 'push');
});
