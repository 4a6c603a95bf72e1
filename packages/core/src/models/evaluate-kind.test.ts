import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Digest, Evaluation, Evidence, Json, ModelVersion } from '@tidegate/formats';
import { TidegateError } from '@tidegate/formats';
import type { StepResult } from '../pipeline/index.ts';
import {
  type EvaluationRig,
  flightInputs,
  flightRows,
  keyOf,
  linearModel,
  noteResult,
  ofPredictions,
  openRig,
  projectOf,
  releaseOf,
  trainingKey,
} from './fixtures/evaluation-rig.ts';
import { listModelVersions } from './registry.ts';
import { replayEvaluation } from './replay.ts';

const meaning = `sha256:${'f'.repeat(64)}` as Digest;

async function evaluationOf(rig: EvaluationRig, result: StepResult): Promise<Evaluation> {
  return (await rig.store.readJson(result.outputs['evaluation']?.digest ?? trainingKey)) as unknown as Evaluation;
}

function evidenceNamed({ evidence }: StepResult, name: string): Evidence | undefined {
  return evidence.find((one) => one.name === name);
}

test('without champion a model is judged by its limits, registered with its signature, and says so', async () => {
  await using rig = await openRig();
  const config = projectOf({ slices: ['origin'] }, { min: { auc: 0.55 }, max: { log_loss: 0.9 }, size: { most: 10_000, times: null } });

  const result = await rig.evaluate(config, { inputs: await flightInputs(rig, linearModel(0.35, 0.35)), champion: null });

  const evaluation = await evaluationOf(rig, result);
  const version = (await rig.store.readJson(evaluation.modelVersion)) as unknown as ModelVersion;
  assert.equal(evaluation.verdict, 'pass');
  assert.deepEqual(
    evaluation.metrics.map(({ name, method, rows }) => [name, method, rows]),
    [
      ['auc', 'delong', 3000],
      ['log_loss', 'student-t', 3000],
    ],
  );
  assert.deepEqual(evaluation.slices.map(({ value }) => value).toSorted(), ['EWR', 'JFK', 'LGA']);
  assert.deepEqual(
    evaluation.curves.map(({ name }) => name),
    ['roc', 'calibration', 'scores-positive', 'scores-negative'],
  );
  assert.deepEqual(version.signature, {
    task: 'binary',
    inputs: [
      { name: 'wind', type: 'number' },
      { name: 'load', type: 'number' },
      { name: 'origin', type: 'string' },
    ],
    classes: ['false', 'true'],
  });
  assert.equal(version.flavor, 'function');
  assert.deepEqual(
    listModelVersions(rig.state, 'flights').map(({ digest }) => digest),
    [evaluation.modelVersion],
  );
  assert.match(
    evidenceNamed(result, 'champion')?.reason ?? '',
    /^No champion is live in "production": the gate applies its absolute limits only$/,
  );
  assert.equal(evidenceNamed(result, 'min.auc')?.verdict, 'pass');
  assert.equal(evidenceNamed(result, 'size')?.verdict, 'pass');
});

test('a candidate as good as the champion passes, on rows the champion was not trained on, and its champion is part of the key', async () => {
  await using rig = await openRig();
  const config = projectOf(
    { slices: ['origin'] },
    { slices: { margin: { kind: 'absolute', value: 0.05 }, minRows: 100, inconclusive: 'warn' } },
  );
  // the champion knows the first 500 rows of the test set
  const trained = await rig.putTable(flightRows(0, 4500));
  const champion = await releaseOf(rig, await rig.put('delay.py', linearModel(0.34, 0.36)), {
    trainedOn: trained.digest,
    features: meaning,
  });
  const seen: { facts: { readonly [name: string]: Json }; asked: string } = { facts: {}, asked: '' };
  const inputs = await flightInputs(rig, linearModel(0.35, 0.35));

  const result = await rig.evaluate(config, {
    inputs,
    champion,
    onFacts: (facts) => (seen.facts = facts),
    onChampionRequest: ({ candidate, model, project }) => (seen.asked = `${project} ${model} ${candidate}`),
  });

  const evaluation = await evaluationOf(rig, result);
  assert.equal(evaluation.verdict, 'pass');
  assert.equal(evaluation.rowsExcluded, 500);
  assert.equal(evaluation.comparisons[0]?.rows, 2500);
  assert.equal(evaluation.comparisons[0]?.verdict, 'pass');
  assert.equal(evaluation.sliceComparisons.length, 3);
  assert.equal(evaluation.champion?.modelVersion, champion.manifest.model.version);
  assert.deepEqual(seen.facts['champion'], { release: champion.release, modelVersion: champion.manifest.model.version });
  assert.equal(seen.asked, `flights delay ${inputs['steps.train/model']?.digest}`);
  assert.match(evidenceNamed(result, 'validity.champion')?.reason ?? '', /500 rows the champion was trained on are left out/);
});

