import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { Digest } from '@tidegate/formats';
import { readVersion } from '../../data/index.ts';
import { digestOfFile } from '../../platform/index.ts';
import { planProject } from '../run/plan-project.ts';
import { collect } from '../store/collect/test-garbage.ts';
import { makeTestProject, type TestProject, unattended } from '../test-project.ts';
import { addDataset } from './add-dataset.ts';
import { commitDataset } from './commit-dataset.ts';
import { datasetStatus } from './dataset-status.ts';
import { addOnto } from './onto/add-onto.ts';
import { placeDataset } from './place-dataset.ts';

const options = { ...unattended, onProgress: () => {} };
const file = (day: number): string => `data/events/day=2026-01-0${day}/a.csv`;

function eventsProject(t: TestContext): TestProject {
  return makeTestProject(t, {
    'tidegate.yaml': `version: 1
project: events
keep: { runs: 1, days: 0 }
data:
  events:
    from: { files: data/events/**/*.csv }
    partitions: { by: day(day) }
    keep: { partitions: 2 }
`,
    '.gitignore': 'data/\n',
    ...Object.fromEntries([1, 2, 3].map((day) => [file(day), `id,note\n${day},of day ${day}\n`])),
  });
}

async function commit(at: TestProject): Promise<Awaited<ReturnType<typeof commitDataset>>> {
  using project = await at.open();
  return await commitDataset(project, 'events', options);
}

async function pathsOf(at: TestProject, version: Digest | null): Promise<readonly string[]> {
  using project = await at.open();
  assert.ok(version !== null);
  const { tree } = await readVersion(project.store, { digest: version });
  return (await project.store.readTree(tree)).entries.map(({ path }) => path);
}

async function isStored(at: TestProject, path: string): Promise<boolean> {
  using project = await at.open();
  return await project.objects.has(await digestOfFile(join(at.root, path)));
}

test('what "keep" leaves out is said, stays where it is, is no change, and is freed when nothing needs it any more', async (t) => {
  const at = eventsProject(t);
  {
    using project = await at.open();
    const { leftOut } = await planProject(project, { only: [], from: [], alone: [], failed: false, signal: unattended.signal });
    assert.deepEqual(leftOut, [{ dataset: 'events', files: 1, partitions: 1, before: '2026-01-02' }]);
    const added = await addDataset(project, 'events', { ...options, dryRun: false });
    assert.deepEqual([added.files, added.leftOut], [2, { files: 1, partitions: 1, before: '2026-01-02' }]);
  }
  assert.equal(await isStored(at, file(1)), false);
  const first = await commit(at);
  assert.deepEqual(first.leftOut, { files: 1, partitions: 1, before: '2026-01-02' });
  assert.deepEqual(await pathsOf(at, first.version), [file(2), file(3)]);
  {
    using project = await at.open();
    const [status] = await datasetStatus(project, ['events']);
    assert.deepEqual([status?.isChanged, status?.added, status?.notAdded], [false, [], []]);
  }

  at.write({ [file(4)]: 'id,note\n4,of day 4\n' });
  const second = await commit(at);

  assert.deepEqual(await pathsOf(at, second.version), [file(3), file(4)]);
  {
    using project = await at.open();
    const { removed } = await placeDataset(project, 'events', { version: null, force: false });
    assert.deepEqual(removed, []);
  }
  assert.deepEqual(
    [1, 2, 3, 4].map((day) => existsSync(join(at.root, file(day)))),
    [true, true, true, true],
  );
  assert.equal(await isStored(at, file(2)), true);
  await at.run();
  await collect(at);
  assert.equal(await isStored(at, file(2)), false);
  assert.deepEqual([await isStored(at, file(3)), await isStored(at, file(4))], [true, true]);
  assert.equal((await at.run()).record.steps[0]?.status, 'hit');
});

test('a partition added onto a version leaves out what is too old, whose files need not be here', async (t) => {
  const at = eventsProject(t);
  const { version } = await commit(at);
  at.write({ 'new.csv': 'id,note\n4,of day 4\n' });
  using project = await at.open();

  const added = await addOnto(project, 'events', {
    ...options,
    version,
    from: [join(at.root, 'new.csv')],
    at: 'data/events/day=2026-01-04',
    remove: [],
    replace: false,
    dryRun: false,
  });

  assert.ok(added.unit === 'file');
  assert.deepEqual([added.gone, added.leftOut, added.rows], [[file(2)], { files: 1, partitions: 1, before: '2026-01-03' }, 2]);
  assert.deepEqual(
    (await project.store.readTree(added.tree)).entries.map(({ path }) => path),
    [file(3), 'data/events/day=2026-01-04/new.csv'],
  );
});
