import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { openEngine } from '@tidegate/runtime';
import { testDataset } from '../test-dataset.ts';
import { runDrift } from './run-drift.ts';

const setting = { severity: 'error', from: 'profiles', by: 'windows', seasons: true, floor: 0.1, falseAlarms: 0.01, ignore: [] } as const;

test('in a run profiles are compared without an engine, and without a profile that is kept nothing passes', async () => {
  await using dataset = await testDataset();
  await dataset.writeParquet('t.parquet', 'SELECT i / 7 AS x FROM range(6000) t(i)');
  const { version, result } = await dataset.run();
  const { parts: _, ...profile } = version.profile;
  const unkept = await dataset.store.putJson({ ...version, profile });
  const place = {
    version,
    store: dataset.store,
    openEngine: (): ReturnType<typeof openEngine> => assert.fail('an engine was opened'),
    folder: join(dataset.root, 'scratch'),
    signal: new AbortController().signal,
  };
  const reference = result.outputs['version']?.digest ?? null;

  const same = await runDrift({ ...place, setting: { ...setting, reference } });
  const none = await runDrift({ ...place, setting: { ...setting, reference: unkept.digest } });

  assert.deepEqual(
    same.map(({ name, verdict, blocking }) => [name, verdict, blocking]),
    [['drift.x', 'pass', false]],
  );
  assert.deepEqual(
    none.map(({ name, verdict, blocking }) => [name, verdict, blocking]),
    [['drift', 'inconclusive', true]],
  );
  assert.match(
    none[0]?.reason ?? '',
    /^No profile of version [0-9a-f]{12} is kept that rows could be counted in; the rows would tell: "from: rows"$/,
  );
});
