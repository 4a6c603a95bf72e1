import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test, type TestContext } from 'node:test';
import type { Digest } from '@tidegate/formats';
import { openEngine, quoteText } from '@tidegate/runtime';
import { readVersion } from '../../data/index.ts';
import type { Project } from '../project.ts';
import { pushData } from '../remote/push-data.ts';
import { pullData } from '../remote/pull-data.ts';
import { runProject } from '../run/run-project.ts';
import { readSource } from '../sources/read-source.ts';
import { collect } from '../store/collect/test-garbage.ts';
import { complaints, makeTestProject, type TestProject, unattended } from '../test-project.ts';
import { commitDataset } from './commit-dataset.ts';
import { datasetStatus } from './dataset-status.ts';
import { exportRows } from './export-version.ts';
import { addOnto } from './onto/add-onto.ts';
import { placeDataset } from './place-dataset.ts';
import { verifyDataset } from './verify-dataset.ts';

const options = { ...unattended, onProgress: () => {} };

/** One file with a bad row, one of bad rows alone, and one without any. */
const files = { 'data/a.csv': 'n,who\n1,ann\n-2,bob\n', 'data/b.csv': 'n,who\n-3,cy\n', 'data/c.csv': 'n,who\n4,di\n' };

function dirtyProject(t: TestContext): TestProject {
  return makeTestProject(t, {
    'tidegate.yaml': `version: 1
project: dirty
data: { t: { from: { files: data/*.csv }, contract: t.odcs.yaml, quarantine: { leave_out: true } } }
steps:
  count: { run: [sh, -c, "ls build/quarantine > named.txt; cat data/*.csv > all.txt"], in: [data.t, data.t.quarantine], out: { named: named.txt, all: all.txt } }
  keep: { run: [cp, build/quarantine/t.quarantine.parquet, bad.parquet], out: { bad: bad.parquet } }
`,
    't.odcs.yaml': `apiVersion: v3.1.0
kind: DataContract
id: t
version: 1.0.0
status: active
schema: [{ name: t, properties: [{ name: n, logicalTypeOptions: { minimum: 0 }, logicalType: integer }, { name: who }] }]
`,
    '.gitignore': 'data/\nbuild/\n*.txt\n*.parquet\n',
    ...files,
  });
}

async function changes(project: Project): Promise<readonly unknown[]> {
  const [status] = await datasetStatus(project, ['t']);
  return [status?.isChanged, status?.added, status?.notAdded, status?.notHere];
}

const nothing = [false, [], [], 0];

test('the files with their bad rows are those of the version: no change to look at, and what a check-out places', async (t) => {
  const at = dirtyProject(t);
  let first: Digest | null;
  {
    using project = await at.open();
    ({ version: first } = await commitDataset(project, 't', options));
    const version = await readVersion(project.store, { digest: first ?? assert.fail() });
    assert.deepEqual([version.rows, version.files], [2, 2]);
    assert.deepEqual(await changes(project), nothing);
    const { entries } = await project.store.readTree(version.delivered ?? assert.fail());
    assert.deepEqual(
      entries.map(({ path }) => path),
      Object.keys(files),
    );
  }
  for (const path of Object.keys(files)) rmSync(join(at.root, path));
  await collect(at);
  using project = await at.open();
  await placeDataset(project, 't', { version: null, force: false });
  for (const [path, text] of Object.entries(files)) assert.equal(readFileSync(join(at.root, path), 'utf8'), text, path);
  assert.deepEqual(await changes(project), nothing);
  assert.equal((await commitDataset(project, 't', options)).version, first);
  const verified = await verifyDataset(project, 't', { version: null, ...options });
  assert.deepEqual([verified.files, verified.damaged, verified.missing], [4, [], []]);

  at.write({ 'data/c.csv': 'n,who\n5,di\n' });
  assert.deepEqual((await datasetStatus(project, ['t']))[0]?.notAdded, [{ path: 'data/c.csv', change: 'changed' }]);
});

test('a file that is added onto a version goes to the files as they came, and the bad rows are put aside again', async (t) => {
  const at = dirtyProject(t);
  let first: Digest | null;
  {
    using project = await at.open({ remote: true });
    ({ version: first } = await commitDataset(project, 't', options));
    await pushData(project, []);
    at.commit('Pin the data');
  }
  using clone = await at.openClone();
  writeFileSync(join(at.root, '..', 'd.csv'), 'n,who\n-6,eve\n7,fay\n');
  const add = { from: [join(at.root, '..', 'd.csv')], at: 'data', remove: [], replace: false, version: null, dryRun: false, ...options };
  const added = await addOnto(clone, 't', add);
  assert.deepEqual([added.rows, added.files, added.onto], [6, 4, first]);

  const { version: second } = await commitDataset(clone, 't', options);
  const made = await readVersion(clone.store, { digest: second ?? assert.fail() });
  assert.deepEqual([made.rows, made.files, made.delivered, made.verdict], [6, 4, undefined, 'inconclusive']);
  await placeDataset(clone, 't', { version: null, force: false });
  for (const [path, text] of Object.entries(files)) assert.equal(readFileSync(join(clone.root, path), 'utf8'), text, path);

  const run = await runProject(clone, { goal: 'gate', only: [], force: [], jobs: 2, again: false, ...unattended });
  assert.equal(complaints(run), '');
  const [step] = run.record.steps.filter((one) => one.step === 'data.t');
  assert.deepEqual([step?.facts['rows'], step?.facts['quarantined']], [3, 3]);
});

