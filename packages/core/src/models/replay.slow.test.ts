import assert from 'node:assert/strict';
import { test } from 'node:test';
import { digest, type Evaluation, hexOf } from '@tidegate/formats';
import type { StepResult } from '../pipeline/index.ts';
import { join } from 'node:path';
import { folderObjectStore, readRecord } from '../store/index.ts';
import {
  type EvaluationRig,
  flightInputs,
  flightMeaning,
  linearModel,
  noteResult,
  ofPredictions,
  openRig,
  projectOf,
  releaseOf,
  trainingKey,
} from './fixtures/evaluation-rig.ts';
import { replayEvaluation } from './replay.ts';

const slices = ['origin'];
const fairness = { by: slices, measures: ['demographic_parity', 'auc'], margin: 0.02, max: 0.9, minRows: 100 };
const calibration = { metric: 'brier' as const, margin: { kind: 'relative' as const, value: 0.05 } };
const sliceGate = { margin: { kind: 'absolute' as const, value: 0.01 }, minRows: 100, inconclusive: 'warn' as const };

/** Replays in a store that has nothing but what the evaluation names, with no state at all. */
async function replayed(rig: EvaluationRig, result: StepResult): Promise<Awaited<ReturnType<typeof replayEvaluation>>> {
  const evaluation = digest(result.outputs['evaluation']?.digest ?? '');
  const { replay } = await readRecord(rig.store, 'tidegate.evaluation/1', evaluation);
  const bare = folderObjectStore(join(rig.folder, `bare-${hexOf(evaluation).slice(0, 8)}`));
  for (const one of [evaluation, replay.predictions]) await bare.putBytes(await rig.store.readBytes(one));
  rig.state.prepare('DELETE FROM result').run();
  rig.state.prepare('DELETE FROM model_version').run();
  return replayEvaluation(bare, evaluation);
}

async function isSame(rig: EvaluationRig, result: StepResult): Promise<readonly string[]> {
  const again = await replayed(rig, result);
  assert.deepEqual(JSON.parse(JSON.stringify(again.evidence)), JSON.parse(JSON.stringify(ofPredictions(result.evidence))));
  return again.evidence.map(({ name }) => name);
}

test('validity, limits, primary metric, slices, groups, calibration and what a person let through are judged again by the record alone', async () => {
  await using rig = await openRig();
  const champion = await releaseOf(rig, await rig.put('delay.py', linearModel(0.35, 0.35)), { trainedOn: null, features: flightMeaning });
  const inputs = await flightInputs(rig, linearModel(0.35, -0.2));
  const override = {
    check: 'min.auc',
    model: hexOf(digest(inputs['steps.train/model']?.digest ?? '')).slice(0, 12),
    person: 'Ann Lee',
    reason: 'a trial',
  };
  const gate = { min: { auc: 0.99 }, size: { most: 10, times: 1.5 }, fairness, calibration, slices: sliceGate, overrides: [override] };

  const result = await rig.evaluate(projectOf({ metrics: ['auc', 'brier'], slices }, gate), { inputs, champion });

  const names = await isSame(rig, result);
  for (const form of [
    /^validity\./,
    /^size$/,
    /^size\.champion$/,
    /^min\.auc$/,
    /^primary\.auc$/,
    /^slice\.origin=/,
    /^fairness\./,
    /^calibration/,
  ])
    assert.ok(
      names.some((name) => form.test(name)),
      `${form} is not among ${names.join(', ')}`,
    );
  const let_ = result.evidence.find(({ name }) => name === 'min.auc');
  assert.deepEqual([let_?.verdict, let_?.blocking], ['fail', false]);
});

test('a number that was carried is in the record, so that the verdict needs neither the champion nor its evaluation any more', async () => {
  await using rig = await openRig();
  const inputs = await flightInputs(rig, linearModel(0.35, 0.35));
  const before = await rig.evaluate(projectOf({}, { min: { auc: 0.55 } }), { inputs, champion: null });
  noteResult(rig.state, { step: 'models.delay', key: trainingKey, outputs: before.outputs });
  const released = await releaseOf(rig, inputs['steps.train/model'] ?? assert.fail(), { trainedOn: null, features: flightMeaning });
  const version = digest(before.outputs['version']?.digest ?? '');
  const champion = { ...released, manifest: { ...released.manifest, model: { ...released.manifest.model, version } } };
  const policies = { primary: 'carry', slices: 'refresh', calibration: 'refresh', fairness: 'refresh' } as const;
  const artifact = await rig.put('delay.py', linearModel(0.3, 0.36));
  noteResult(rig.state, { step: 'steps.train', key: digest(`sha256:${'b'.repeat(64)}`), outputs: { model: artifact } });

  const result = await rig.evaluate(projectOf({}, { baseline: policies }), {
    inputs: { ...inputs, 'steps.train/model': artifact },
    champion,
  });

  const carried = result.evidence.find(({ name }) => name === 'primary.auc');
  assert.match(carried?.reason ?? '', /carried from when the champion was let through/);
  const { replay } = (await rig.store.readJson(digest(result.outputs['evaluation']?.digest ?? ''))) as unknown as Evaluation;
  assert.match(JSON.stringify(replay.request), /"carried":\{/);
  await isSame(rig, result);
});

test('what is invalid is invalid again', async () => {
  await using rig = await openRig();
  const inputs = await flightInputs(rig, 'def predict(rows):\n    return [float("nan")] * len(rows)\n');

  const result = await rig.evaluate(projectOf({}, { min: { auc: 0.5 } }), { inputs, champion: null });

  assert.equal(result.facts['verdict'], 'invalid');
  await isSame(rig, result);
});
