import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openEngine } from '@tidegate/runtime';
import { foreignKeys } from './foreign-keys.ts';
import { inferenceOf } from './test-infer.ts';
import { surveyTable } from './survey.ts';

const airlines = "SELECT 'C' || i AS carrier, i AS id, 'Line ' || i AS name FROM range(20) t(i)";

async function keysOf(query: string): Promise<readonly string[]> {
  const [{ version }, { version: other }] = [await inferenceOf(query), await inferenceOf(airlines)];
  using engine = await openEngine({ threads: 1 });
  const surveys = await surveyTable({ engine, rows: query, version, personal: new Set() });
  const found = await foreignKeys({ engine, rows: query }, surveys, [
    { version: { ...other, dataset: 'airlines' }, rows: () => Promise.resolve(airlines) },
  ]);
  return found.map(({ name }) => name);
}

test('a column whose values all stand in a key of another dataset, by whose name it is called, names its rows', async () => {
  assert.deepEqual(await keysOf("SELECT i AS id, 'C' || i % 7 AS carrier, i % 9 AS airline_id, i % 9 AS airport FROM range(100) t(i)"), [
    'foreignKey ["carrier","airlines","carrier"]',
    'foreignKey ["airline_id","airlines","id"]',
  ]);
});

test('one value that is not there, a key that is none, and few values make no foreign key', async () => {
  assert.deepEqual(await keysOf("SELECT CASE i WHEN 5 THEN 'X' ELSE 'C' || i % 7 END AS carrier FROM range(100) t(i)"), []);
  assert.deepEqual(await keysOf("SELECT 'C' || i AS carrier FROM range(10) t(i)"), []);
  assert.deepEqual(await keysOf('SELECT i % 5 AS id FROM range(100) t(i)'), []);
});