test('a clone that pulls has the bad rows too, puts them aside again, and makes the same version', async (t) => {
  const at = dirtyProject(t);
  let first: Digest | null;
  {
    using project = await at.open({ remote: true });
    ({ version: first } = await commitDataset(project, 't', options));
    await pushData(project, []);
    at.commit('Pin the data');
  }
  using clone = await at.openClone();
  const [pulled] = await pullData(clone, ['t']);
  assert.deepEqual([pulled?.files, pulled?.lost], [3, []]);
  for (const [path, text] of Object.entries(files)) assert.equal(readFileSync(join(clone.root, path), 'utf8'), text, path);
  assert.deepEqual(await changes(clone), nothing);
  const run = await runProject(clone, { goal: 'gate', only: [], force: [], jobs: 2, again: true, ...unattended });
  assert.equal(complaints(run), '');
  const [step] = run.record.steps.filter((one) => one.step === 'data.t');
  assert.deepEqual([step?.outputs['version']?.digest, step?.facts['quarantined']], [first, 2]);
});

test('rows that were put aside are a dataset that steps read, as an input or by the words of their command', async (t) => {
  const at = dirtyProject(t);
  const run = await at.run();

  assert.equal(complaints(run), '');
  assert.equal(readFileSync(join(at.root, 'named.txt'), 'utf8'), 't.quarantine.parquet\n');
  assert.equal(readFileSync(join(at.root, 'all.txt'), 'utf8'), 'n,who\n1,ann\nn,who\n4,di\n');
  using engine = await openEngine({ threads: 1 });
  const rowsOf = (path: string): Promise<readonly object[]> =>
    engine.rows(`SELECT n, who FROM read_parquet(${quoteText(join(at.root, path))})`);
  const bad = [
    { n: '-2', who: 'bob' },
    { n: '-3', who: 'cy' },
  ];
  assert.deepEqual(await rowsOf('bad.parquet'), bad);
  using project = await at.open();
  const folder = join(at.root, '..', 'exported');
  await exportRows(project, 't.quarantine', { version: null, folder, format: 'csv', signal: unattended.signal });
  assert.equal(
    readFileSync(join(folder, 't.quarantine.csv'), 'utf8'),
    'n,who,tidegate_failed,tidegate_file\n-2,bob,[n.minimum],data/a.csv\n-3,cy,[n.minimum],data/b.csv\n',
  );

  at.write({ 'data/c.csv': 'n,who\n4,di\n-5,ed\n' });
  const again = await at.run();
  assert.equal(complaints(again), '');
  assert.equal((await rowsOf('bad.parquet')).length, 3);
});

test('of a source all rows stay in what was read: the next reading goes on from there, and a run puts the same rows aside again', async (t) => {
  const at = makeTestProject(t, {
    'tidegate.yaml': `version: 1
project: sea
data: { t: { from: { sqlite: { file: t.db, table: t, cursor: { column: n, overlap: 0 } } }, contract: t.odcs.yaml, quarantine: { checks: [size.minimum], leave_out: true } } }
`,
    't.odcs.yaml': `apiVersion: v3.1.0
kind: DataContract
id: t
version: 1.0.0
status: active
schema: [{ name: t, properties: [{ name: n, logicalType: integer }, { name: size, logicalType: integer, logicalTypeOptions: { minimum: 0 } }] }]
`,
    '.gitignore': '*.db\nbuild/\n',
  });
  const database = new DatabaseSync(join(at.root, 't.db'));
  t.after(() => database.close());
  database.exec('CREATE TABLE t (n INTEGER PRIMARY KEY, size INTEGER); INSERT INTO t VALUES (1, 10), (2, -20), (3, 30)');
  const made = async (): Promise<readonly unknown[]> => {
    using project = await at.open();
    const { version, record } = await commitDataset(project, 't', { ...options, all: true });
    const step = record.steps.find((one) => one.step === 'data.t');
    return [version, step?.facts['rows'], step?.facts['quarantined'], (await datasetStatus(project, ['t']))[0]?.isChanged];
  };

  const [first, ...counts] = await made();
  assert.deepEqual(counts, [2, 1, false]);
  assert.deepEqual((await at.run()).record.steps[0]?.outputs['version']?.digest, first);

  database.exec('INSERT INTO t VALUES (4, -40)');
  using project = await at.open();
  const read = await readSource(project, 't', { signal: unattended.signal, progress: () => {} });
  // the last one once more, and the new one
  assert.deepEqual([read.readRows, read.rows], [2, 4]);
  assert.deepEqual((await made()).slice(1), [2, 2, false]);
});
