import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Digest } from '@tidegate/formats';
import { openEngine, quoteText } from '@tidegate/runtime';
import { readVersion } from '../../data/index.ts';
import { systemPlatform } from '../../platform/index.ts';
import { addedTree } from '../data/added.ts';
import { commitDataset } from '../data/commit-dataset.ts';
import { addOnto } from '../data/onto/add-onto.ts';
import { verifyDataset } from '../data/verify-dataset.ts';
import { openProject } from '../open-project.ts';
import { collectGarbage } from '../store/collect/collect-garbage.ts';
import { pinnedVersion } from '../data/version-names.ts';
import { placeDataset } from '../data/place-dataset.ts';
import type { Project } from '../project.ts';
import { pullData } from '../remote/pull-data.ts';
import { pushData } from '../remote/push-data.ts';
import { pushProject } from '../remote/share.ts';
import { complaints, makeTestProject, type TestProject, unattended } from '../test-project.ts';
import { forgetRows, type ForgottenRowsReport } from './forget-rows.ts';
import { listTombstones } from './tombstones.ts';

function people(note: string): string {
  return `id,name\n${Array.from({ length: 500 }, (_, id) => `${id},${id === 7 ? 'planted once' : `name ${id}`} ${note}`).join('\n')}\n`;
}

const files = {
  'tidegate.yaml': 'version: 1\nproject: shared\ndata: { people: { from: { files: data/people.csv }, table: { key: id } } }\n',
  '.gitignore': 'build/\ndata/\ntables/\n',
  'data/people.csv': people('one'),
};

/** Two versions, each committed, and both in the remote with their results. */
async function twoVersions(t: TestContext): Promise<{ readonly at: TestProject; readonly versions: readonly Digest[] }> {
  const at = makeTestProject(t, files);
  const versions: Digest[] = [];
  for (const note of ['one', 'two']) {
    at.write({ 'data/people.csv': people(note) });
    const run = await at.run();
    assert.equal(run.record.status, 'succeeded', complaints(run));
    at.commit(`Pin ${note}`);
    using project = await at.open({ remote: true });
    await pushProject(project);
    await pushData(project, []);
    versions.push((await pinnedVersion(project, 'people')) ?? assert.fail());
  }
  return { at, versions };
}

function forget(project: Project, ...words: readonly string[]): Promise<ForgottenRowsReport> {
  return forgetRows(project, 'people', { words, file: null, reason: null, dryRun: false, ...unattended, progress: () => {} });
}

async function missingThere({ remote }: Project, digests: readonly Digest[]): Promise<readonly Digest[]> {
  return (await remote?.missing(digests.map((digest) => ({ digest, bytes: null })))) ?? assert.fail();
}

test('rows go out of the remote, another machine forgets them with its next pull, and a clone never sees them', async (t) => {
  const { at, versions } = await twoVersions(t);
  using other = await at.openClone();
  await pullData(other, []);
  for (const version of versions) await placeDataset(other, 'people', { version, force: true });
  assert.deepEqual(await other.objects.missing(versions.map((digest) => ({ digest, bytes: null }))), []);

  using project = await at.open({ remote: true });
  const before = await project.objects.recordText(versions[1] ?? assert.fail());
  const { tree } = JSON.parse(before ?? '') as { readonly tree: Digest };
  const report = await forget(project, 'id=7');

  assert.equal(report.versions.length, 2);
  assert.ok((report.finished?.remote?.objects ?? 0) >= 4, JSON.stringify(report.finished));
  assert.deepEqual(await missingThere(project, [...versions, tree]), [...versions, tree]);
  assert.deepEqual(
    await missingThere(
      project,
      report.versions.map(({ after }) => after),
    ),
    [],
  );

  const [pulled] = await pullData(other, []);
  assert.deepEqual(pulled?.lost, []);
  assert.deepEqual(
    pulled.forgotten.map(({ id }) => id),
    [report.tombstone?.id],
  );
  assert.deepEqual(await other.objects.missing([...versions, tree].map((digest) => ({ digest, bytes: null }))), [...versions, tree]);
  assert.equal((await readVersion(other.store, { digest: versions[0] ?? assert.fail() })).rows, 499);
  assert.equal(await pinnedVersion(other, 'people'), report.versions.find(({ before: old }) => old === versions[1])?.after);
  assert.deepEqual(
    (await listTombstones(other, null)).tombstones.map(({ id, isSigned, isOwn, isDone }) => ({ id, isSigned, isOwn, isDone })),
    [{ id: report.tombstone?.id, isSigned: true, isOwn: false, isDone: true }],
  );

  using clone = await at.openClone();
  assert.deepEqual((await pullData(clone, []))[0]?.lost, []);
  assert.equal((await readVersion(clone.store, { digest: versions[1] ?? assert.fail() })).rows, 499);
  await pushData(other, []); // and nobody brings them back
  assert.deepEqual(await missingThere(project, [...versions, tree]), [...versions, tree]);
});