test('a worse candidate fails with the slices that got worse, and the verdict can be computed again from the record', async () => {
  await using rig = await openRig();
  const config = projectOf(
    { slices: ['origin'] },
    { slices: { margin: { kind: 'absolute', value: 0.02 }, minRows: 100, inconclusive: 'warn' } },
  );
  const champion = await releaseOf(rig, await rig.put('delay.py', linearModel(0.35, 0.35)), { trainedOn: null, features: meaning });

  const result = await rig.evaluate(config, { inputs: await flightInputs(rig, linearModel(0.35, 0)), champion });

  const evaluation = await evaluationOf(rig, result);
  const replayed = await replayEvaluation(rig.store, result.outputs['evaluation']?.digest ?? trainingKey);
  assert.equal(evaluation.verdict, 'fail');
  assert.match(evidenceNamed(result, 'primary.auc')?.reason ?? '', /proven worse, at 95 % confidence by 0\.\d+ or more/);
  assert.ok(result.evidence.filter((one) => one.kind === 'slice' && one.verdict === 'fail' && one.blocking).length > 0);
  assert.match(evidenceNamed(result, 'validity.champion')?.reason ?? '', /which rows the champion was trained on is not known/);
  assert.deepEqual(replayed.evidence, ofPredictions(result.evidence));
  assert.deepEqual(replayed.comparisons, evaluation.comparisons);
  assert.deepEqual(replayed.metrics, evaluation.metrics);
});

