import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { Digest } from '@tidegate/formats';
import { openEngine } from '@tidegate/runtime';
import { readVersion, tableAt } from '../../../data/index.ts';
import { pullData } from '../../remote/pull-data.ts';
import { pushData } from '../../remote/push-data.ts';
import type { Project } from '../../project.ts';
import { makeTestProject, type TestProject, unattended } from '../../test-project.ts';
import { forgetRows } from '../../forget/forget-rows.ts';
import { addedTree } from '../added.ts';
import { commitDataset } from '../commit-dataset.ts';
import { compareDataset } from '../compare-dataset.ts';
import { datasetStatus } from '../dataset-status.ts';
import { addOnto } from './add-onto.ts';
import type { AddOntoOptions } from './onto-edits.ts';

const quiet = { ...unattended, onProgress: (): void => {} };

function onto(project: Project, dataset: string, more: Partial<AddOntoOptions>): ReturnType<typeof addOnto> {
  return addOnto(project, dataset, { version: null, from: [], at: null, remove: [], replace: false, dryRun: false, ...quiet, ...more });
}

/** A folder with files that are in no project. */
function outside(t: TestContext, files: { readonly [name: string]: string | Uint8Array }): (name: string) => string {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-outside-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return (name) => join(folder, name);
}

/** Commits the dataset, shares it, and commits the pin with Git. */
async function share(made: TestProject, dataset: string): Promise<Digest> {
  using project = await made.open({ remote: true });
  const { version } = await commitDataset(project, dataset, quiet);
  await pushData(project, []);
  made.commit('Pin the data');
  return version ?? assert.fail();
}

/** From now on, how many bytes are read of the project's remote: of its index, and of all else. */
function countRead({ remote }: Project): { index: number; rest: number } {
  const files = remote?.files ?? assert.fail();
  const { read, download } = files;
  const counted = { index: 0, rest: 0 };
  const note = (name: string, bytes: number): void => {
    counted[name.startsWith('index/') ? 'index' : 'rest'] += bytes;
  };
  Object.assign(files, {
    read: async (...[name, options]: Parameters<typeof read>) => {
      const found = await read(name, options);
      note(name, found?.bytes.byteLength ?? 0);
      return found;
    },
    download: async (...[name, path, options]: Parameters<typeof download>) => {
      const found = await download(name, path, options);
      note(name, found?.moved ?? 0);
      return found;
    },
  });
  return counted;
}

const noise = (seed: number, bytes: number): Uint8Array => {
  const blocks = Array.from({ length: Math.ceil(bytes / 32) }, (_, at) => createHash('sha256').update(`${seed} ${at}`).digest());
  return Buffer.concat(blocks).subarray(0, bytes);
};

