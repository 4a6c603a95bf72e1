import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Artifact, Digest, Evaluation, Evidence } from '@tidegate/formats';
import type { StepResult } from '../pipeline/index.ts';
import {
  type EvaluationRig,
  featureRecord,
  flightRows,
  linearModel,
  noteResult,
  ofPredictions,
  openRig,
  projectOf,
  releaseOf,
  trainingKey,
} from './fixtures/evaluation-rig.ts';
import { replayEvaluation } from './replay.ts';

const meaning = `sha256:${'f'.repeat(64)}` as Digest;

async function inputsFor(
  rig: EvaluationRig,
  model: string,
  rows: { readonly test: string; readonly train: string },
): Promise<{ readonly [name: string]: Artifact }> {
  const artifact = await rig.put('delay.py', model);
  noteResult(rig.state, { step: 'steps.train', key: trainingKey, outputs: { model: artifact } });
  return {
    'steps.train/model': artifact,
    'features.delay/test': await rig.putTable(rows.test),
    'features.delay/train': await rig.putTable(rows.train),
    'features.delay/record': await rig.putJson(featureRecord(meaning)),
  };
}

const flights = { test: flightRows(4000, 6000), train: flightRows(0, 4000) };

async function evaluationOf(rig: EvaluationRig, result: StepResult): Promise<Evaluation> {
  return (await rig.store.readJson(result.outputs['evaluation']?.digest ?? trainingKey)) as unknown as Evaluation;
}

function named({ evidence }: StepResult, name: string): Evidence | undefined {
  return evidence.find((one) => one.name === name);
}

test('a model is held against a constant and a linear model without being asked, and what beats nothing is seen', async () => {
  await using rig = await openRig();
  const config = projectOf({ metrics: ['auc', 'log_loss'] }, { min: { auc: 0.5 } });

  const result = await rig.evaluate(config, { inputs: await inputsFor(rig, linearModel(0.35, 0), flights), champion: null });

  const { baselines = [], verdict } = await evaluationOf(rig, result);
  assert.deepEqual(
    baselines.map(({ name }) => name),
    ['constant', 'linear'],
  );
  assert.equal(baselines[0]?.metrics[0]?.value, 0.5);
  assert.match(
    named(result, 'baseline.constant')?.reason ?? '',
    /^auc is 0\.\d+, that of a constant 0\.5 on the same 2,000 rows: better at 95 % confidence by 0\.\d+ or more$/,
  );
  // the model knows only one of the two inputs that decide, a linear model both
  assert.match(named(result, 'baseline.linear')?.reason ?? '', /proven worse than it, at 95 % confidence by 0\.0\d+ or more$/);
  assert.deepEqual(
    [named(result, 'baseline.linear')?.verdict, named(result, 'baseline.linear')?.blocking, verdict],
    ['fail', false, 'pass'],
  );
  const replayed = await replayEvaluation(rig.store, result.outputs['evaluation']?.digest ?? trainingKey);
  assert.deepEqual(replayed.evidence, ofPredictions(result.evidence));
});

test('baselines are made for several classes, numbers with a last value, and several labels', async () => {
  await using rig = await openRig();
  const third = "CASE WHEN wind > 0.6 THEN 'c' WHEN load > 0.5 THEN 'b' ELSE 'a' END";
  const labelled = (late: string): { readonly test: string; readonly train: string } => ({
    test: `SELECT * REPLACE (${late} AS late) FROM (${flights.test})`,
    train: `SELECT * REPLACE (${late} AS late) FROM (${flights.train})`,
  });
  const say = (expression: string, more = ''): string => `${more}def predict(rows):
    records = rows.to_dict("records") if hasattr(rows, "to_dict") else rows
    return [${expression} for row in records]
`;

  const classes = await evaluationOf(
    rig,
    await rig.evaluate(projectOf({ metrics: ['accuracy', 'log_loss'] }), {
      inputs: await inputsFor(rig, say('[0.4, 0.3, 0.3]'), labelled(third)),
      champion: null,
    }),
  );
  rig.state.prepare('DELETE FROM result').run();
  const numbers = await evaluationOf(
    rig,
    await rig.evaluate(projectOf({ metrics: ['mae'], forecast: { time: 'at', horizonMs: 60_000, series: [] } }), {
      inputs: await inputsFor(rig, say('2 * row["wind"]'), labelled("2 * wind + load + (origin = 'JFK')::INT")),
      champion: null,
    }),
  );
  rig.state.prepare('DELETE FROM result').run();
  const labels = await evaluationOf(
    rig,
    await rig.evaluate(projectOf({ metrics: ['f1'] }), {
      inputs: await inputsFor(
        rig,
        say('[0.9, 0.9]', 'classes = ["l", "w"]\n'),
        labelled("list_filter(['w', 'l'], x -> (x = 'w' AND wind > 0.5) OR (x = 'l' AND load > 0.5))"),
      ),
      champion: null,
    }),
  );

  const values = ({ baselines = [] }: Evaluation): readonly (readonly [string, number])[] =>
    baselines.map(({ name, metrics: [metric] }) => [name, Number(metric?.value.toFixed(2))]);
  // four in ten are "c"; a line tells the classes apart but for a corner
  assert.equal(values(classes)[0]?.[0], 'constant');
  assert.ok((values(classes)[0]?.[1] ?? 0) < 0.5 && (values(classes)[1]?.[1] ?? 0) > 0.9, String(values(classes)));
  assert.deepEqual(
    values(numbers).map(([name]) => name),
    ['constant', 'linear', 'last-value'],
  );
  assert.ok((values(numbers)[1]?.[1] ?? 1) < 0.01 && (values(numbers)[2]?.[1] ?? 0) > 0.5, String(values(numbers)));
  assert.ok((values(labels)[1]?.[1] ?? 0) > 0.98, String(values(labels)));
});

