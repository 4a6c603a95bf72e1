import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openEngine } from '@tidegate/runtime';
import { makeTestProject } from '../test-project.ts';
import { describeFile } from './describe-file.ts';
import { pushData } from './push-data.ts';

test('a Parquet file that is only in the remote is described by its footer, and is not fetched', async (t) => {
  const made = makeTestProject(t, {
    'tidegate.yaml': 'version: 1\nproject: shop\ndata: { houses: { from: { files: data/*.parquet } } }\n',
    '.gitignore': 'build/\ndata/\n',
  });
  mkdirSync(join(made.root, 'data'));
  const wide = Array.from({ length: 6 }, (_, index) => `hash(i + ${index}) AS h${index}`).join(', ');
  using engine = await openEngine({ threads: 1 });
  await engine.run(
    `COPY (SELECT i AS id, ${wide} FROM range(40000) t(i)) TO '${join(made.root, 'data/a.parquet')}' (FORMAT parquet, ROW_GROUP_SIZE 20480)`,
  );
  const { record } = await made.run();
  const version = record.steps.find(({ step }) => step === 'data.houses')?.outputs['version']?.digest ?? assert.fail();
  made.write({ 'tidegate.lock': `version: 1\ndata:\n  houses: ${version}\n` });
  made.commit('Pin the data');
  using home = await made.open({ remote: true });
  await pushData(home, []);
  using clone = await made.openClone();

  const here = await describeFile(home, 'houses', 'data/a.parquet');
  const there = await describeFile(clone, 'houses', 'data/a.parquet');

  assert.equal(here.fetched, 0);
  assert.ok(there.fetched <= 64 << 10 && there.bytes > 1_500_000, `${there.fetched} of ${there.bytes}`);
  assert.deepEqual({ ...there, fetched: 0 }, here);
  assert.deepEqual([there.rows, there.rowGroups, there.columns[0]?.max], [40_000, 2, '39999']);
  assert.equal(await clone.objects.has(there.digest), false);
  await assert.rejects(
    describeFile(clone, 'houses', 'data/b.parquet'),
    /TG-CLI-NOT-FOUND: Cannot describe a file of data\.houses: its pinned version has no file/,
  );
});
