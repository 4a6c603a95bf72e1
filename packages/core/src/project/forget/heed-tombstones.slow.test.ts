import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Digest, Event } from '@tidegate/formats';
import { readVersion } from '../../data/index.ts';
import { identityOf } from '../../platform/index.ts';
import { commitDataset } from '../data/commit-dataset.ts';
import { pinnedVersion } from '../data/version-names.ts';
import type { Project } from '../project.ts';
import { exportNamed, importInto } from '../remote/bundles.ts';
import { pullData } from '../remote/pull-data.ts';
import { pushData } from '../remote/push-data.ts';
import { runProject } from '../run/run-project.ts';
import { complaints, makeTestProject, type TestProject, unattended } from '../test-project.ts';
import { forgetRows } from './forget-rows.ts';

const people = (more = ''): string => `id,name\n7,planted once\n8,name 8\n${more}`;
const options = { ...unattended, onProgress: () => {} };
const wholeRun = { goal: 'gate', only: [], force: [], jobs: 1, again: false, ...unattended };

interface Machines {
  readonly at: TestProject;
  /** Where the row is forgotten. */
  readonly first: Project;
  /** Another machine, which has the version with the row and its file. */
  readonly other: Project;
  /** The version with the row. */
  readonly version: Digest;
  readonly [Symbol.dispose]: () => void;
}

async function machines(t: TestContext): Promise<Machines> {
  const at = makeTestProject(t, {
    'tidegate.yaml': 'version: 1\nproject: shared\ndata: { people: { from: { files: data/people.csv }, table: { key: id } } }\n',
    '.gitignore': 'build/\ndata/\ntables/\n',
    'data/people.csv': people(),
  });
  const first = await at.open({ remote: true });
  const { version } = await commitDataset(first, 'people', options);
  at.commit('Pin the people');
  await pushData(first, []);
  const other = await at.openClone();
  await pullData(other, []);
  return {
    at,
    first,
    other,
    version: version ?? assert.fail(),
    [Symbol.dispose]: () => {
      first[Symbol.dispose]();
      other[Symbol.dispose]();
    },
  };
}

async function forget(project: Project): Promise<void> {
  await forgetRows(project, 'people', { words: ['id=7'], file: null, reason: null, dryRun: false, ...unattended, progress: () => {} });
}

async function isThere({ remote }: Project, digest: Digest): Promise<boolean> {
  return (await remote?.missing([{ digest, bytes: null }]))?.length === 0;
}

/** A run of this process that has not ended. */
function beginSomeRun({ state, name }: Project): void {
  const record = JSON.stringify({ format: 'tidegate.run/1', id: 'r-20260101-000000-0001', project: name, status: 'running', steps: [] });
  state
    .prepare('INSERT INTO run (id, project, started_at, status, owner, record) VALUES (?, ?, ?, ?, ?, ?)')
    .run('r-20260101-000000-0001', name, '2026-01-01', 'running', JSON.stringify(identityOf(process.pid)), record);
}

test('a machine that pushes the version it has forgets first what others have forgotten, and brings nothing back', async (t) => {
  using all = await machines(t);
  const { first, other, version } = all;
  await forget(first);
  assert.equal(await isThere(first, version), false);
  beginSomeRun(other);

  await assert.rejects(pushData(other, []), /TG-DATA-FORGET-BUSY/);
  assert.equal(await isThere(first, version), false);
  other.state.prepare('DELETE FROM run').run();
  await pushData(other, []);

  assert.equal(await isThere(first, version), false);
  assert.equal((await readVersion(other.store, { digest: version })).rows, 1);
  assert.notEqual(await pinnedVersion(other, 'people'), version);
});

test('a run forgets first what others have forgotten, says so, works with the version without it, and brings nothing back', async (t) => {
  using all = await machines(t);
  const { first, other, version } = all;
  await forget(first);
  const events: Event[] = [];

  const run = await runProject(other, { ...wholeRun, emit: (event) => events.push(event) });

  assert.equal(complaints(run), '');
  assert.deepEqual([run.notShared, await isThere(first, version)], [null, false]);
  assert.deepEqual(
    events.flatMap((event) => (event.kind === 'rows-forgotten' ? [event.dataset] : [])),
    ['people'],
  );
  const made = run.record.steps[0]?.outputs['version']?.digest;
  assert.equal((await readVersion(other.store, { digest: made ?? assert.fail() })).rows, 1);
  assert.equal(await other.objects.recordText(version), null);
});

test('a version that was made before this machine knew is not shared, and made anew it is without the rows', async (t) => {
  using all = await machines(t);
  const { first, other } = all;
  await forget(first);
  copyFileSync(first.home.secretKey, other.home.secretKey);
  mkdirSync(join(other.root, 'data'));
  writeFileSync(join(other.root, 'data/people.csv'), people('9,name 9\n'));
  const { version } = await commitDataset({ ...other, remote: null }, 'people', options);
  assert.ok(version !== null);
  assert.equal((await readVersion(other.store, { digest: version })).rows, 3);

  await assert.rejects(pushData(other, []), /TG-DATA-FORGOTTEN: .* it has 1 rows that were forgotten elsewhere/);

  assert.equal(await isThere(first, version), false);
  const { version: again } = await commitDataset(other, 'people', { ...options, all: true });
  await pushData(other, []);
  assert.ok(again !== null);
  assert.equal((await readVersion(first.store, { digest: again })).rows, 2);
});

test('a bundle that has forgotten rows brings back neither them nor results that were made from them', async (t) => {
  using all = await machines(t);
  const { at, first, version } = all;
  const file = join(at.root, '../bundle.tar');
  await exportNamed(first, ['data.people'], file);
  await forget(first);

  const { forgotten } = await importInto(first, file, 'main');

  assert.ok(forgotten > 0);
  assert.equal(await first.objects.recordText(version), null);
  const left = first.state.prepare('SELECT count(*) AS results FROM result WHERE record LIKE ?').get(`%${version}%`);
  assert.equal(left?.['results'], 0);
});