test('to a thousand files of 50 MB that are only in the remote one is added, and another taken out, by reading some records', async (t) => {
  const made = makeTestProject(t, {
    'tidegate.yaml': 'version: 1\nproject: shop\ndata: { images: { from: { files: images } } }\n',
    '.gitignore': 'build/\nimages/\n',
  });
  mkdirSync(join(made.root, 'images/many'), { recursive: true });
  for (let at = 0; at < 1_000; at++) writeFileSync(join(made.root, 'images/many', `${at}.png`), noise(at, 50_000));
  const first = await share(made, 'images');
  const path = outside(t, { 'new.png': 'new', 'more/a.png': 'a', 'more/b/c.png': 'c' });

  using clone = await made.openClone();
  const read = countRead(clone);
  const [before] = await datasetStatus(clone, ['images']);
  const dry = await onto(clone, 'images', { from: [path('new.png')], at: 'images/many', dryRun: true });
  const added = await onto(clone, 'images', { from: [path('new.png')], at: 'images/many' });
  const { version, record } = await commitDataset(clone, 'images', quiet);
  const [pushed] = await pushData(clone, []);

  assert.deepEqual([before?.notHere, before?.notAdded, before?.pinned], [1_000, [], first]);
  assert.equal(dry.tree, added.tree);
  assert.ok(added.unit === 'file');
  assert.deepEqual([added.onto, added.files, added.put, added.gone], [first, 1_001, ['images/many/new.png'], []]);
  assert.equal(record.status, 'succeeded');
  assert.ok(version !== null && version !== first);
  assert.ok((pushed?.objects ?? 0) < 10 && pushed?.lost.length === 0, JSON.stringify(pushed));
  t.diagnostic(JSON.stringify(read));
  assert.ok(read.rest + read.index < 100_000, JSON.stringify(read));

  await onto(clone, 'images', { from: [path('more')], at: 'images/extra', remove: ['images/many/7.png'] });
  const last = await commitDataset(clone, 'images', quiet);
  await pushData(clone, []);
  assert.equal(existsSync(join(clone.root, 'images')), false);
  made.write({ 'tidegate.lock': readFileSync(join(clone.root, 'tidegate.lock'), 'utf8') });
  made.commit('Take over what the clone has made');

  using other = await made.openClone();
  const [pulled] = await pullData(other, []);
  assert.deepEqual([pulled?.version, pulled?.files, pulled?.lost.length], [last.version, 1_002, 0]);
  assert.equal(readFileSync(join(other.root, 'images/extra/b/c.png'), 'utf8'), 'c');
  assert.deepEqual(readFileSync(join(other.root, 'images/many/8.png')), Buffer.from(noise(8, 50_000)));
  assert.equal(existsSync(join(other.root, 'images/many/7.png')), false);
  const [after] = await datasetStatus(other, ['images']);
  assert.deepEqual([after?.notHere, after?.notAdded], [0, []]);
  assert.equal((await commitDataset(other, 'images', quiet)).version, last.version, 'the same version as one that is made of all files');
});

test('what cannot go into a version is refused before anything is noted', async (t) => {
  const made = makeTestProject(t, {
    'tidegate.yaml': 'version: 1\nproject: shop\ndata: { houses: { from: { files: data/*/*.csv } } }\n',
    '.gitignore': 'build/\ndata/\n',
    'data/north/a.csv': 'id,price\n1,2\n',
  });
  const version = await share(made, 'houses');
  const path = outside(t, { 'b.csv': 'id,cost\n2,3\n', 'c.png': 'c', 'd.csv': 'id,price\n3,4\n4,5\n' });
  using clone = await made.openClone();

  const refused = (more: Partial<AddOntoOptions>, message: RegExp): Promise<void> => assert.rejects(onto(clone, 'houses', more), message);
  await refused(
    { from: [path('b.csv')], at: 'data/north' },
    /TG-DATA-TYPE-CONFLICT: .* the columns "cost", "id", the version "id", "price"/,
  );
  await refused({ from: [path('c.png')], at: 'data/north' }, /TG-CLI-USAGE: .* has its files at "data\/\*\/\*.csv"/);
  await refused({ from: [path('d.csv')], at: '../out' }, /TG-CLI-USAGE/);
  await refused({ from: [path('d.csv')], at: 'src' }, /TG-CLI-USAGE/);
  await refused({ from: [path('none.csv')], at: 'data/north' }, /TG-CLI-USAGE/);
  await refused({ remove: ['data/north/b.csv'] }, /TG-CLI-NOT-FOUND: .* no such file or folder/);
  await refused({ from: [path('d.csv')], version: 'main~9' }, /TG-CLI-NOT-FOUND/);
  assert.equal((await datasetStatus(clone, ['houses']))[0]?.added.length, 0);

  const added = await onto(clone, 'houses', { from: [path('d.csv')], at: 'data/south' });
  assert.deepEqual([added.rows, added.files], [3, 2]);
  const replaced = await onto(clone, 'houses', { from: [path('d.csv')], at: 'data/north', remove: ['data/north'] });
  assert.ok(replaced.unit === 'file');
  assert.deepEqual([replaced.rows, replaced.files, replaced.gone], [4, 2, ['data/north/a.csv']]);
  const { record } = await commitDataset(clone, 'houses', quiet);
  assert.equal(record.status, 'succeeded');
  assert.notEqual(version, record.steps[0]?.outputs['version']?.digest);
});