test('a forgetting that did not reach the remote is not finished, and the same call finishes it', async (t) => {
  const { at, versions } = await twoVersions(t);
  using project = await at.open({ remote: true });
  assert.ok(project.remote !== null);
  const broken: Project = {
    ...project,
    remote: { ...project.remote, check: () => Promise.reject(new Error('the network is gone')) },
  };

  await assert.rejects(forget(broken, 'id=7'), /the network is gone/);
  assert.deepEqual(await missingThere(project, versions), []);
  assert.equal((await listTombstones(project, null)).tombstones[0]?.isDone, false);
  const report = await forget(project, 'id=7');

  assert.equal(report.outcome, 'already');
  assert.deepEqual(await missingThere(project, versions), versions);
  assert.equal((await listTombstones(project, null)).tombstones[0]?.isDone, true);
});

for (const isReached of [true, false])
  test(`a machine that pulls after two forgettings takes both over${isReached ? '' : ', also when the remote was out of reach at first'}`, async (t) => {
    const { at, versions } = await twoVersions(t);
    using other = await at.openClone();
    await pullData(other, []);
    for (const version of versions) await placeDataset(other, 'people', { version, force: true });
    using project = await at.open({ remote: true });
    assert.ok(project.remote !== null);
    const broken = { ...project, remote: { ...project.remote, check: () => Promise.reject(new Error('the network is gone')) } };
    for (const key of ['id=7', 'id=8'])
      if (isReached) await forget(project, key);
      else await assert.rejects(forget(broken, key), /the network is gone/);
    await forget(project, 'id=8');
    assert.deepEqual(await missingThere(project, versions), versions);

    const [pulled] = await pullData(other, []);

    assert.equal(pulled?.forgotten.length, 2);
    assert.deepEqual(await other.objects.missing(versions.map((digest) => ({ digest, bytes: null }))), versions);
    for (const version of versions) assert.equal((await readVersion(other.store, { digest: version })).rows, 498);
    using clone = await at.openClone();
    assert.deepEqual((await pullData(clone, []))[0]?.lost, []);
    for (const version of versions) assert.equal((await readVersion(clone.store, { digest: version })).rows, 498);
  });

test('rows that were forgotten without a remote go out of it with the same call', async (t) => {
  const { at, versions } = await twoVersions(t);
  {
    using project = await at.open();
    assert.equal((await forget(project, 'id=7')).finished?.remote, null);
  }
  using project = await at.open({ remote: true });
  assert.deepEqual(await missingThere(project, versions), []);

  const report = await forget(project, 'id=7');

  assert.equal(report.outcome, 'already');
  assert.deepEqual(await missingThere(project, versions), versions);
  using clone = await at.openClone();
  assert.deepEqual((await pullData(clone, []))[0]?.lost, []);
  assert.equal((await readVersion(clone.store, { digest: versions[1] ?? assert.fail() })).rows, 499);
});

