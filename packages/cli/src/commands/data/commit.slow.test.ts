import assert from 'node:assert/strict';
import { readFileSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { test, type TestContext } from 'node:test';
import { testPlace } from '../../test-place.ts';

const yaml = `version: 1
project: sea
data:
  images: { from: { files: images } }
  sales: { from: { files: sales.csv }, table: { key: id } }
  weather: { from: { sqlite: { file: weather.db, table: weather } } }
`;

interface Place {
  readonly call: (line: string, expected?: number) => Promise<string>;
  readonly write: (path: string, text: string) => void;
  readonly path: (name: string) => string;
  readonly database: DatabaseSync;
}

function place(t: TestContext): Place {
  const at = testPlace(t, { files: { 'tidegate.yaml': yaml, 'images/1.png': 'one', 'sales.csv': 'id,amount\n1,5\n' } });
  const database = new DatabaseSync(at.path('weather.db'));
  database.exec("CREATE TABLE weather (id INTEGER PRIMARY KEY, place TEXT); INSERT INTO weather VALUES (1, 'Oslo')");
  t.after(() => database.close());
  const call: Place['call'] = async (line, expected = 0) => {
    const { stdout, stderr, code } = await at.call(['data', ...line.split(' ')]);
    assert.equal(code, expected, stderr);
    return expected === 0 || line.endsWith('--json') ? stdout : stdout + stderr;
  };
  return { ...at, call, database };
}

test('without names all datasets are added, committed and told of, tables and databases as well', async (t) => {
  const { call, write, path, database } = place(t);
  assert.match(
    await call('commit --dry-run'),
    /^data\.images: 1 file other than .*\ndata\.sales: its rows would .*\ndata\.weather: its source would be read\.\n$/,
  );
  assert.equal((await call('commit')).match(/is pinned/g)?.length, 3);
  assert.equal((await call('status')).match(/, nothing changed\n/g)?.length, 3);
  assert.equal((await call('commit')).match(/, as before\./g)?.length, 3);
  assert.equal((await call('commit --dry-run')).match(/nothing to commit/g)?.length, 3);

  assert.match(await call('status weather --check'), / Read 20.* UTC\.\n Its source has not changed since\.\n$/);
  database.exec("INSERT INTO weather VALUES (2, 'Rome')");
  write('sales.csv', 'id,amount\n1,6\n');
  const status = await call('status --check');
  assert.match(status, /data\.sales: 1 file, 14 B; version [0-9a-f]{12}\n {2}~ its files have changed/);
  assert.match(status, /data\.weather: .*\n Read .*\n {2}~ its source has changed since \(tidegate data add weather\)\n/);
  assert.match(await call('commit weather'), /as before/); // no source is read unasked
  assert.match(await call('add'), /data\.weather: 2 rows, 2 read; .* new\.\n/);
  assert.match(await call('status weather'), / Read .*, not yet a version \(tidegate data commit weather\)\n/);
  assert.equal((await call('commit')).match(/is pinned/g)?.length, 2);
  database.exec("INSERT INTO weather VALUES (3, 'Bern')");
  assert.match(await call('commit --all weather'), /is pinned/);
  rmSync(path('weather.db'));
  assert.match(await call('status weather --check'), /! Cannot read "weather\.db": there is no such file\n {4}Correct "file"/);
});

test('a commit has what was added, and what changed afterwards is told and waits', async (t) => {
  const { call, write, path } = place(t);
  await call('add images');
  write('images/1.png', 'edited later');
  write('images/2.png', 'later');
  const dry = await call('commit images --dry-run');
  assert.equal(dry, 'data.images: 1 file other than in the pinned version; 2 changed files would not be in it.\n');
  assert.match(await call('commit images'), /is pinned.*\n {2}2 files changed since and not in it: tidegate data add images\n$/);
  assert.match(await call('cat images images/1.png --json'), /"text": "one"/);
  assert.equal(readFileSync(path('images/1.png'), 'utf8'), 'edited later');
  assert.match(await call('status images'), / Not added .*\n {2}~ images\/1\.png\n {2}\+ images\/2\.png\n$/);

  await call('add sales');
  write('sales.csv', 'id,amount\n1,5\n2,7\n');
  assert.match(await call('commit sales'), /1 file changed since/);
  assert.match(await call('show sales'), /1 row/);
  const version = /version (\w+) is pinned/.exec(await call('commit --all sales'))?.[1] ?? assert.fail();
  assert.match(await call('log sales'), new RegExp(`^${version} .*2 rows`));
});

test('what is wrong with one dataset keeps none of the others from a version, nor from being verified', async (t) => {
  const { call, write, path } = place(t);
  rmSync(path('images'), { recursive: true });
  const failed = await call('commit', 2);
  assert.match(
    failed,
    /data\.sales: version \w+ is pinned.*\n.*data\.weather: it has never run\n.*\ndata\.weather: version \w+ is pinned.*\n/,
  );
  assert.match(failed, /TG-DATA-NO-FILES: Cannot add data\.images/);
  write('imagse/1.png', 'one');
  assert.match(await call('add images', 2), /no file matches "images"; did you mean "imagse"\?/);

  assert.match(await call('verify'), /^data\.images has no version yet: .*\ndata\.sales, version \w+: .* sound\.\ndata\.weather, version/);
  const lock = readFileSync(path('tidegate.lock'), 'utf8');
  write('tidegate.lock', lock.replace('data:\n', `data:\n  images: sha256:${'1'.repeat(64)}\n`));
  assert.match(await call('verify', 1), /^data\.sales, version .*\ndata\.weather, version .*\n.*TG-STORE-OBJECT-MISSING/);
  const told: readonly { readonly dataset: string; readonly errors?: readonly unknown[] }[] = JSON.parse(await call('verify --json', 1));
  assert.deepEqual(
    told.map(({ dataset, errors }) => [dataset, errors?.length]),
    [
      ['sales', undefined],
      ['weather', undefined],
      ['images', 1],
    ],
  );
});

test('a file is imported as the file that a dataset is, and into the folder that it has its files in', async (t) => {
  const { call, write, path } = place(t);
  rmSync(path('sales.csv'));
  write('from/july.csv', 'id,amount\n1,7\n');
  write('from/2.png', 'two');
  await call('import sales from/july.csv');
  assert.equal(readFileSync(path('sales.csv'), 'utf8'), 'id,amount\n1,7\n');
  assert.match(await call('import sales from/july.csv', 2), /"sales\.csv" is there already/);
  await call('import images from/2.png');
  assert.equal(readFileSync(path('images/2.png'), 'utf8'), 'two');
});

test('where none of its files is, as in a clone, nothing of a dataset has changed, and nothing can be compared', async (t) => {
  const { call, path } = place(t);
  await call('commit images sales');
  rmSync(path('images'), { recursive: true });
  rmSync(path('sales.csv'));

  assert.match(await call('status images sales'), /^data\.images: .* not pulled, nothing changed\ndata\.sales: .*, nothing changed\n$/);
  assert.equal(await call('commit images sales --dry-run'), 'data.images: nothing to commit.\ndata.sales: nothing to commit.\n');
  for (const name of ['images', 'sales'])
    assert.match(await call(`diff ${name}`, 2), /TG-DATA-NO-FILES: Cannot compare .* none of its files/);
});