test('what was never pulled is not taken out of the next version by an add of the rest', async (t) => {
  const made = makeTestProject(t, {
    'tidegate.yaml': 'version: 1\nproject: shop\ndata: { images: { from: { files: images } } }\n',
    '.gitignore': 'build/\nimages/\n',
    'images/a/1.png': 'one',
    'images/b/2.png': 'two',
    'images/b/3.png': 'three',
  });
  await share(made, 'images');
  using clone = await made.openClone();

  await assert.rejects(commitDataset(clone, 'images', quiet), /TG-CLI-USAGE: .* 3 of the 3 files of its pinned version were never pulled/);
  await pullData(clone, ['images'], { paths: ['images/b/**'] });
  const [part] = await datasetStatus(clone, ['images']);
  await assert.rejects(commitDataset(clone, 'images', quiet), /TG-CLI-USAGE: .* 1 of the 3 files/);
  assert.deepEqual([part?.files, part?.notHere, part?.notAdded], [2, 1, []]);
  writeFileSync(join(clone.root, 'images/b/2.png'), 'zwei');
  const rows = { key: null, limit: 0 };
  const compared = await compareDataset(clone, 'images', { before: null, after: null, rows, ...unattended, progress: () => {} });
  assert.deepEqual(
    [compared.notHere, compared.fileChanges?.files.map(({ change, path }) => [change, path])],
    [1, [['changed', 'images/b/2.png']]],
  );

  await pullData(clone, ['images'], { force: true });
  rmSync(join(clone.root, 'images/b/3.png'));
  assert.deepEqual((await datasetStatus(clone, ['images']))[0]?.notAdded, [{ path: 'images/b/3.png', change: 'removed' }]);
  assert.equal((await commitDataset(clone, 'images', quiet)).record.status, 'succeeded');
});

test('a link that would lead to a file that is gone is found, although it lies elsewhere in the version', async (t) => {
  const made = makeTestProject(t, {
    'tidegate.yaml': 'version: 1\nproject: shop\ndata: { images: { from: { files: images } } }\n',
    '.gitignore': 'build/\nimages/\n',
    'images/a/1.png': 'one',
    'images/b/2.png': 'two',
  });
  const path = outside(t, { 'x/new': 'a file', 'y/new/1.png': 'a folder of the same name' });
  symlinkSync('../a/1.png', join(made.root, 'images/b/latest.png'));
  await share(made, 'images');
  using clone = await made.openClone();

  await assert.rejects(onto(clone, 'images', { remove: ['images/a/1.png'] }), /TG-STORE-TREE: .* the link "images\/b\/latest.png"/);
  await assert.rejects(
    onto(clone, 'images', { from: [path('x'), path('y')], at: 'images' }),
    /TG-CLI-USAGE: .* two files .* as "images\/new"/,
  );
  const { files } = await onto(clone, 'images', { remove: ['./images/a/1.png', 'images/b/latest.png'] });
  assert.equal(files, 1);
});

const sales = (day: string, ids: readonly number[]): string =>
  `id,day,amount,code\n${ids.map((id) => `${id},${day},${id % 7},00${id % 9}`).join('\n')}\n`;
const range = (from: number, to: number): readonly number[] => Array.from({ length: to - from }, (_, at) => from + at);

