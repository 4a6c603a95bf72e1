import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { parseRemoteNeeds } from '@tidegate/formats';
import type { Project } from '../project.ts';
import { makeTestProject, type TestProject } from '../test-project.ts';
import { pullData } from './pull-data.ts';
import { pushData } from './push-data.ts';

const files = {
  'tidegate.yaml': 'version: 1\nproject: shop\ndata: { houses: { from: { files: data/*/*.csv } } }\n',
  '.gitignore': 'build/\ndata/\n',
  'data/north/a.csv': 'price\n1\n',
  'data/north/b.csv': 'price\n2\n',
  'data/south/a.csv': 'price\n3\n',
};

/** A project whose data has a version that its lock file pins, committed. */
async function makePinned(t: TestContext): Promise<TestProject> {
  const made = makeTestProject(t, files);
  await pinAgain(made);
  return made;
}

/** Reads the data and pins what it finds. @returns the version */
async function pinAgain(made: TestProject): Promise<string> {
  const { record } = await made.run();
  const version = record.steps.find(({ step }) => step === 'data.houses')?.outputs['version']?.digest ?? assert.fail();
  made.write({ 'tidegate.lock': `version: 1\ndata:\n  houses: ${version}\n` });
  made.commit('Pin the data');
  return version;
}

async function needsIn(project: Project): Promise<NonNullable<ReturnType<typeof parseRemoteNeeds>>> {
  const folder = join(project.remote?.address ?? assert.fail(), 'records/needs/main/shop');
  const [name = ''] = readdirSync(folder);
  return parseRemoteNeeds(JSON.parse(readFileSync(join(folder, name), 'utf8'))) ?? assert.fail();
}

test('what one machine pushes another pulls, at first a part by path and then the rest, and nothing is sent or got twice', async (t) => {
  const made = await makePinned(t);
  using home = await made.open({ remote: true });

  const wouldPush = await pushData(home, [], { dryRun: true });
  const pushed = await pushData(home, []);
  const again = await pushData(home, ['houses']);
  using clone = await made.openClone();
  const wouldPull = await pullData(clone, [], { dryRun: true });
  const part = await pullData(clone, ['houses'], { paths: ['data/north/**'] });
  const hasSouth = existsSync(join(clone.root, 'data/south'));
  const rest = await pullData(clone, []);

  assert.deepEqual([wouldPush[0]?.objects, again[0]?.objects], [pushed[0]?.objects, 0]);
  assert.ok((pushed[0]?.objects ?? 0) > 3, 'three files and the records of the version');
  assert.equal(wouldPush[0]?.moved, 0);
  assert.deepEqual(
    [wouldPull, part, rest].map(([one]) => [one?.files, one?.objects, one?.lost.length]),
    [
      [3, 3, 0],
      [2, 2, 0],
      [3, 1, 0],
    ],
  );
  assert.equal(hasSouth, false);
  for (const [path, text] of Object.entries(files).filter(([name]) => name.startsWith('data/')))
    assert.equal(readFileSync(join(clone.root, path), 'utf8'), text);
  await assert.rejects(
    pullData(clone, ['houses'], { paths: ['data/west/**'] }),
    /TG-CLI-NOT-FOUND: Cannot pull data.houses: none of its paths matches/,
  );
  await assert.rejects(pushData(clone, ['streets']), /TG-CLI-NOT-FOUND/);
});

test('a pull writes over no file with changes that no version has, unless it is told to', async (t) => {
  const made = await makePinned(t);
  using home = await made.open({ remote: true });
  await pushData(home, []);
  using clone = await made.openClone();
  await pullData(clone, []);
  writeFileSync(join(clone.root, 'data/north/a.csv'), 'mine');

  await assert.rejects(pullData(clone, []), /TG-CLI-CHANGED-FILE/);
  assert.equal(readFileSync(join(clone.root, 'data/north/a.csv'), 'utf8'), 'mine');
  await pullData(clone, [], { force: true });

  assert.equal(readFileSync(join(clone.root, 'data/north/a.csv'), 'utf8'), 'price\n1\n');
});

test('what is lost in the remote is told, and nothing is placed', async (t) => {
  const made = await makePinned(t);
  using home = await made.open({ remote: true });
  await pushData(home, []);
  using clone = await made.openClone();
  const [seen] = await pullData(clone, [], { dryRun: true }); // the records of the version are here from then on
  rmSync(join(home.remote?.address ?? '', 'packs'), { recursive: true });

  const [pulled] = await pullData(clone, []);

  assert.equal(seen?.lost.length, 0);
  assert.equal(pulled?.lost.length, 3);
  assert.equal(existsSync(join(clone.root, 'data')), false);
});

test('a push says what the project needs: what any commit of any branch pins, so that garbage collection leaves it there', async (t) => {
  const made = await makePinned(t);
  const first = readFileSync(join(made.root, 'tidegate.lock'), 'utf8');
  made.write({ 'data/north/a.csv': 'price\n10\n' });
  const second = await pinAgain(made);
  made.git('switch', '--quiet', '--create', 'other');
  made.write({ 'data/north/a.csv': 'price\n100\n' });
  const third = await pinAgain(made);
  made.git('switch', '--quiet', 'main');
  using home = await made.open({ remote: true });

  await pushData(home, []);

  const needs = await needsIn(home);
  assert.equal(needs.project, 'shop');
  for (const version of [/sha256:[0-9a-f]+/.exec(first)?.[0], second, third])
    assert.ok(
      needs.pins.some((pin) => pin === version),
      `${version}`,
    );
  assert.ok(needs.results.length > 0);
});

test('a clone that knows only a part of the history takes nothing back that was said before', async (t) => {
  const made = await makePinned(t);
  const first = /sha256:[0-9a-f]+/.exec(readFileSync(join(made.root, 'tidegate.lock'), 'utf8'))?.[0] ?? assert.fail();
  made.write({ 'data/north/a.csv': 'price\n10\n' });
  const second = await pinAgain(made);
  using home = await made.open({ remote: true });
  await pushData(home, []);
  writeFileSync(join(made.root, '.git/shallow'), `${made.git('rev-parse', 'HEAD')}\n`);

  await pushData(home, []);

  const { pins } = await needsIn(home);
  for (const version of [first, second])
    assert.ok(
      pins.some((pin) => pin === version),
      version,
    );
});
