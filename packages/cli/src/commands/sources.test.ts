import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { callCommandLine } from '../test-command-line.ts';

const yaml = `version: 1
project: sea
data:
  tides: { from: { files: tides.csv } }
  weather: { from: { sqlite: { file: weather.db, table: weather } } }
`;

test('sources check says of every source whether it can be read, and ends with 1 when one cannot', async (t) => {
  const root = mkdtempSync(join(tmpdir(), 'tidegate-sources-'));
  t.after(() => rmSync(root, { recursive: true }));
  writeFileSync(join(root, 'tidegate.yaml'), yaml);
  writeFileSync(join(root, 'tides.csv'), 'a\n1\n');
  const call = (...words: readonly string[]) =>
    callCommandLine(['sources', 'check', ...words], {
      cwd: root,
      variables: { PATH: process.env['PATH'], TIDEGATE_HOME: join(root, 'home') },
    });

  const missing = await call();
  assert.equal(missing.code, 1);
  assert.match(missing.stdout, /^pass data\.tides: "tides\.csv"\n  ✓ 1 files match "tides\.csv"\n  ✓ All of them can be read\n/);
  assert.match(missing.stdout, /fail data\.weather: .*\n  ✗ Cannot read "weather\.db": there is no such file\n      fix: Correct "file"/);

  const database = new DatabaseSync(join(root, 'weather.db'));
  database.exec('CREATE TABLE weather (id INTEGER PRIMARY KEY)');
  database.close();
  const found = await call('weather', '--json');
  assert.equal(found.code, 0);
  const [only] = JSON.parse(found.stdout) as readonly { readonly dataset: string; readonly verdict: string }[];
  assert.deepEqual([only?.dataset, only?.verdict], ['weather', 'pass']);

  assert.equal((await call('none')).code, 2);
  const dropped = await callCommandLine(['sources', 'drop-slot', 'weather'], {
    cwd: root,
    variables: { PATH: process.env['PATH'], TIDEGATE_HOME: join(root, 'home') },
  });
  assert.deepEqual([dropped.code, /not read by replication/.test(dropped.stderr)], [2, true]);
});
