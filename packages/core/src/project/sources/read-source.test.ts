import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { pins, sea } from './test-sea.ts';

test('a run reads a source that was never read, pins the version, and its steps see plain Parquet files', async (t) => {
  const { root, database, run } = sea(t);

  const first = await run();
  assert.equal(first.record.status, 'succeeded', JSON.stringify(first.record.steps.map(({ failure }) => failure)));
  assert.equal(readFileSync(join(root, 'list.txt'), 'utf8'), 'part-000000.parquet\nPAR1');
  const pinned = await pins(root);
  assert.notEqual(pinned, undefined);

  database.exec("INSERT INTO weather VALUES (3, 'Bern')");
  const second = await run();
  assert.equal(await pins(root), pinned);
  assert.ok(
    second.record.steps.every(({ status }) => status === 'hit'),
    JSON.stringify(second.record.steps.map(({ status }) => status)),
  );
});
