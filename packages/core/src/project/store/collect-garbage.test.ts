import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { identityOf } from '../../platform/index.ts';
import type { FolderObjectStore } from '../../store/index.ts';
import type { Project } from '../project.ts';
import { makeTestProject, type TestProject } from '../test-project.ts';
import { collectGarbage, type GarbageReport, type GarbageRequest } from './collect-garbage.ts';
import { dayMs } from './retention.ts';

const files = {
  'tidegate.yaml': `version: 1
project: copies
steps:
  first: { run: [cp, a.txt, one.txt], out: { one: one.txt } }
  second: { run: [cp, one.txt, two.txt], in: [steps.first/one], out: { two: two.txt } }
`,
  'a.txt': 'version 0',
};

/** A project whose input was changed and run again so many times. */
async function runsOf(t: TestContext, times: number): Promise<TestProject> {
  const at = makeTestProject(t, files);
  for (let index = 0; index < times; index++) {
    at.write({ 'a.txt': `version ${index}` });
    const { record } = await at.run();
    assert.equal(record.status, 'succeeded');
  }
  return at;
}

async function collect(at: TestProject, more: Partial<GarbageRequest> = {}): Promise<GarbageReport> {
  using project = await at.open();
  const { objects: store, state, home } = project;
  return await collectGarbage({ store, state, home, nowMs: later(project, 40), ...more });
}

const later = ({ platform }: Project, days: number): number => platform.clock.now() + days * dayMs;

/** The statuses of a run now. */
async function statuses(at: TestProject): Promise<readonly string[]> {
  return (await at.run()).record.steps.map(({ status }) => status);
}

async function within<T>(at: TestProject, look: (store: FolderObjectStore, project: Project) => Promise<T> | T): Promise<T> {
  using project = await at.open();
  return await look(project.objects, project);
}

test('what no run under retention uses goes; the newest stays, and nothing that is a hit becomes cold (rule 16)', async (t) => {
  const at = await runsOf(t, 3);

  const { objects, results, runs } = await collect(at, { keep: { runs: 2, days: 1 } });

  assert.equal(results.length, 2);
  assert.equal(runs.length, 1);
  const removed = objects.filter(({ action }) => action === 'remove');
  assert.ok(removed.length >= 3, `${removed.length} objects go: what both steps made, and two key records`);
  assert.deepEqual(await statuses(at), ['hit', 'hit']);
  at.write({ 'a.txt': 'version 1' });
  assert.deepEqual(await statuses(at), ['hit', 'hit'], 'the run before is under retention');
  at.write({ 'a.txt': 'version 0' });
  const again = await at.run();
  assert.deepEqual(
    again.record.steps.map(({ status, reasons }) => [status, reasons.map(({ kind }) => kind)]),
    [
      ['done', ['evicted']],
      ['done', ['evicted']],
    ],
  );
});

test('a dry run says of every object whether it goes, how large it is and why, and changes nothing', async (t) => {
  const at = await runsOf(t, 2);

  const dry = await collect(at, { keep: { runs: 1, days: 0 }, dryRun: true });
  const again = await collect(at, { keep: { runs: 1, days: 0 }, dryRun: true });
  const real = await collect(at, { keep: { runs: 1, days: 0 } });

  assert.deepEqual(again, dry);
  assert.deepEqual({ ...real, dryRun: true }, dry);
  for (const { why, bytes } of dry.objects) assert.ok(why !== '' && bytes >= 0);
  assert.ok(dry.objects.some(({ why }) => why === 'newest result of steps.first in copies'));
  assert.ok(dry.objects.some(({ why }) => why === 'only results of steps.second in copies referred to it, which go too'));
});

test('each evicted result leaves a tombstone that says when and why', async (t) => {
  const at = await runsOf(t, 2);

  const { results } = await collect(at, { keep: { runs: 1, days: 0 } });

  const tombstones = await within(at, (_, { state }) => state.prepare('SELECT key, step, why FROM tombstone ORDER BY step').all());
  assert.deepEqual(
    tombstones.map((row) => [row['key'], row['step'], row['why']]),
    results.toSorted((a, b) => a.step.localeCompare(b.step)).map(({ key, step }) => [key, step, 'no run under retention uses it']),
  );
});

test('what was stored within the grace period stays, whatever refers to it', async (t) => {
  const at = await runsOf(t, 2);

  const { objects, results } = await collect(at, { keep: { runs: 1, days: 0 }, graceMs: 50 * dayMs });

  assert.deepEqual(results, []);
  assert.ok(objects.every(({ action }) => action === 'keep'));
});

