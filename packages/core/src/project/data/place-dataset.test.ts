import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { folderObjectStore } from '../../store/index.ts';
import { placeDataset } from './place-dataset.ts';
import { listRuns } from '../run/runs.ts';
import { makeTestProject, type TestProject } from '../test-project.ts';

const contract = `apiVersion: v3.1.0
kind: DataContract
id: towns
version: 1.0.0
status: active
schema:
  - name: towns
    properties:
      - { name: name, logicalType: string }
      - { name: size, logicalType: integer, logicalTypeOptions: { maximum: 100 } }
`;
const towns = (size: number): string => `name,size\nUlm,${size}\n`;

/** A project with one dataset of one file, `data/towns.csv`, whose sizes may be 100 at most. */
function townsProject(t: TestContext): TestProject {
  return makeTestProject(t, {
    'tidegate.yaml': 'version: 1\nproject: towns\ndata: { towns: { from: { files: data/*.csv }, contract: towns.odcs.yaml } }\n',
    'towns.odcs.yaml': contract,
    'data/towns.csv': towns(1),
  });
}

async function place(at: TestProject, choice: Partial<Parameters<typeof placeDataset>[2]> = {}): Promise<string> {
  using project = await at.open();
  await placeDataset(project, 'towns', { version: null, force: false, ...choice });
  return content(at);
}

const content = ({ root }: TestProject): string => readFileSync(join(root, 'data/towns.csv'), 'utf8');

test('a file that is a version or any other object of the store is replaced; nothing is left beside it', async (t) => {
  const at = townsProject(t);
  await at.run();
  at.write({ 'data/towns.csv': towns(2) });
  await at.run();
  at.write({ 'data/towns.csv': towns(1) });

  assert.equal(await place(at), towns(2));
  assert.deepEqual(readdirSync(join(at.root, 'data')), ['towns.csv']);
});

test('a file with changes that no version has is refused and left alone, unless it is given up', async (t) => {
  const at = townsProject(t);
  await at.run();
  at.write({ 'data/towns.csv': towns(7) });

  await assert.rejects(place(at), /TG-CLI-CHANGED-FILE: Cannot place data\.towns: "data\/towns\.csv" has changes that no version has/);
  assert.equal(content(at), towns(7));
  assert.equal(await place(at, { force: true }), towns(1));
});

test('a version that does not pass its checks is passed over, and placed only by its name', async (t) => {
  const at = townsProject(t);
  await at.run();
  at.write({ 'data/towns.csv': towns(101) });
  const { record } = await at.run();
  const failed = record.steps[0]?.outputs['version']?.digest ?? assert.fail();

  assert.equal(await place(at), towns(1));
  assert.equal(await place(at, { version: failed.slice('sha256:'.length, 20) }), towns(101));
});

test('a dataset without a version that passes is not placed', async (t) => {
  const at = townsProject(t);
  await assert.rejects(place(at), /TG-CLI-NOT-FOUND: Cannot place data\.towns: it was never read/);
  at.write({ 'data/towns.csv': towns(101) });
  await at.run();

  await assert.rejects(place(at), /TG-CLI-NOT-FOUND: Cannot place data\.towns: its only version does not pass/);
  using project = await at.open();
  assert.equal(listRuns(project).length, 1);
});

test('a version of which an object is gone is not placed, not even in part', async (t) => {
  const at = townsProject(t);
  at.write({ 'data/cities.csv': towns(3) });
  await at.run();
  using project = await at.open();
  const files = listRuns(project)[0]?.steps[0]?.outputs['files']?.digest ?? assert.fail();
  const lost = (await project.store.readTree(files)).entries.at(-1) ?? assert.fail();
  using local = folderObjectStore(project.home.objects);
  local.remove(lost.digest);
  at.remove('data');

  await assert.rejects(placeDataset(project, 'towns', { version: null, force: false }), /TG-STORE-OBJECT-MISSING/);
  assert.ok(!readdirSync(at.root).includes('data'));
});