test('rows go into a table that is only in the remote, a day is replaced and another taken out, and no other rows are read', async (t) => {
  const made = makeTestProject(t, {
    'tidegate.yaml':
      'version: 1\nproject: shop\ndata: { sales: { from: { files: data/*.csv }, table: { key: [day, id] }, partitions: { by: day(day) } } }\n',
    '.gitignore': 'build/\ndata/\ntables/\n',
    'data/1.csv': sales('2026-01-01', range(0, 20_000)),
    'data/2.csv': sales('2026-01-02', range(20_000, 40_000)),
    'data/3.csv': sales('2026-01-03', range(40_000, 60_000)),
  });
  const first = await share(made, 'sales');
  const path = outside(t, {
    'new.csv': sales('2026-01-04', range(0, 10)),
    'second.csv': sales('2026-01-02', [1, 2, 3]),
    'odd.csv': 'id,day,amount,code\none,2026-01-04,1,001\n',
    'wide.csv': 'id,day,amount\n1,2026-01-04,1\n',
  });
  using clone = await made.openClone();
  const read = countRead(clone);

  const dry = await onto(clone, 'sales', { from: [path('new.csv')], dryRun: true });
  const added = await onto(clone, 'sales', { from: [path('new.csv')] });
  const replaced = await onto(clone, 'sales', { from: [path('second.csv')], replace: true, remove: ['2026-01-01'] });
  const { version, record } = await commitDataset(clone, 'sales', quiet);
  const [pushed] = await pushData(clone, []);

  assert.ok(dry.unit === 'row' && added.unit === 'row' && replaced.unit === 'row');
  assert.deepEqual([dry.put, dry.isNew], [10, false]);
  assert.deepEqual([added.put, added.before, added.rows, added.partitions], [10, 60_000, 60_010, ['2026-01-04']]);
  assert.deepEqual([replaced.rows, replaced.partitions], [20_013, ['2026-01-01', '2026-01-02']]);
  assert.equal(record.status, 'succeeded');
  assert.equal(pushed?.lost.length, 0);
  t.diagnostic(JSON.stringify(read));
  assert.ok(read.rest < 20_000, JSON.stringify(read));
  for (const [name, message] of [
    ['odd.csv', /TG-DATA-TYPE-CONFLICT: .* "one" is no BIGINT, which the column "id" has/],
    ['wide.csv', /TG-DATA-TYPE-CONFLICT: .* the columns "amount", "day", "id", the version/],
  ] as const)
    await assert.rejects(onto(clone, 'sales', { from: [path(name)] }), message);
  await assert.rejects(onto(clone, 'sales', { from: [path('new.csv')], at: 'data' }), /TG-CLI-USAGE: .* its rows are kept/);

  made.write({ 'tidegate.lock': readFileSync(join(clone.root, 'tidegate.lock'), 'utf8') });
  made.commit('Take over what the clone has made');
  using other = await made.openClone();
  const [pulled] = await pullData(other, []);
  assert.ok(version !== null && version !== first && pulled?.version === version && pulled.lost.length === 0);
  using engine = await openEngine({ threads: 1 });
  const rows = await engine.rows(
    `SELECT CAST(day AS VARCHAR) AS day, count(*) AS rows, any_value(code) AS code FROM read_parquet('${join(other.root, 'tables/sales')}/*.parquet') GROUP BY day ORDER BY day`,
  );
  assert.deepEqual(
    rows.map((row) => [row['day'], Number(row['rows'])]),
    [
      ['2026-01-02', 3],
      ['2026-01-03', 20_000],
      ['2026-01-04', 10],
    ],
  );
});

test('two that add onto one version at once lose nothing of each other, and what another version takes the place of is told', async (t) => {
  const made = makeTestProject(t, {
    'tidegate.yaml': 'version: 1\nproject: shop\ndata: { images: { from: { files: images } } }\n',
    '.gitignore': 'build/\nimages/\n',
    'images/1.png': 'one',
  });
  const first = await share(made, 'images');
  const path = outside(t, { '2.png': 'two', '3.png': 'three', '4.png': 'four', '5.png': 'five' });
  using one = await made.open();
  using other = await made.open();

  await Promise.all([onto(one, 'images', { from: [path('2.png')] }), onto(other, 'images', { from: [path('3.png')] })]);
  assert.equal(addedTree(one, 'images')?.files, 3);

  await commitDataset(one, 'images', quiet);
  await onto(other, 'images', { from: [path('4.png')], version: first });
  const last = await onto(one, 'images', { from: [path('5.png')] });
  assert.deepEqual(last.instead, { onto: first, files: 2 }, 'it is told that it is not onto the same version');
});

