import assert from 'node:assert/strict';
import { test } from 'node:test';
import { identityOf } from '../../../platform/index.ts';
import type { GarbageReport } from './collect-garbage.ts';
import { collect, runsOf, statuses, within } from './test-garbage.ts';

test('rule 16: what no run under retention uses goes; the newest stays, and nothing that is a hit becomes cold', async (t) => {
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

test('the signature of a release holds nothing: what the release was made of goes with it, and the signature too', async (t) => {
  const at = await runsOf(t, 1);
  const [model, old, live] = await within(at, async (store, { state }) => {
    const part = await store.putBytes('a model');
    const release = await store.putJson({ format: 'tidegate.release/1', files: part.digest });
    const newer = await store.putJson({ format: 'tidegate.release/1', files: 'newer' });
    const made = "INSERT INTO release (digest, project, service, run, commit_id, made_at) VALUES (?, 'copies', 'api', NULL, NULL, ?)";
    state.database.prepare(made).run(release.digest, '2020-01-01T00:00:00.000Z');
    state.database.prepare(made).run(newer.digest, '2021-01-01T00:00:00.000Z');
    for (const { digest } of [release, newer])
      state.database.prepare("INSERT INTO release_signature (release, key, bundle) VALUES (?, 'k', '{}')").run(digest);
    return [part.digest, release.digest, newer.digest];
  });

  const { objects } = await collect(at, { keep: { runs: 1, days: 1 } });
  const signatures = await within(at, (_, { state }) =>
    state
      .prepare('SELECT release FROM release_signature')
      .all()
      .map((row) => row['release']),
  );

  const actionOf = (digest: string | undefined): string | undefined => objects.find((one) => one.digest === digest)?.action;
  assert.deepEqual([actionOf(model), actionOf(old), actionOf(live)], ['remove', 'remove', 'keep']);
  assert.deepEqual(signatures, [live]);
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
