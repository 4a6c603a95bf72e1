import assert from 'node:assert/strict';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openEngine } from '@tidegate/runtime';
import { commitDataset } from '../data/commit-dataset.ts';
import { makeTestProject, unattended } from '../test-project.ts';
import { isPathIn, parsePartitionChoice } from './partition-choice.ts';
import { pullData } from './pull-data.ts';
import { pushData } from './push-data.ts';

const quiet = { ...unattended, onProgress: (): void => {} };
const days = ['2026-01-01', '2026-01-02', '2026-01-03', '2026-02-01'];
const rowsOf = (day: string, at: number, amount: string): string =>
  `id,day,amount\n${Array.from({ length: 20_000 }, (_, id) => `${at * 20_000 + id},${day},${id % 400 === 0 ? amount : `${id % 13}`}`).join('\n')}\n`;

test('the rows of some partitions are pulled as plain Parquet, and no objects of others', async (t) => {
  const made = makeTestProject(t, {
    'tidegate.yaml':
      'version: 1\nproject: shop\ndata: { sales: { from: { files: data/*.csv }, table: { key: [day, id] }, partitions: { by: day(day) } } }\n',
    '.gitignore': 'build/\ndata/\ntables/\n',
  });
  {
    using project = await made.open({ remote: true });
    for (const amount of ['1', '2', '3']) {
      made.write(Object.fromEntries(days.map((day, at) => [`data/${at}.csv`, rowsOf(day, at, amount)])));
      await commitDataset(project, 'sales', quiet); // of the later ones some is stored as what changed
    }
    await pushData(project, []);
  }
  made.commit('Pin the data');
  using clone = await made.openClone();
  const folder = join(clone.root, 'tables/sales');
  const amounts = async (): Promise<readonly unknown[]> => {
    using engine = await openEngine({ threads: 1 });
    const rows = await engine.rows(
      `SELECT CAST(day AS VARCHAR) AS day, count(*) AS rows, sum(amount) FILTER (amount = 3) AS threes FROM read_parquet('${folder}/*.parquet') GROUP BY day ORDER BY day`,
    );
    return rows.map((row) => [row['day'], Number(row['rows']), Number(row['threes'])]);
  };
  const threes = Array.from({ length: 20_000 }, (_, id) => (id % 400 === 0 || id % 13 === 3 ? 3 : 0)).reduce<number>(
    (sum, one) => sum + one,
    0,
  );

  const [dry] = await pullData(clone, ['sales'], { partitions: ['day=2026-01-02'], dryRun: true });
  assert.equal(existsSync(folder), false);
  const [one] = await pullData(clone, ['sales'], { partitions: ['day=2026-01-02'] });
  assert.deepEqual([dry?.objects, dry?.bytes, one?.lost.length], [one?.objects, one?.bytes, 0]);
  assert.ok((one?.objects ?? 0) > 1, 'rows, and what changed of them');
  assert.deepEqual(await amounts(), [['2026-01-02', 20_000, threes]]);
  const [all] = await pullData(clone, ['sales'], { dryRun: true, partitions: ['*'] });
  assert.ok((all?.bytes ?? 0) > 2 * (one?.bytes ?? 0), 'the rest is not here');

  const [january] = await pullData(clone, ['sales'], { partitions: ['day=2026-01-01..2026-01-02', 'day=2026-01-03'] });
  assert.equal(january?.lost.length, 0);
  assert.deepEqual(
    await amounts(),
    days.slice(0, 3).map((day) => [day, 20_000, threes]),
  );
  const [february] = await pullData(clone, ['sales'], { partitions: ['2026-02-*'] });
  assert.equal(february?.files, 1);
  assert.deepEqual(await amounts(), [['2026-02-01', 20_000, threes]], 'what lies there is of one choice');

  await assert.rejects(
    pullData(clone, ['sales'], { partitions: ['day=2027-*'] }),
    /TG-CLI-NOT-FOUND: .* none of its partitions is "day=2027-\*"/,
  );
  await assert.rejects(pullData(clone, ['sales'], { partitions: ['month=2026-01'] }), /TG-CLI-USAGE: .* its partitions are by day\(day\)/);
  await assert.rejects(pullData(clone, ['sales'], { partitions: ['a/b'] }), /TG-CLI-USAGE/);
  const [name = ''] = readdirSync(folder);
  writeFileSync(join(folder, name), 'mine');
  await assert.rejects(pullData(clone, ['sales'], { partitions: ['2026-01-01'] }), /TG-CLI-CHANGED-FILE/);
  await pullData(clone, ['sales'], { partitions: ['2026-01-01'], force: true });
  assert.deepEqual(await amounts(), [['2026-01-01', 20_000, threes]]);
});

test('of files in folders that are named by partition some are pulled', async (t) => {
  const made = makeTestProject(t, {
    'tidegate.yaml': 'version: 1\nproject: shop\ndata: { events: { from: { files: data/events/**/*.csv } } }\n',
    '.gitignore': 'build/\ndata/\n',
    ...Object.fromEntries(days.map((day, at) => [`data/events/day=${day}/a.csv`, `id\n${at}\n`])),
  });
  {
    using project = await made.open({ remote: true });
    await commitDataset(project, 'events', quiet);
    await pushData(project, []);
  }
  made.commit('Pin the data');
  using clone = await made.openClone();

  const [pulled] = await pullData(clone, [], { partitions: ['day=2026-01-02..', 'day=2025-*'] });

  assert.deepEqual([pulled?.files, pulled?.objects], [3, 3]);
  assert.deepEqual(
    readdirSync(join(clone.root, 'data/events')).toSorted(),
    days.slice(1).map((day) => `day=${day}`),
  );
  await assert.rejects(pullData(clone, [], { partitions: ['hour=1'] }), /TG-CLI-NOT-FOUND/);
});

test('a partition is named by its value, by a pattern, or by the ends of a range', () => {
  const isIn = (text: string, path: string): boolean => isPathIn(path, [parsePartitionChoice(text)]);
  for (const text of ['day=2026-01-02', '2026-01-02', 'day=2026-*', 'day=2026-01-01..2026-01-03', 'day=..2026-01-02', 'day=2026-01-02..'])
    assert.ok(isIn(text, 'data/day=2026-01-02/a'), text);
  for (const text of ['day=2026-01-01', 'hour=2026-01-02', 'day=2025-*', 'day=2026-01-03..', 'day=..2026-01-01'])
    assert.ok(!isIn(text, 'data/day=2026-01-02/a'), text);
  assert.ok(isIn('city=a b', 'data/city=a%20b/x'));
});
