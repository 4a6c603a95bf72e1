import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { Zone } from '@tidegate/formats';
import { zoneOfRun } from './zone-of-run.ts';

const zones: { readonly [branch: string]: Zone } = { main: 'main', 'release/*': 'release', 'try/*': 'untrusted', '*': 'branch' };
const yaml = (text: string): string => `version: 1\nremote: { folder: /mnt/tidegate, zones: ${text} }\n`;

/** A clone at a commit of a branch, whose `tidegate.yaml` says other than that of main. */
function makeClone(t: TestContext, { onMain, onBranch }: { readonly onMain: string; readonly onBranch: string }): string {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-zone-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const git = (cwd: string, ...argv: readonly string[]): void => {
    execFileSync('git', ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', ...argv], { cwd, stdio: 'ignore' });
  };
  const origin = join(folder, 'origin');
  const commit = (text: string): void => {
    writeFileSync(join(origin, 'tidegate.yaml'), text);
    git(origin, 'add', '.');
    git(origin, 'commit', '-q', '--allow-empty', '-m', 'Change');
  };
  git(folder, 'init', '-q', '-b', 'main', 'origin');
  commit(onMain);
  git(origin, 'switch', '-q', '-c', 'cheaper');
  commit(onBranch);
  git(origin, 'switch', '-q', 'main');
  git(folder, 'clone', '-q', 'origin', 'clone');
  git(join(folder, 'clone'), 'switch', '-q', 'cheaper');
  return join(folder, 'clone');
}

const own = { full_name: 'shop/houses' };
const github = { GITHUB_ACTIONS: 'true', GITHUB_API_URL: 'https://api.github.com', GITHUB_REPOSITORY: 'shop/houses' };

function pullRequest(root: string, head: unknown): { readonly [name: string]: string } {
  const path = join(root, '../event.json');
  writeFileSync(path, JSON.stringify({ pull_request: { number: 7, head: { repo: head }, base: { repo: own } } }));
  return { ...github, GITHUB_EVENT_NAME: 'pull_request', GITHUB_BASE_REF: 'main', GITHUB_HEAD_REF: 'cheaper', GITHUB_EVENT_PATH: path };
}

test('on a machine of one’s own the branch decides, and everything is main where the file says nothing', async (t) => {
  const root = makeClone(t, { onMain: 'version: 1\n', onBranch: 'version: 1\n' });
  const zoneWith = (some: typeof zones | null): Promise<Zone> => zoneOfRun({ root, variables: {}, zones: some, chosen: null });

  assert.equal(await zoneWith(null), 'main');
  assert.equal(await zoneWith(zones), 'branch');
  assert.equal(await zoneWith({ cheaper: 'release' }), 'release');
  assert.equal(await zoneWith({ main: 'main' }), 'untrusted');
});

test('a pull request says of itself what it likes: the base decides, a branch is branch at most, and a fork is untrusted', async (t) => {
  const root = makeClone(t, { onMain: yaml('{ main: main, "*": branch }'), onBranch: yaml('{ "*": release }') });
  const zoneIn = (variables: { readonly [name: string]: string }): Promise<Zone> =>
    zoneOfRun({ root, variables, zones: { '*': 'release' }, chosen: null });

  assert.equal(await zoneIn(pullRequest(root, own)), 'branch');
  assert.equal(await zoneIn(pullRequest(root, { full_name: 'eve/houses' })), 'untrusted');
  assert.equal(await zoneIn({ ...github, GITHUB_EVENT_NAME: 'push', GITHUB_REF: 'refs/heads/cheaper' }), 'branch');
  assert.equal(await zoneIn({ ...github, GITHUB_EVENT_NAME: 'push', GITHUB_REF: 'refs/heads/main' }), 'main');
});

test('what the base says of a branch counts, also below branch; without zones there, a CI trusts main and master only', async (t) => {
  const root = makeClone(t, { onMain: yaml('{ cheaper: untrusted, "*": main }'), onBranch: 'version: 1\n' });
  const plain = makeClone(t, { onMain: 'version: 1\n', onBranch: yaml('{ "*": main }') });
  const push = (branch: string) => ({ ...github, GITHUB_EVENT_NAME: 'push', GITHUB_REF: `refs/heads/${branch}` });
  const zoneIn = (at: string, variables: { readonly [name: string]: string }): Promise<Zone> =>
    zoneOfRun({ root: at, variables, zones: null, chosen: null });

  assert.equal(await zoneIn(root, pullRequest(root, own)), 'untrusted');
  assert.equal(await zoneIn(plain, push('main')), 'main');
  assert.equal(await zoneIn(plain, push('cheaper')), 'branch');
});

test('a base that is not in the checkout leaves branch at most', async (t) => {
  const root = makeClone(t, { onMain: yaml('{ "*": main }'), onBranch: yaml('{ "*": main }') });
  execFileSync('git', ['remote', 'remove', 'origin'], { cwd: root });

  const zone = await zoneOfRun({
    root,
    variables: { ...github, GITHUB_REF: 'refs/heads/main', GITHUB_EVENT_NAME: 'push' },
    zones,
    chosen: null,
  });

  assert.equal(zone, 'branch');
});

test('a zone can be chosen downwards only, by the option before the variable', async (t) => {
  const root = makeClone(t, { onMain: 'version: 1\n', onBranch: 'version: 1\n' });
  const choose = (chosen: string | null, variable?: string): Promise<Zone> =>
    zoneOfRun({ root, variables: { TIDEGATE_ZONE: variable }, zones, chosen });

  assert.equal(await choose('untrusted'), 'untrusted');
  assert.equal(await choose(null, 'untrusted'), 'untrusted');
  assert.equal(await choose('branch', 'untrusted'), 'branch');
  assert.equal(await choose(null, ''), 'branch');
  await assert.rejects(choose('main'), /TG-CLI-ZONE: Cannot run in the zone "main": .* is of the zone "branch"/);
  await assert.rejects(choose(null, 'release'), /TG-CLI-ZONE/);
  await assert.rejects(choose('trusted'), /TG-CLI-ZONE: Cannot run in the zone "trusted": there is none of that name/);
});
