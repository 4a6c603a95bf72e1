import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Evidence } from '@tidegate/formats';
import { readRecord } from '../../../store/index.ts';
import { complaints, makeTestProject, unattended } from '../../test-project.ts';
import { shop } from '../../test-shop.ts';
import { driftOfDataset } from './drift-of-dataset.ts';
import { liveReleases } from './live-releases.ts';

const quiet = { ...unattended, progress: () => undefined };

/** A shop whose orders say that they are compared with what is live, and whose last environment is staging. */
function files(): { readonly [path: string]: string } {
  const own = shop();
  const yaml = (own['tidegate.yaml'] ?? '')
    .replace('data/orders.csv }', 'data/orders.csv }, drift: {}')
    .replace('  production: { target: local, after: staging }\n', '');
  return { ...own, 'tidegate.yaml': yaml };
}

/** Every distance is larger by so much. */
function farther(orders: string, by: number): string {
  const [head = '', ...rows] = orders.trimEnd().split('\n');
  const at = head.split(',').indexOf('distance');
  return `${[
    head,
    ...rows.map((row) =>
      row
        .split(',')
        .map((cell, index) => (index === at ? String(Number(cell) + by) : cell))
        .join(','),
    ),
  ].join('\n')}\n`;
}

test('a dataset is compared with the version that the live model was made from, in a run and by hand', async (t) => {
  const own = files();
  const shopProject = makeTestProject(t, own);
  const drift = (evidence: readonly Evidence[]): readonly Evidence[] => evidence.filter(({ kind }) => kind === 'drift');
  const ofOrders = (run: Awaited<ReturnType<typeof shopProject.run>>): readonly Evidence[] =>
    drift(run.record.steps.find(({ step }) => step === 'data.orders')?.evidence ?? []);

  const first = await shopProject.run({ goal: 'staging' });
  assert.equal(first.live.length, 1, complaints(first));
  shopProject.write({ 'data/orders.csv': farther(own['data/orders.csv'] ?? '', 40) });
  const second = await shopProject.run({ goal: 'gate' });

  assert.deepEqual(
    ofOrders(first).map(({ name, verdict, blocking }) => [name, verdict, blocking]),
    [['drift', 'inconclusive', false]],
  );
  assert.deepEqual(
    ofOrders(second).flatMap(({ name, verdict }) => (verdict === 'fail' ? [name] : [])),
    ['drift.distance', 'drift.together.classifier', 'drift.together.reconstruction'],
  );
  using project = await shopProject.open();
  const training = await driftOfDataset(project, 'orders', {
    from: 'rows',
    beyond: { together: true, slices: null },
    before: { kind: 'training' },
    after: { kind: 'version', word: null },
    ...quiet,
  });
  assert.equal(training.before.name, 'what the live model late was trained on');
  assert.deepEqual(
    training.columns.flatMap(({ column, verdict }) => (verdict === 'fail' ? [column] : [])),
    ['distance'],
  );
  const [live] = await liveReleases(project);
  const { trainedOn } = await readRecord(project.store, 'tidegate.model-version/1', live?.model.version ?? assert.fail('a model is live'));
  project.objects.remove(trainedOn ?? assert.fail('it is known'));

  const byProfile = await driftOfDataset(project, 'orders', {
    from: 'profiles',
    beyond: { together: false, slices: null },
    before: { kind: 'training' },
    after: { kind: 'version', word: null },
    ...quiet,
  });

  assert.equal(byProfile.before.name, 'what the live model late was trained on');
  assert.deepEqual(
    byProfile.columns.flatMap(({ column, verdict }) => (verdict === 'fail' ? [column] : [])),
    ['distance'],
  );
  assert.equal(byProfile.before.rows, training.before.rows);
});
