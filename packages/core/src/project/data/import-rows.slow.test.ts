import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { openEngine, quoteText } from '@tidegate/runtime';
import { datasetSql, readVersion } from '../../data/index.ts';
import { makeTestProject, type TestProject, unattended } from '../test-project.ts';
import { commitDataset } from './commit-dataset.ts';
import { exportRows, exportVersion } from './export-version.ts';
import { importFiles } from './import-files.ts';
import type { ImportedFiles, ImportOptions } from './import-places.ts';

const options = { ...unattended, onProgress: () => {} };

function project(t: TestContext, from: string, more: { readonly [path: string]: string } = {}): TestProject {
  return makeTestProject(t, {
    'tidegate.yaml': `version: 1\nproject: sales\ndata: { sales: { from: { files: ${from} }, table: { key: id } } }\n`,
    ...more,
  });
}

async function take(at: TestProject, from: string, more: Partial<ImportOptions> = {}): Promise<ImportedFiles> {
  using opened = await at.open();
  return await importFiles(opened, 'sales', { ...options, from, dryRun: false, ...more });
}

/** The rows of the version that a commit makes now. */
async function committed(at: TestProject): Promise<readonly unknown[]> {
  using opened = await at.open();
  const { version } = await commitDataset(opened, 'sales', options);
  assert.ok(version !== null);
  const record = await readVersion(opened.store, { digest: version });
  using engine = await openEngine({ threads: 1 });
  return await engine.rows(`SELECT * FROM (${await datasetSql(opened.store, record, record.tree)}) ORDER BY id`);
}

async function parquet(path: string, query: string): Promise<void> {
  mkdirSync(join(path, '..'), { recursive: true });
  using engine = await openEngine({ threads: 1 });
  await engine.run(`COPY (${query}) TO ${quoteText(path)} (FORMAT parquet)`);
}

const three = "SELECT i AS id, 'text ' || i AS note FROM range(1, 4) r(i)";
const threeRows = [1, 2, 3].map((id) => ({ id, note: `text ${id}` }));

test('rows of Parquet, CSV and JSON lines go into a table that is read from another format, a folder of them as one file', async (t) => {
  const texts = { 'c.csv': 'id,note\n4,text 4\n', 'd.jsonl': '{"id":4,"note":"text 4"}\n' };
  for (const from of ['data/*.csv', 'data/*.jsonl', 'data/*.parquet']) {
    const at = project(t, from);
    const given = join(at.root, '../given');
    await parquet(join(given, 'a.parquet'), `${three} WHERE i < 3`);
    await parquet(join(given, 'deep/b.parquet'), `${three} WHERE i = 3`);

    const { paths, rows } = await take(at, given);

    assert.deepEqual([paths, rows], [[`data/given${from.slice('data/*'.length)}`], 3]);
    assert.deepEqual(await committed(at), threeRows, from);
    for (const [name, text] of Object.entries(from === 'data/*.parquet' ? texts : {})) {
      const other = project(t, from);
      writeFileSync(join(other.root, '..', name), text);
      await take(other, join(other.root, '..', name));
      assert.deepEqual(await committed(other), [{ id: 4, note: 'text 4' }], `${name} into ${from}`);
    }
  }
});

test('what Tidegate has exported comes back as the same rows, as the folder of a version and as one file', async (t) => {
  const first = project(t, 'data/*.csv', { 'data/a.csv': 'id,note\n1,text 1\n2,text 2\n3,text 3\n' });
  await committed(first);
  const [folder, file] = [join(first.root, '../version'), join(first.root, '../rows')];
  {
    using opened = await first.open();
    await exportVersion(opened, 'sales', { version: null, folder });
    await exportRows(opened, 'sales', { version: null, folder: file, format: 'csv', signal: unattended.signal });
  }
  for (const [from, pattern] of [
    [folder, 'data/*.parquet'],
    [folder, 'data/*.csv'],
    [file, 'data/**/*.csv'],
    [join(file, 'sales.csv'), 'all.csv'],
  ] as const) {
    const second = project(t, pattern);
    await take(second, from);
    assert.deepEqual(await committed(second), threeRows, `${from} into ${pattern}`);
  }
});

test('a slip leaves nothing behind: no key, a type that text would lose, a place that is taken, a name that is not read', async (t) => {
  const at = project(t, 'data/*.csv', { 'data/taken.csv': 'id,note\n9,x\n' });
  const given = (name: string): string => join(at.root, '..', name);
  await parquet(given('nokey.parquet'), 'SELECT 1 AS nr');
  await parquet(given('zip.parquet'), "SELECT 1 AS id, '01234' AS zip");
  await parquet(given('taken.parquet'), three);

  await assert.rejects(take(at, given('nokey.parquet')), /"nokey\.parquet" has no column "id", which is in the key/);
  await assert.rejects(take(at, given('zip.parquet')), /its files are csv, in which the column "zip" \(VARCHAR\) would be read as BIGINT/);
  await assert.rejects(take(at, given('taken.parquet')), /"data\/taken\.csv" is there already/);
  assert.deepEqual(readdirSync(join(at.root, 'data')), ['taken.csv']);
  assert.equal(readFileSync(join(at.root, 'data/taken.csv'), 'utf8'), 'id,note\n9,x\n');
  const narrow = project(t, 'data/*/x.csv');
  await assert.rejects(take(narrow, given('taken.parquet')), /no file of its name is read by data\.sales/);

  const dry = await take(at, given('taken.parquet'), { dryRun: true }).catch((error: Error) => error.message);
  assert.match(String(dry), /is there already/);
  await parquet(given('fresh.parquet'), three);
  assert.deepEqual(await take(at, given('fresh.parquet'), { dryRun: true }), {
    paths: ['data/fresh.csv'],
    copied: 1,
    rows: 3,
    added: null,
  });
  assert.deepEqual(readdirSync(join(at.root, 'data')), ['taken.csv']);
});

test('files of a dataset that is no table are refused where it would not read them', async (t) => {
  const at = makeTestProject(t, { 'tidegate.yaml': 'version: 1\ndata: { sales: { from: { files: data/*.csv } } }\n' });
  await parquet(join(at.root, '../a.parquet'), three);

  await assert.rejects(take(at, join(at.root, '../a.parquet')), /it would be "data\/a\.parquet", and data\.sales reads "data\/\*\.csv"/);
});
