import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { hostileRows, testsByRow } from './hostile-rows.ts';

const root = resolve(import.meta.dirname, '../..');

test('every row of the hostile inputs has a test with its number, and the page of the tests names one of its files', () => {
  const tests = testsByRow(root);
  const page = readFileSync(join(root, 'docs/explanation/how-it-is-tested.md'), 'utf8');
  const told = new Map(
    [...page.matchAll(/^\| (\d+) \|.*\| (.*) \|$/gm)].map(([, row, files = '']) => [
      Number(row),
      [...files.matchAll(/`([^`]+)`/g)].map(([, file = '']) => file),
    ]),
  );

  const rows = Object.keys(hostileRows).map(Number);
  assert.deepEqual(
    rows.filter((row) => !tests.has(row)),
    [],
    'rows without a test',
  );
  assert.deepEqual([...told.keys()], rows, 'rows of the page');
  const wrong = rows.flatMap((row) =>
    (told.get(row) ?? []).filter((file) => !tests.get(row)?.some((path) => path.endsWith(`/${file}`))).map((file) => `${row}: ${file}`),
  );
  assert.deepEqual(wrong, [], 'files that have no test with the number of the row');
});