test('rows that were forgotten do not come back by an add onto a version, and what a table has not is refused in a dry run too', async (t) => {
  const made = makeTestProject(t, {
    'tidegate.yaml': 'version: 1\nproject: shop\ndata: { people: { from: { files: data/*.csv }, table: { key: id } } }\n',
    '.gitignore': 'build/\ndata/\ntables/\n',
    'data/1.csv': 'id,age\n1,30\n2,40\n',
  });
  const path = outside(t, { 'again.csv': 'id,age\n2,40\n3,50\n', 'only.csv': 'id,age\n2,41\n' });
  using project = await made.open();
  await commitDataset(project, 'people', quiet);
  made.commit('Pin the data');
  await forgetRows(project, 'people', { words: ['id=2'], file: null, reason: null, dryRun: false, ...unattended, progress: () => {} });

  const dry = await onto(project, 'people', { from: [path('again.csv')], dryRun: true });
  const added = await onto(project, 'people', { from: [path('again.csv')] });
  const none = await onto(project, 'people', { from: [path('only.csv')] });

  assert.ok(dry.unit === 'row' && added.unit === 'row' && none.unit === 'row');
  assert.deepEqual([dry.put, dry.forgotten], [1, 1]);
  assert.deepEqual([added.put, added.forgotten, added.rows], [1, 1, 2]);
  assert.deepEqual([none.put, none.forgotten, none.rows, none.isNew], [0, 1, 2, false]);
  await assert.rejects(
    onto(project, 'people', { from: [path('again.csv')], replace: true, dryRun: true }),
    /TG-CLI-USAGE: .* the table has none/,
  );
  await assert.rejects(onto(project, 'people', { remove: ['2026-01-01'], dryRun: true }), /TG-CLI-NOT-FOUND: .* no partitions/);
});

test('what was added onto a version loses rows that are forgotten, counts what is left, and stays as it is when it has none of them', async (t) => {
  const made = makeTestProject(t, {
    'tidegate.yaml': 'version: 1\nproject: shop\ndata: { people: { from: { files: data/*.csv }, table: { key: id } } }\n',
    '.gitignore': 'build/\ndata/\ntables/\n',
    'data/1.csv': 'id,age\n1,30\n2,40\n9,90\n',
  });
  const path = outside(t, { 'more.csv': 'id,age\n3,50\n4,60\n', 'fifth.csv': 'id,age\n1,31\n5,70\n' });
  using project = await made.open();
  const forget = (key: string): Promise<unknown> =>
    forgetRows(project, 'people', { words: [key], file: null, reason: null, dryRun: false, ...unattended, progress: () => {} });
  await commitDataset(project, 'people', quiet);
  made.commit('Pin the data');
  made.write({ 'data/1.csv': 'id,age\n1,30\n2,40\n' });
  await commitDataset(project, 'people', quiet);
  await onto(project, 'people', { from: [path('more.csv')] });

  await forget('id=2');
  await onto(project, 'people', { from: [path('more.csv')] });
  assert.deepEqual([addedTree(project, 'people')?.onto?.rows, addedTree(project, 'people')?.files], [3, 1]);
  const { version } = await commitDataset(project, 'people', quiet);
  const record = await readVersion(project.store, { digest: version ?? assert.fail() });
  assert.deepEqual([record.rows, (await tableAt(project.store, record.tree))?.rows], [3, 3]);

  await onto(project, 'people', { from: [path('fifth.csv')] });
  await forget('id=9');
  const kept = addedTree(project, 'people');
  await forget('id=4');
  const left = addedTree(project, 'people');
  assert.deepEqual([kept?.onto?.rows, left?.onto?.rows], [4, 3]);
  const last = await commitDataset(project, 'people', { ...quiet, all: true });
  assert.deepEqual([(await readVersion(project.store, { digest: last.version ?? assert.fail() })).rows], [3], 'also when all is committed');
});
