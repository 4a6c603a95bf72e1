import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { deployTo, environmentsOf } from '../deploy/environments.ts';
import { explainPrediction, isPredictionId } from './explain-prediction.ts';
import { makeTestProject, unattended } from '../test-project.ts';
import { shop } from '../test-shop.ts';

test('a prediction is explained by its id: what it was given, who answered, and what to ask for the same answer', async (t) => {
  const project = makeTestProject(t, shop());
  const commit = project.commit('A commit of its own');
  const { release } = await project.run();
  using opened = await project.open();
  await deployTo(opened, 'staging', { release, again: false, reason: 'a test', ...unattended });
  const address = (await environmentsOf(opened)).find(({ name }) => name === 'staging')?.address ?? '';
  const at = '2026-01-01T05:00:00.000Z';

  const answered = await ask(address, { at, rows: [{ town: 'Ulm', distance: 12 }] });
  const found = await eventually(() => explainPrediction(opened, answered.id));

  assert.ok(isPredictionId(answered.id));
  assert.equal(found.prediction, answered.prediction);
  assert.equal(found.environment, 'staging');
  assert.equal(found.deployment?.commit, commit);
  assert.deepEqual(Object.keys(found.datasets ?? {}), ['orders', 'weather']);
  assert.deepEqual(Object.keys(found.views), ['weather']);
  assert.deepEqual(
    found.inputs.map(({ name, from, status }) => [name, from, status]),
    [
      ['distance', 'sent', null],
      ['weather__rain', 'looked up', null],
    ],
  );
  assert.equal((await ask(address, found.reproduce.body)).prediction, answered.prediction);
});

test('a prediction that no log has is told so', async (t) => {
  const project = makeTestProject(t, shop());
  using opened = await project.open();

  await assert.rejects(explainPrediction(opened, '01933f3a-7c1b-7000-9d2e-0a1b2c3d4e5f'), /TG-CLI-NOT-FOUND: Cannot explain prediction/);
});

async function ask(address: string, body: unknown): Promise<{ readonly id: string; readonly prediction: number }> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${address}/v1/predict`, { method: 'POST', headers, body: JSON.stringify(body) });
  const text = await answer.text();
  assert.equal(answer.status, 200, text);
  const { predictions } = JSON.parse(text) as { readonly predictions: readonly { readonly id: string; readonly prediction: number }[] };
  return predictions[0] ?? assert.fail('there is no prediction');
}

/** The log is written a moment after the answer. */
async function eventually<T>(look: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await look();
    } catch (error) {
      if (attempt === 100) throw error;
      await delay(50);
    }
  }
}
