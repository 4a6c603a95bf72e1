import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { ReplayReport } from '@tidegate/formats';
import { deployTo, environmentsOf } from '../deploy/environments.ts';
import type { Project } from '../project.ts';
import { replayPredictions } from './replay-predictions.ts';
import { makeTestProject, unattended } from '../test-project.ts';
import { shop } from '../test-shop.ts';

const after = '2024-01-01T13:20:00Z'; // the last event of the history: from then on the online store and the datasets know the same

test('what was answered comes out of the datasets again, and what does not is told row by row', async (t) => {
  const project = makeTestProject(t, shop());
  const { release } = await project.run();
  using opened = await project.open();
  await deployTo(opened, 'staging', { release, again: false, reason: 'a test', ...unattended });
  await ask(opened, {
    at: after,
    rows: [
      { town: 'Ulm', distance: 12 },
      { town: 'Bonn', distance: null },
      { town: 'Nowhere', distance: 1 },
    ],
  });
  const same = await eventually(opened, {}, 3);
  // the store has only the newest value: as of an hour ago it knows nothing, the datasets do
  const early = await ask(opened, { at: '2024-01-01T12:20:00Z', rows: [{ town: 'Ulm', distance: 3 }] });

  const differing = await eventually(opened, { output: join(project.root, 'rows.csv') }, 4);
  const window = await replay(opened, { sinceMs: Date.parse(after) });
  const none = await replay(opened, { sinceMs: Date.parse(after) + 1 });

  assert.deepEqual(same.rows, {
    logged: 3,
    incomparable: 0,
    compared: 3,
    equal: 3,
    close: 0,
    differing: 0,
    refused: 0,
    withOtherFeatures: 0,
  });
  assert.deepEqual(
    [same.verdict, same.features, same.examples],
    ['pass', [{ name: 'weather__rain', rows: 3, mismatch: 0, mismatchClose: 0, missing: 0, extra: 0, smape: 0 }], []],
  );
  assert.deepEqual(
    [differing.verdict, differing.rows.differing, differing.rows.withOtherFeatures, differing.features[0]?.missing],
    ['fail', 1, 1, 1],
  );
  const [example] = differing.examples;
  assert.deepEqual([example?.id, example?.outcome, example?.features[0]?.online], [early[0], 'differs', null]);
  assert.equal(readFileSync(join(project.root, 'rows.csv'), 'utf8').split('\n').length, 6);
  assert.deepEqual([window.rows.compared, window.verdict], [3, 'pass']);
  assert.deepEqual([none.rows.logged, none.verdict], [0, 'inconclusive']);
});

test('rows whose keys are personal cannot be compared, and are counted', async (t) => {
  const files = shop();
  const config = (files['tidegate.yaml'] ?? '').replace('features: delivery }', 'features: delivery, log: { personal: [town] } }');
  const project = makeTestProject(t, { ...files, 'tidegate.yaml': config });
  const { release } = await project.run();
  using opened = await project.open();
  await deployTo(opened, 'staging', { release, again: false, reason: 'a test', ...unattended });

  await ask(opened, {
    at: after,
    rows: [
      { town: 'Ulm', distance: 12 },
      { town: null, distance: 1 },
    ],
  });
  const report = await eventually(opened, {}, 2);

  assert.deepEqual([report.rows.logged, report.rows.incomparable, report.rows.equal, report.verdict], [2, 1, 1, 'pass']);
});

test('an environment where nothing was live has nothing to replay', async (t) => {
  const project = makeTestProject(t, shop());
  using opened = await project.open();

  await assert.rejects(replay(opened, {}), /TG-CLI-NOT-FOUND: Cannot replay the predictions of "staging": nothing was ever live there/);
});

function replay(project: Project, some: Partial<Parameters<typeof replayPredictions>[1]>): Promise<ReplayReport> {
  const all = {
    environment: 'staging',
    service: null,
    sinceMs: null,
    untilMs: null,
    tolerance: 1e-9,
    pinned: false,
    output: null,
    receipt: null,
  };
  return replayPredictions(project, { ...all, progress: () => {}, ...unattended, ...some });
}

/** The log is written a moment after the answer. */
async function eventually(project: Project, some: Parameters<typeof replay>[1], rows: number): Promise<ReplayReport> {
  for (;;) {
    const report = await replay(project, some);
    if (report.rows.logged >= rows) return report;
    await delay(100);
  }
}

async function ask(project: Project, body: unknown): Promise<readonly string[]> {
  const address = (await environmentsOf(project)).find(({ name }) => name === 'staging')?.address ?? '';
  const answer = await fetch(`${address}/v1/predict`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  assert.equal(answer.status, 200, text);
  return (JSON.parse(text) as { readonly predictions: readonly { readonly id: string }[] }).predictions.map(({ id }) => id);
}
