import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { digest } from '@tidegate/formats';
import { noteReplaced } from '../../store/index.ts';
import { pins, sea } from './test-sea.ts';

test('what is read later is what the next run works with, and only what came later is asked for', async (t) => {
  const { root, database, run, read } = sea(t);
  await run();
  const before = await pins(root);
  database.exec("INSERT INTO weather VALUES (3, 'Bern')");

  const added = await read();
  assert.deepEqual([added.rows, added.readRows, added.isNew], [3, 2, true]);
  await run();
  assert.notEqual(await pins(root), before);

  const again = await read();
  assert.deepEqual([again.rows, again.readRows, again.isNew], [3, 1, false]);
});

test('the same rows in another order are the same version', async (t) => {
  const { root, database, run, read } = sea(t);
  await run();
  const before = await pins(root);
  database.exec(
    "DROP TABLE weather; CREATE TABLE weather (id INTEGER, place TEXT, PRIMARY KEY (id)); INSERT INTO weather VALUES (1, 'Oslo'), (2, 'Rome')",
  );

  assert.equal((await read()).isNew, false);
  await run();
  assert.equal(await pins(root), before);
});

test('a column that changed is told, with what it is now', async (t) => {
  const { database, read } = sea(t);
  await read();
  database.exec('ALTER TABLE weather RENAME COLUMN place TO town; ALTER TABLE weather ADD COLUMN wind REAL DEFAULT 1.5');

  const { changes, isNew } = await read();

  assert.equal(isNew, true);
  assert.deepEqual(changes, [
    { kind: 'renamed', column: 'town', from: 'place', evidence: '100 % of the values are equal' },
    { kind: 'added', column: 'wind', type: 'DOUBLE' },
  ]);
});

test('a version that is pinned and nowhere at hand is no reason to read another one, stops what depends on it only, and is read anew when that is asked for', async (t) => {
  const { root, run, read } = sea(t);
  const lock = join(root, 'tidegate.lock');
  writeFileSync(lock, `version: 1\ndata:\n  weather: sha256:${'1'.repeat(64)}\n`);
  writeFileSync(join(root, 'other.sh'), 'true\n');
  appendFileSync(join(root, 'tidegate.yaml'), 'tests: { other: { run: sh other.sh, in: [other.sh] } }\n');

  const { record } = await run({ keepGoing: true });
  const of = (name: string) => record.steps.find(({ step }) => step === name);
  assert.equal(of('data.weather')?.failure?.code, 'TG-DATA-NOT-READ');
  assert.match(of('data.weather')?.failure?.message ?? '', /neither on this machine nor on a remote/);
  assert.equal(of('steps.list')?.status, 'blocked');
  assert.equal(of('tests.other')?.status, 'done', JSON.stringify(record.steps));
  assert.match(readFileSync(lock, 'utf8'), /sha256:1{64}/);

  await read();
  const again = await run();
  assert.equal(again.record.status, 'succeeded', JSON.stringify(again.record.steps.map(({ failure }) => failure)));
  assert.doesNotMatch(readFileSync(lock, 'utf8'), /sha256:1{64}/);
});

test('a pin from before rows were forgotten stands for what is in its place now', async (t) => {
  const { root, run, inProject } = sea(t);
  await run();
  const lock = join(root, 'tidegate.lock');
  const text = readFileSync(lock, 'utf8');
  const after = digest(/sha256:\w+/.exec(text)?.[0] ?? '');
  const before = digest(`sha256:${'1'.repeat(64)}`);
  await inProject(async ({ state, name }) =>
    state.commit(() => noteReplaced(state, { id: 'all of Rome', project: name }, [{ before, after }])),
  );
  writeFileSync(lock, text.replace(after, before));

  const { record } = await run();
  assert.equal(record.status, 'succeeded', JSON.stringify(record.steps.map(({ failure }) => failure)));
});
