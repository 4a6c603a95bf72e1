import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import type { Printed } from '../../test-command-line.ts';
import { testPlace } from '../../test-place.ts';

const yaml = `version: 1
project: sea
data: { weather: { from: { sqlite: { file: weather.db, table: weather } } } }
steps: { list: { run: sh -c "ls data/weather > list.txt", in: data.weather, out: { list: list.txt } } }
models: {}
environments: {}
`;

test('data add reads a source and tells what changed, data commit pins it, and data checkout places it as Parquet', async (t) => {
  const { path, call: callWords } = testPlace(t, { files: { 'tidegate.yaml': yaml } });
  const database = new DatabaseSync(path('weather.db'));
  t.after(() => database.close());
  database.exec("CREATE TABLE weather (id INTEGER PRIMARY KEY, place TEXT); INSERT INTO weather VALUES (1, 'Oslo'), (2, 'Rome')");
  const call = (line: string): Promise<Printed> => callWords(line.split(' '));

  const added = await call('data add weather');
  assert.match(added.stdout, /^data\.weather: 2 rows, 2 read; [0-9a-f]+, .* new\.\n$/, added.stderr);
  assert.equal(readFileSync(path('tidegate.yaml'), 'utf8'), yaml);
  const committed = await call('data commit weather');
  assert.match(committed.stdout, /data\.weather: version [0-9a-f]+ is pinned/, committed.stderr);
  const status = await call('data status weather');
  assert.equal(status.code, 0, status.stderr);
  const placed = await call('data checkout weather');
  assert.match(placed.stdout, /Placed 1 file of data\.weather/, placed.stderr);
  assert.deepEqual(readdirSync(path('data/weather')), ['part-000000.parquet']);

  database.exec('ALTER TABLE weather RENAME COLUMN place TO town');
  const changed = await call('data add weather');
  assert.match(
    changed.stdout,
    /! The column "place" is called "town" now: 100 % of the values are equal\n {4}what depends on it: steps\.list\n/,
  );
  const ran = await call('run');
  assert.equal(ran.code, 0, ran.stderr);
  assert.match(readFileSync(path('tidegate.lock'), 'utf8'), /weather: sha256:/);
  const log = await call('data log weather');
  assert.equal(log.stdout.split('\n').filter((line) => line !== '').length, 2);
});