test('a champion with other feature definitions is scored on its own test set, joined by id', async () => {
  await using rig = await openRig();
  const other = `sha256:${'e'.repeat(64)}` as Digest;
  const champion = await releaseOf(rig, await rig.put('delay.py', linearModel(0.35, 0.35)), { trainedOn: null, features: other });
  // the champion's wind is in another unit, its rows come in another order, and ten of them are missing
  const own = await rig.putTable(`SELECT * REPLACE (wind / 2 AS wind) FROM (${flightRows(4010, 7000)}) ORDER BY "at" DESC`);
  const asked: Digest[] = [];

  const result = await rig.evaluate(projectOf({}), {
    inputs: await flightInputs(rig, linearModel(0.35, 0.35)),
    champion,
    championTestSet: async (definitions) => {
      asked.push(definitions);
      return rig.store.pathOf(own.digest);
    },
  });

  const { comparisons } = await evaluationOf(rig, result);
  assert.deepEqual(asked, [other]);
  assert.equal(comparisons[0]?.rows, 2990);
  assert.ok((comparisons[0]?.difference ?? 0) > 0);
  assert.match(evidenceNamed(result, 'validity.champion')?.reason ?? '', /10 rows are none of the champion's test set/);
});

test('a champion that cannot be scored makes the comparison invalid, and the step does not fail', async () => {
  await using rig = await openRig();
  const broken = await releaseOf(rig, await rig.put('delay.py', 'raise ValueError("made for another Python")'), {
    trainedOn: null,
    features: meaning,
  });

  const result = await rig.evaluate(projectOf({}), { inputs: await flightInputs(rig, linearModel(0.35, 0.35)), champion: broken });

  assert.equal((await evaluationOf(rig, result)).verdict, 'invalid');
  assert.match(
    evidenceNamed(result, 'validity.champion')?.reason ?? '',
    /^The champion cannot be scored on these rows: .*made for another Python/,
  );
});

test('a champion whose training rows have another id makes the comparison invalid', async () => {
  await using rig = await openRig();
  const trained = await rig.putTable(`SELECT flight AS leg, * EXCLUDE (flight) FROM (${flightRows(0, 10)})`);
  const champion = await releaseOf(rig, await rig.put('delay.py', linearModel(0.35, 0.35)), {
    trainedOn: trained.digest,
    features: meaning,
  });

  const result = await rig.evaluate(projectOf({}), { inputs: await flightInputs(rig, linearModel(0.3, 0.35)), champion });

  assert.equal(
    evidenceNamed(result, 'validity.champion')?.reason,
    'Which of these rows the champion was trained on cannot be told: its training set does not have their id "flight"',
  );
  assert.equal((await evaluationOf(rig, result)).verdict, 'invalid');
});

test('a model that gives other predictions to a row alone fails its smoke tests, and what it makes of unusual rows is a warning', async () => {
  await using rig = await openRig();
  const model = 'def predict(rows):\n    return [min(0.9, 1 / len(rows)) + 0 * row["wind"] for row in rows]\n';

  const result = await rig.evaluate(projectOf({}), { inputs: await flightInputs(rig, model), champion: null });

  const [smoke, unusual] = [evidenceNamed(result, 'smoke'), evidenceNamed(result, 'smoke.unusual')];
  assert.deepEqual([smoke?.kind, smoke?.subject, smoke?.verdict, smoke?.blocking], ['test', 'models.delay', 'fail', true]);
  assert.match(
    smoke?.reason ?? '',
    /^1 of 3 smoke tests of the model failed, the first one "a row alone gets what it gets among others": A row gets 0\.0\d+ and then 0\.9$/,
  );
  assert.deepEqual([unusual?.verdict, unusual?.blocking], ['fail', false]);
  assert.match(unusual?.reason ?? '', /"a missing field gets a prediction": .*"wind" gives error/);
});

/** The model reaches the program that runs it only where there is no sandbox. */
const unsealed = { TIDEGATE_SANDBOX: 'off' };

test('a model that ends the process while it is tried fails, and its rows are judged', async () => {
  await using rig = await openRig();
  const model =
    'import os, signal\n\n\ndef predict(rows):\n    if len(rows) < 8:\n        os.kill(os.getppid(), signal.SIGKILL)\n    return [0.5 for row in rows]\n';

  const result = await rig.evaluate(projectOf({}), { inputs: await flightInputs(rig, model), champion: null, variables: unsealed });

  assert.equal(evidenceNamed(result, 'smoke')?.verdict, 'fail');
  assert.match(evidenceNamed(result, 'smoke')?.reason ?? '', /Its process ended while it was tried: .*signal SIGKILL/);
  assert.equal((await evaluationOf(rig, result)).rows > 1000, true);
});

test('a model that ends its process is a failure with what it said', async () => {
  await using rig = await openRig();
  const inputs = await flightInputs(rig, 'def predict(rows):\n    raise KeyError("gust")\n');

  await assert.rejects(rig.evaluate(projectOf({}), { inputs, champion: null }), (error) => {
    assert.ok(error instanceof TidegateError);
    assert.match(error.diagnostics[0].message, /gust/);
    return true;
  });
});

test('a program that is killed while it runs a model is a failure that says so', async () => {
  await using rig = await openRig();
  const inputs = await flightInputs(rig, 'import os, signal\n\n\ndef predict(rows):\n    os.kill(os.getppid(), signal.SIGKILL)\n');

  await assert.rejects(
    rig.evaluate(projectOf({}), { inputs, champion: null, variables: unsealed }),
    /TG-MODELS-PROGRAM: Cannot run the model: its process ended with signal SIGKILL/,
  );
});

test('a pickle that uses a name on no list is refused before anything loads it, and one that the project trusts is looked at again', async () => {
  await using rig = await openRig();
  const pickle = Buffer.from('cshop.model\nBlend\n)R.');
  const artifact = await rig.put('delay.pkl', pickle);
  noteResult(rig.state, { step: 'steps.train', key: keyOf(artifact.digest), outputs: { model: artifact } });
  const inputs = { ...(await flightInputs(rig, linearModel(0.35, 0.35))), 'steps.train/model': artifact };
  const config = projectOf({}, {}, 'delay.pkl');
  const trusting = { ...config, models: { delay: { ...config.models['delay'], trust: ['shop.model.Blend'] } } } as typeof config;
  const evaluate = (by: typeof config): Promise<StepResult> => rig.evaluate(by, { inputs, champion: null });

  await assert.rejects(evaluate(config), (error) => {
    assert.ok(error instanceof TidegateError);
    assert.equal(error.diagnostics[0].code, 'TG-MODELS-UNSAFE');
    assert.match(error.message, /byte 0: it imports "shop.model.Blend"/);
    assert.match(error.diagnostics[0].hint ?? '', /trust: \[shop.model.Blend\]/);
    return true;
  });
  // now it is loaded, in a Python that has no such package
  await assert.rejects(evaluate(trusting), /TG-SERVING-MODEL: .*No module named 'shop'/);
});