test('an input that is the label makes the evaluation invalid; one that explains too much, rows in both sets and rows from later are told', async () => {
  await using rig = await openRig();
  const copied = {
    test: `SELECT * REPLACE (late::INT AS wind) FROM (${flights.test})`,
    train: `SELECT * REPLACE (late::INT AS wind) FROM (${flights.train})`,
  };
  const nearly = (rows: string): string => `SELECT * REPLACE (CASE WHEN late THEN 5 + wind ELSE wind END AS wind) FROM (${rows})`;
  const overlapping = {
    test: nearly(flights.test),
    train: nearly(`${flights.train} UNION ALL SELECT 'again' || flight, * EXCLUDE (flight) FROM (${flights.test}) WHERE flight < 'f43'`),
  };

  const same = await rig.evaluate(projectOf({}), { inputs: await inputsFor(rig, linearModel(0.35, 0.35), copied), champion: null });
  rig.state.prepare('DELETE FROM result').run();
  const told = await rig.evaluate(projectOf({}), { inputs: await inputsFor(rig, linearModel(0.35, 0.35), overlapping), champion: null });
  rig.state.prepare('DELETE FROM result').run();
  const clean = await rig.evaluate(projectOf({}), { inputs: await inputsFor(rig, linearModel(0.35, 0.35), flights), champion: null });

  assert.equal((await evaluationOf(rig, same)).verdict, 'invalid');
  assert.match(named(same, 'leakage.target')?.reason ?? '', /^The model takes "wind", which is the label itself in every row/);
  assert.match(named(told, 'leakage.single-input')?.reason ?? '', /^"wind" alone removes 99\.\d+ % of the error of a constant: find out/);
  assert.match(
    named(told, 'leakage.repeated-rows')?.reason ?? '',
    /^\d+ rows of 2,000 to be judged by are in the training set too, inputs and label alike: the model may know them by heart$/,
  );
  assert.match(
    named(told, 'leakage.time')?.reason ?? '',
    /^\d+ rows of \d,\d+ the model was trained on are no older than the first it is judged by/,
  );
  assert.deepEqual(
    clean.evidence.filter(({ kind }) => kind === 'leakage').map(({ name, verdict }) => [name, verdict]),
    [
      ['leakage.single-input', 'pass'],
      ['leakage.repeated-rows', 'pass'],
      ['leakage.time', 'pass'],
    ],
  );
});

test("what a check carries from the champion's evaluation is part of the key", async () => {
  await using rig = await openRig();
  const policies = { primary: 'carry', slices: 'refresh', calibration: 'refresh', fairness: 'refresh' } as const;
  const champion = await releaseOf(rig, await rig.put('delay.py', linearModel(0.35, 0.3)), { trainedOn: null, features: meaning });
  const inputs = await inputsFor(rig, linearModel(0.35, 0.35), flights);
  const factsOf = async (gate: Parameters<typeof projectOf>[1]): Promise<{ readonly [name: string]: unknown }> => {
    const seen: { facts: { readonly [name: string]: unknown } } = { facts: {} };
    await rig.evaluate(projectOf({ metrics: ['auc'] }, gate), { inputs, champion, onFacts: (facts) => (seen.facts = facts) });
    return seen.facts;
  };
  const evaluation = await rig.putJson({ format: 'tidegate.evaluation/1', testSet: trainingKey, metrics: [] });
  const version = { kind: 'file', digest: champion.manifest.model.version, bytes: 1, files: 1 } as const;
  noteResult(rig.state, { step: 'models.delay', key: meaning, outputs: { version, evaluation } });

  assert.equal((await factsOf({ baseline: policies }))['carried'], evaluation.digest);
  assert.equal('carried' in (await factsOf({})), false);
});
