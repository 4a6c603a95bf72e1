import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Ended } from '../rig/play.ts';
import { problemsAfter, progressOf, referenceOf } from './invariants.ts';
import { layOut, type Place, placeAt } from './place.ts';
import { randomOf } from './random-of.ts';

const seed = Number(process.env['TIDEGATE_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
/** What half a minute and a quarter of one are enough for on two processors. */
const [commandsOfEach, runsOfEach] = [8, 12];
const nothingBefore = { recorded: new Set<string>(), timesRun: new Map<string, number>() };

async function laidOut(t: TestContext): Promise<Place> {
  const place = placeAt(mkdtempSync(join(tmpdir(), 'tidegate-at-once-')));
  t.after(() => rmSync(place.folder, { recursive: true, force: true }));
  await layOut(place);
  return place;
}

function expectSuccess(ends: readonly Ended[]): void {
  assert.deepEqual(
    ends.filter(({ code }) => code !== 0).map(({ code, stdout, stderr }) => `${code}: ${stdout}${stderr}`),
    [],
  );
}

test('hostile 21: two runs at once in one checkout both succeed, and each step runs once', async (t) => {
  const place = await laidOut(t);

  const ends = await Promise.all([place.tidegate(['run', '--json']), place.tidegate(['run', '--json'])]);
  const reference = referenceOf(place, { code: 0 });
  const again = await place.tidegate(['run', '--json']);

  expectSuccess(ends);
  assert.deepEqual([...progressOf(place).timesRun.values()], [1, 1, 1, 1, 1]);
  assert.deepEqual(problemsAfter(place, reference, { rerun: again, before: nothingBefore }), []);
});

test('hostile 21: a run beside pushes, plans, logs and a state that others look at: all succeed, and what is shared is whole', async (t) => {
  const place = await laidOut(t);
  await place.tidegate(['run']);
  writeFileSync(join(place.project, 'seed.txt'), 'another tide\n'.repeat(500));
  const push = ['remote', 'push', '--remote', place.remote];

  const ends = await Promise.all([['run', '--json'], push, push, ['plan'], ['log'], ['status'], ['doctor']].map(place.tidegate));
  const pushed = await place.tidegate(push);
  const fresh = placeAt(join(place.folder, 'fresh'));
  cpSync(place.project, fresh.project, { recursive: true, filter: (path) => !path.endsWith('/made') });
  const pulled = await fresh.tidegate(['run', '--json', '--remote', place.remote]);

  expectSuccess([...ends, pushed, pulled]);
  const { run } = JSON.parse(pulled.stdout) as { readonly run: { readonly steps: readonly { readonly status: string }[] } };
  assert.deepEqual(
    run.steps.map(({ status }) => status),
    ['hit', 'hit', 'hit', 'hit', 'hit'],
  );
  const made = 'made/join.txt';
  assert.equal(readFileSync(join(fresh.project, made), 'utf8'), readFileSync(join(place.project, made), 'utf8'));
});

test('hostile 21: runs beside collections of garbage: all succeed, and nothing that a run uses is deleted', async (t) => {
  const place = await laidOut(t);
  const gc = ['store', 'gc', '--grace', '0s', '--keep-runs', '1', '--keep-days', '0'];
  const ends: Ended[] = [];
  for (let tide = 0; tide < 5; tide++) {
    writeFileSync(join(place.project, 'seed.txt'), `tide ${tide % 3}: ${'in and out '.repeat(3000)}\n`);
    ends.push(...(await Promise.all([place.tidegate(['run', '--json']), place.tidegate(gc), place.tidegate(gc)])));
  }
  const reference = referenceOf(place, { code: 0 });
  const again = await place.tidegate(['run', '--json']);

  expectSuccess(ends);
  assert.deepEqual(problemsAfter(place, reference, { rerun: again, before: nothingBefore }), []);
});

test('hostile 21: eight processes in checkouts of their own with one home: all succeed, and no result is made twice', async (t) => {
  t.diagnostic(`seed ${seed}: replay with TIDEGATE_SEED=${seed}`);
  const place = await laidOut(t);
  const work = async (number: number): Promise<void> => {
    const random = randomOf(seed + number);
    const project = join(place.folder, `checkout-${number}`);
    cpSync(place.project, project, { recursive: true });
    const mine = placeAt(place.folder, { project });
    for (let command = 0; command < commandsOfEach; command++) {
      const variant = Math.floor(random() * 6);
      writeFileSync(join(project, 'seed.txt'), `tide ${variant}\n`.repeat(600));
      const words = [
        ['run', '--json'],
        ['run', '--json'],
        ['run', '--json'],
        ['plan', '--json'],
        ['status', '--json'],
      ];
      const end = await mine.tidegate(words[Math.floor(random() * words.length)] ?? ['run']);
      expectSuccess([end]);
    }
    expectSuccess([await mine.tidegate(['run', '--json'])]);
  };

  await Promise.all(Array.from({ length: 8 }, (_, number) => work(number)));

  const { timesRun, recorded } = progressOf(place);
  t.diagnostic(`${recorded.size} results, ${[...timesRun.values()].reduce((sum, times) => sum + times, 0)} steps run`);
  assert.ok(recorded.size > 5, 'several variants were run');
  assert.equal(
    [...timesRun.values()].reduce((sum, times) => sum + times, 0),
    recorded.size,
    'each result was made once',
  );
});

test('hostile 21: runs beside garbage collections that keep as little as they may: all succeed, and nothing is missing', async (t) => {
  t.diagnostic(`seed ${seed}: replay with TIDEGATE_SEED=${seed}`);
  const place = await laidOut(t);
  const counts = { collections: 0, removed: 0 };
  let isOver = false;
  const runIn = async (number: number): Promise<void> => {
    const random = randomOf(seed + number);
    const project = join(place.folder, `checkout-${number}`);
    cpSync(place.project, project, { recursive: true });
    const mine = placeAt(place.folder, { project });
    for (let run = 0; run < runsOfEach; run++) {
      writeFileSync(join(project, 'seed.txt'), `tide ${Math.floor(random() * 4)}\n`.repeat(600));
      expectSuccess([await mine.tidegate(['run', '--json'])]);
    }
  };
  const collect = async (): Promise<void> => {
    for (; !isOver; counts.collections++) {
      const end = await place.tidegate(['store', 'gc', '--json', '--grace', '0s', '--keep-runs', '1', '--keep-days', '0']);
      expectSuccess([end]);
      const { objects } = JSON.parse(end.stdout) as { readonly objects: readonly { readonly action: string }[] };
      counts.removed += objects.filter(({ action }) => action === 'remove').length;
    }
  };

  const runs = Promise.all([runIn(0), runIn(1)]).finally(() => (isOver = true));
  await Promise.all([runs, collect()]);
  const check = await place.tidegate(['store', 'fsck', '--json']);

  t.diagnostic(JSON.stringify(counts));
  expectSuccess([check]);
  assert.deepEqual((JSON.parse(check.stdout) as { readonly problems: readonly unknown[] }).problems, []);
});

/** A dataset of two versions, with a step that joins its files. */
async function laidOutWithData(t: TestContext): Promise<{ readonly place: Place; readonly versions: readonly string[] }> {
  const place = await laidOut(t);
  const steps = 'steps: { levels: { run: sh -c "sleep 0.05; cat data/*.csv > levels.csv", in: data.tides, out: { file: levels.csv } } }';
  writeFileSync(
    join(place.project, 'tidegate.yaml'),
    `version: 1\nproject: at-once\ndata: { tides: { from: { files: data/*.csv } } }\n${steps}\n`,
  );
  const versions: string[] = [];
  for (const version of [1, 2]) {
    writeTides(place, version);
    expectSuccess([await place.tidegate(['run'])]);
    const { stdout } = await place.tidegate(['data', 'checkout', 'tides', '--json']);
    versions.push((JSON.parse(stdout) as { readonly version: string }).version.slice('sha256:'.length, 'sha256:'.length + 12));
  }
  return { place, versions };
}

function writeTides({ project }: Place, version: number): void {
  mkdirSync(join(project, 'data'), { recursive: true });
  for (const [part, text] of tidesOf(version).entries()) writeFileSync(join(project, `data/tide-${part}.csv`), text);
}

function tidesOf(version: number): readonly string[] {
  return [0, 1, 2].map(
    (part) => `hour,level\n${Array.from({ length: 3000 }, (_, hour) => `${hour},${(hour * 37 + part + version) % 101}\n`).join('')}`,
  );
}

test('hostile 21: runs beside check-outs of data in one tree: all succeed, and what lies there in the end is a version as it was', async (t) => {
  const { place, versions } = await laidOutWithData(t);
  const [oldest = '', newest = ''] = versions;
  const checkOut = (version: string): readonly string[] => ['data', 'checkout', 'tides', version];
  const ends: Ended[] = [];

  for (let round = 0; round < 4; round++)
    ends.push(...(await Promise.all([['run', '--json'], checkOut(oldest), checkOut(newest), ['run', '--json']].map(place.tidegate))));
  ends.push(await place.tidegate(checkOut(oldest)), await place.tidegate(['run', '--json']));
  const check = await place.tidegate(['store', 'fsck']);

  expectSuccess([...ends, check]);
  assert.equal(readFileSync(join(place.project, 'levels.csv'), 'utf8'), tidesOf(1).join(''));
  const files = readdirSync(place.project, { recursive: true, encoding: 'utf8' });
  assert.deepEqual(
    files.filter((path) => path.includes('.tmp-')),
    [],
  );
});

test('hostile 21: check-outs of data beside runs and collections of garbage on one home: all succeed, with the right bytes each time', async (t) => {
  const { place, versions } = await laidOutWithData(t);
  const beside = placeAt(place.folder, { project: join(place.folder, 'beside') });
  cpSync(place.project, beside.project, { recursive: true });
  const gc = ['store', 'gc', '--grace', '0s', '--keep-runs', '1', '--keep-days', '0'];
  const ends: Ended[] = [];

  for (let round = 0; round < 4; round++) {
    rmSync(join(beside.project, 'data'), { recursive: true });
    writeTides(place, 3 + round);
    const checkOut = beside.tidegate(['data', 'checkout', 'tides', versions.at(-1) ?? '']);
    ends.push(...(await Promise.all([checkOut, place.tidegate(['run', '--json']), place.tidegate(gc), beside.tidegate(gc)])));
    assert.deepEqual(
      [0, 1, 2].map((part) => readFileSync(join(beside.project, `data/tide-${part}.csv`), 'utf8')),
      tidesOf(2),
    );
  }
  const check = await place.tidegate(['store', 'fsck']);

  expectSuccess([...ends, check]);
  assert.equal(readFileSync(join(place.project, 'levels.csv'), 'utf8'), tidesOf(6).join(''));
});