for (const isSameHome of [true, false])
  test(`another project with the very same table keeps its rows in the remote that both share${isSameHome ? ', and in their home' : ''}, and is named`, async (t) => {
    const { at, versions } = await twoVersions(t);
    const [first = assert.fail(), last = assert.fail()] = versions;
    const other = makeTestProject(t, { ...files, 'tidegate.yaml': files['tidegate.yaml'].replace('shared', 'other') });
    const home = isSameHome ? join(at.root, '../home') : join(other.root, '../home');
    const openOther = (root: string, of = home): Promise<Project> =>
      openProject({
        root,
        platform: { ...systemPlatform, variables: { ...systemPlatform.variables, TIDEGATE_HOME: of } },
        serving: { argv: ['false'], version: '0' },
        remote: join(at.root, '../remote'),
      });
    {
      using own = await openOther(other.root);
      const pins: (Digest | null)[] = [];
      for (const note of ['one', 'two']) {
        other.write({ 'data/people.csv': people(note) });
        pins.push((await commitDataset(own, 'people', { ...unattended, onProgress: () => {} })).version);
        other.commit(`Pin ${note}`);
      }
      assert.deepEqual(pins, versions, 'the very same');
      await pushData(own, []);
    }

    using project = await at.open({ remote: true });
    const report = await forget(project, 'id=7');

    const whys = [...new Set(report.held.map(({ why }) => why))].join('; ');
    assert.match(whys, isSameHome ? /tidegate\.lock of other in / : /needed in the remote: tidegate\.lock of other/);
    for (const version of versions) assert.equal((await readVersion(project.store, { digest: version })).rows, 499);
    assert.notEqual(await pinnedVersion(project, 'people'), last);
    assert.equal((await forget(project, 'id=8')).outcome, 'forgotten', 'and nothing is in its way');
    assert.deepEqual(await missingThere(project, versions), []);
    {
      using own = await openOther(other.root);
      assert.equal(await pinnedVersion(own, 'people'), last);
      await collectGarbage({ ...own, store: own.objects, nowMs: Date.now() + 400 * 86_400_000, graceMs: 0 });
      for (const version of versions) {
        assert.equal((await readVersion(own.store, { digest: version })).rows, 500);
        assert.equal((await verifyDataset(own, 'people', { ...unattended, version, onProgress: () => {} })).missing.length, 0);
      }
      await placeDataset(own, 'people', { version: first, force: true });
    }
    const cloned = join(other.root, '../clone/project');
    other.git('clone', '--quiet', other.root, cloned);
    using clone = await openOther(cloned, join(cloned, '../home'));
    assert.deepEqual((await pullData(clone, []))[0]?.lost, []);
    assert.equal((await readVersion(clone.store, { digest: last })).rows, 500);

    using own = await openOther(other.root);
    assert.equal((await forget(own, 'id=7')).outcome, 'forgotten');
  });

test('a pull that forgets what another machine has forgotten tells what was added onto such a version, which goes with it, and is completed by the next one when it is killed', async (t) => {
  const { at, versions } = await twoVersions(t);
  const [first = assert.fail()] = versions;
  using other = await at.openClone();
  await pullData(other, []);
  await placeDataset(other, 'people', { version: null, force: true });
  const more = join(other.root, '../more.csv');
  writeFileSync(more, 'id,name\n900,somebody\n');
  const rest = { at: null, remove: [], replace: false, dryRun: false, ...unattended, onProgress: (): void => {} };
  const added = await addOnto(other, 'people', { version: first, from: [more], ...rest });
  using project = await at.open({ remote: true });
  const { tombstone } = await forget(project, 'id=7');

  await assert.rejects(pullData(other, [], { signal: AbortSignal.abort() }), { name: 'AbortError' });
  const [begun] = (await listTombstones(other, null)).tombstones;
  assert.deepEqual([begun?.id, begun?.isDone], [tombstone?.id, false]);
  assert.equal(addedTree(other, 'people'), null);
  const [pulled] = await pullData(other, []);

  assert.deepEqual(pulled?.lost, []);
  assert.equal((await listTombstones(other, null)).tombstones[0]?.isDone, true);
  assert.deepEqual(await other.objects.missing([...versions, added.tree].map((digest) => ({ digest, bytes: null }))), [
    ...versions,
    added.tree,
  ]);
  assert.equal(addedTree(other, 'people'), null);
});

test('parts of a table in the working tree are there again, without the rows, also when placing them was cut off', async (t) => {
  const { at } = await twoVersions(t);
  using project = await at.open();
  await placeDataset(project, 'people', { version: null, force: true });
  const part = join(at.root, 'tables/people/part-000000.parquet');
  assert.ok(existsSync(part));
  const cut = { ...project, store: { ...project.store, checkOutFiles: () => Promise.reject(new Error('cut off')) } };

  await assert.rejects(forget(cut, 'id=7'), /cut off/);
  const again = await forget(project, 'id=7');

  assert.deepEqual([again.outcome, again.finished?.placed], ['already', ['tables/people/part-000000.parquet']]);
  using engine = await openEngine({ threads: 1 });
  assert.deepEqual(await engine.rows(`SELECT count(*) AS rows FROM read_parquet(${quoteText(part)})`), [{ rows: 499 }]);
});