test('what a lock file pins on any branch, tag or stash stays, however old it is', async (t) => {
  const at = await runsOf(t, 1);
  const pinned = await within(at, async (store) => {
    const file = await store.putBytes('a row');
    const tree = await store.putJson({ format: 'tidegate.tree/1', entries: [{ path: 'a.csv', ...file }] });
    const version = await store.putJson({ format: 'tidegate.dataset-version/1', tree: tree.digest });
    return [version.digest, tree.digest, file.digest];
  });
  at.write({ 'tidegate.lock': `version: 1\ndata:\n  towns: ${pinned[0]}\n` });
  at.commit('Pin');
  at.git('tag', '--annotate', '--message', 'x', 'v1');
  at.git('reset', '--quiet', '--hard', 'HEAD~1');

  const held = await collect(at, { keep: { runs: 1, days: 0 } });
  at.git('tag', '--delete', 'v1');
  const gone = await collect(at, { keep: { runs: 1, days: 0 } });

  const actionOf = ({ objects }: GarbageReport, digest: string | undefined): string =>
    objects.filter((one) => one.digest === digest).map(({ action, why }) => `${action}: ${why}`)[0] ?? 'gone';
  for (const digest of pinned) assert.equal(actionOf(held, digest), 'keep: tidegate.lock of copies in refs/tags/v1');
  for (const digest of pinned) assert.equal(actionOf(gone, digest), 'remove: nothing refers to it');
});

test('a project whose repository cannot be read keeps all its results, and is named', async (t) => {
  const at = await runsOf(t, 2);
  at.write({ '.git/HEAD': 'broken' });

  const { results, unread } = await collect(at, { keep: { runs: 1, days: 0 } });

  assert.deepEqual([results, unread], [[], ['copies']]);
});

test('while a run of a project goes on its results stay, and so does what was put since it began', async (t) => {
  const at = await runsOf(t, 2);
  const put = await within(at, async (store, { state }) => {
    const owner = JSON.stringify(identityOf(process.pid));
    state.database
      .prepare(
        "INSERT INTO run (id, project, started_at, status, owner, record) VALUES ('r-20260101-000000-0000', 'other', ?, 'running', ?, '{}')",
      )
      .run(new Date(Date.now() - 1_000).toISOString(), owner);
    return (await store.putBytes('nothing refers to this yet')).digest;
  });

  const beside = await collect(at, { keep: { runs: 1, days: 0 } });
  await within(at, (_, { state }) => state.database.exec("UPDATE run SET project = 'copies'"));
  const ofItsOwn = await collect(at, { keep: { runs: 1, days: 0 } });

  assert.equal(beside.results.length, 2, 'a run of another project');
  assert.deepEqual(ofItsOwn.results, []);
  assert.ok(await within(at, (store) => store.has(put)));
});

test('what is pinned by name stays with all that it leads to', async (t) => {
  const at = await runsOf(t, 2);
  const { record } = await at.run();
  await within(at, (_, { state }) => {
    state.prepare("INSERT INTO pin (name, project, digests, run, made_at) VALUES (?, ?, '', ?, '')").run(record.id, 'copies', record.id);
  });
  at.write({ 'a.txt': 'version 9' });
  await at.run();

  const { results } = await collect(at, { keep: { runs: 1, days: 0 } });

  assert.equal(results.length, 2);
  at.write({ 'a.txt': 'version 1' });
  assert.deepEqual(await statuses(at), ['hit', 'hit']);
});

test('a store that is to be smaller loses what was used longest ago, but not what is newest', async (t) => {
  const at = makeTestProject(t, files);
  for (const index of [0, 2, 3]) {
    at.write({ 'a.txt': `${index}`.repeat(100_000) });
    await at.run();
  }

  const { objects } = await collect(at, { keepBytes: 250_000 });

  const left = objects.filter(({ action }) => action === 'keep').reduce((sum, { bytes }) => sum + bytes, 0);
  assert.ok(left < 250_000 && left > 150_000, `${left} bytes`);
  for (const [index, expected] of [
    [3, 'hit'],
    [2, 'hit'],
    [0, 'done'],
  ] as const) {
    at.write({ 'a.txt': `${index}`.repeat(100_000) });
    assert.deepEqual(await statuses(at), [expected, expected], `version ${index}`);
  }
  const smallest = await collect(at, { keepBytes: 1 });
  assert.ok(smallest.objects.some(({ action }) => action === 'keep'));
  assert.deepEqual(await statuses(at), ['hit', 'hit']);
  assert.equal(readFileSync(join(at.root, 'two.txt'), 'utf8'), '0'.repeat(100_000));
});
