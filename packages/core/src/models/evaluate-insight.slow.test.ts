import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { test } from 'node:test';
import type { Artifact, Digest, Evaluation } from '@tidegate/formats';
import type { ProjectConfig } from '../config/index.ts';
import type { StepResult } from '../pipeline/index.ts';
import { readFile } from '../platform/index.ts';
import { readRecord } from '../store/index.ts';
import {
  type EvaluateRequest,
  type EvaluationRig,
  featureRecord,
  flightRows,
  noteResult,
  openRig,
  projectOf,
  releaseOf,
  trainingKey,
} from './fixtures/evaluation-rig.ts';

const meaning = `sha256:${'f'.repeat(64)}` as Digest;
const explain = { rows: 600, repeats: 3, curves: 3 };

/** A model by an expression over `wind`, `load` and `origin`. */
function modelOf(expression: string): string {
  return `def predict(rows):
    records = rows.to_dict("records") if hasattr(rows, "to_dict") else rows
    return [(lambda wind, load, origin: ${expression})(row["wind"], row["load"], row["origin"]) for row in records]
`;
}

const honest = '0.15 + 0.35 * wind + 0.35 * load';

interface Evaluated {
  readonly result: StepResult;
  readonly evaluation: Evaluation;
}

async function evaluated(
  rig: EvaluationRig,
  config: ProjectConfig,
  model: string,
  more: Partial<EvaluateRequest> & { readonly rows?: string } = {},
): Promise<Evaluated> {
  const artifact: Artifact = await rig.put('delay.py', model);
  rig.state.prepare('DELETE FROM result').run();
  noteResult(rig.state, { step: 'steps.train', key: trainingKey, outputs: { model: artifact } });
  const inputs = {
    'steps.train/model': artifact,
    'features.delay/test': await rig.putTable(more.rows ?? flightRows(4000, 6000)),
    'features.delay/train': await rig.putTable(flightRows(0, 4000)),
    'features.delay/record': await rig.putJson(featureRecord(meaning)),
  };
  const result = await rig.evaluate(config, { champion: null, ...more, inputs });
  return { result, evaluation: await readRecord(rig.store, 'tidegate.evaluation/1', result.outputs['evaluation']?.digest ?? trainingKey) };
}

test('what moves the predictions is found by asking the model, with intervals, and how it moves them', async () => {
  await using rig = await openRig();

  const { result, evaluation } = await evaluated(
    rig,
    projectOf({ metrics: ['brier'], explain }),
    modelOf('0.15 + 0.6 * wind + 0.1 * load'),
  );

  const { importances, dependences, rows, predictions, metric } = evaluation.explanation ?? assert.fail('nothing is explained');
  assert.deepEqual([metric, rows, predictions], ['brier', 600, 600 * (3 * 3 + 12 + 12 + 3)]);
  assert.deepEqual(
    importances.map(({ input }) => input),
    ['wind', 'load', 'origin'],
  );
  const [wind, , origin] = importances;
  assert.ok((wind?.low ?? 0) > 0 && (wind?.low ?? 0) < (wind?.value ?? 0) && (wind?.value ?? 0) < (wind?.high ?? 0));
  assert.deepEqual([origin?.value, origin?.low, origin?.high], [0, 0, 0]);
  const [ofWind, , ofOrigin] = dependences;
  const { mean = [], lowest = [], highest = [] } = ofWind?.lines[0] ?? {};
  assert.equal(ofWind?.lines[0]?.class, 'true');
  // 0.6 between the ends of the input, whatever the load is
  const values = (ofWind?.values ?? []).map(Number);
  assert.ok(Math.abs((mean.at(-1) ?? 0) - (mean[0] ?? 0) - 0.6 * ((values.at(-1) ?? 0) - (values[0] ?? 0))) < 1e-6);
  assert.ok(lowest.every((low, place) => low < (mean[place] ?? 0) && (mean[place] ?? 0) < (highest[place] ?? 0)));
  assert.deepEqual([ofOrigin?.kind, ofOrigin?.values.toSorted()], ['category', ['EWR', 'JFK', 'LGA']]);
  const told = result.evidence.find(({ kind }) => kind === 'explanation');
  assert.deepEqual([told?.verdict, told?.blocking], ['pass', false]);
  assert.match(
    told?.reason ?? '',
    /^By how much brier is worse where values are shuffled among 600 rows: "wind" 0\.0\d+ \(.*; 1 of 3 inputs are not shown to matter$/,
  );
});

test('inputs that go together are also shuffled as one, which says more than one of them alone', async () => {
  await using rig = await openRig();
  const twins = flightRows(4000, 6000).replace('(hash(i, 2) % 1000) / 1000.0 AS load', 'wind + (hash(i, 2) % 100) / 1000.0 AS load');

  const { evaluation } = await evaluated(
    rig,
    projectOf({ metrics: ['brier'], explain: { ...explain, curves: 0 } }),
    modelOf('min(1, 0.15 + 0.35 * wind + 0.35 * load)'),
    { rows: twins },
  );

  const { importances, together } = evaluation.explanation ?? assert.fail('nothing is explained');
  assert.deepEqual(together[0]?.inputs, ['wind', 'load']);
  assert.ok((together[0]?.association ?? 0) > 0.9);
  assert.ok((together[0]?.value ?? 0) > 1.5 * Math.max(...importances.map(({ value }) => value)));
});

test('a model that cannot answer the rows that it is asked about is not explained, and that is said', async () => {
  await using rig = await openRig();
  const twins = flightRows(4000, 6000).replace('(hash(i, 2) % 1000) / 1000.0 AS load', 'wind AS load');
  const wary = `def predict(rows):
    records = rows.to_dict("records") if hasattr(rows, "to_dict") else rows
    if any(row["wind"] != row["load"] for row in records): raise ValueError("the sensors disagree")
    return [0.15 + 0.7 * row["wind"] for row in records]
`;

  const { result, evaluation } = await evaluated(rig, projectOf({ metrics: ['brier'], explain }), wary, { rows: twins });

  assert.equal(evaluation.explanation, undefined);
  const told = result.evidence.find(({ kind }) => kind === 'explanation');
  assert.deepEqual([told?.verdict, told?.blocking], ['inconclusive', false]);
  assert.match(told?.reason ?? '', /^What moves the predictions cannot be told: .*the sensors disagree/);
});

test('errors are told with rows, what they have in common, and beside those of the champion', async () => {
  await using rig = await openRig();
  const champion = await releaseOf(rig, await rig.put('delay.py', modelOf(honest)), { trainedOn: null, features: meaning });
  const odd = modelOf(`0.95 - 0.45 * wind - 0.45 * load if origin == "JFK" else ${honest}`);

  const { evaluation } = await evaluated(rig, projectOf({ metrics: ['brier'], slices: ['origin'] }), odd, { champion });

  const { worst, gathered, against, errors, rows, loss } = evaluation.errors ?? assert.fail('no errors are told');
  assert.deepEqual([loss, rows, worst.length], ['squared-error', 2000, 20]);
  const [first] = worst;
  assert.ok(first?.inputs['origin'] === 'JFK' && first.label !== first.prediction && (first.probability ?? 0) > 0.8);
  assert.ok(worst.every((row, place) => place === 0 || row.loss <= (worst[place - 1]?.loss ?? 0)));
  assert.match(first?.id ?? '', /^f\d+$/);
  assert.ok(gathered.some(({ slice, lift }) => slice === 'origin = JFK' && lift > 1.25));
  assert.ok(against !== null && against.rows === 2000 && against.new > against.fixed && against.new + against.both === errors);
  assert.equal(against?.newRows.length, 10);
  assert.ok(against.newRows.every(({ champion: theirs, label, prediction }) => theirs === label && prediction !== label));
});

test('values of personal inputs are in no example, no plot and no slice of the errors', async () => {
  await using rig = await openRig();
  const config = projectOf({ metrics: ['brier'], explain });
  const service = {
    model: 'delay',
    log: { samplePercent: 100, personal: ['origin'], keepBytes: 1 },
  } as unknown as ProjectConfig['services'][string];

  const { evaluation } = await evaluated(rig, { ...config, services: { api: service } }, modelOf(`0.99 if origin == "JFK" else ${honest}`));

  const { errors, explanation } = evaluation;
  assert.deepEqual(errors?.hidden, ['origin']);
  assert.ok(explanation?.importances.some(({ input }) => input === 'origin'));
  assert.ok(!/JFK|LGA|EWR/.test(JSON.stringify({ errors, explanation })));
});

test('a model in ONNX of several classes is explained by the same interface, a line for each class', async () => {
  await using rig = await openRig();
  const model = await rig.put('shape.onnx', await readFile(resolve(import.meta.dirname, '../../../serving/fixtures/multiclass.onnx')));
  noteResult(rig.state, { step: 'steps.train', key: trainingKey, outputs: { model } });
  const table = (from: number, until: number): string =>
    `SELECT 'f' || i AS flight, TIMESTAMP '2013-01-01' + INTERVAL (i) MINUTE AS at, ['a', 'b', 'c'][1 + i % 3] AS colour,
      ((i * 37) % 100) / 25.0 - 2 AS length, ((i * 53) % 90) / 22.5 - 2 AS width,
      CASE WHEN length > 0.5 AND length > width THEN 'long' WHEN width > 0.5 THEN 'wide' ELSE 'small' END AS kind FROM range(${from}, ${until}) r(i)`;
  const { service, ...record } = featureRecord(meaning);
  const columns = [
    { name: 'colour', type: 'string' },
    { name: 'length', type: 'number' },
    { name: 'width', type: 'number' },
  ] as const;
  const config = projectOf({ metrics: ['accuracy'], label: 'kind', explain }, {}, 'shape.onnx');
  const inputs = {
    'steps.train/model': model,
    'features.delay/test': await rig.putTable(table(300, 1000)),
    'features.delay/train': await rig.putTable(table(0, 300)),
    'features.delay/record': await rig.putJson({ ...record, service: { ...service, columns, label: 'kind' } }),
  };

  const result = await rig.evaluate(config, { champion: null, inputs });

  const { explanation, errors } = await readRecord(rig.store, 'tidegate.evaluation/1', result.outputs['evaluation']?.digest ?? trainingKey);
  const { importances, dependences } = explanation ?? assert.fail('nothing is explained');
  assert.deepEqual(new Set(importances.slice(0, 2).map(({ input }) => input)), new Set(['length', 'width']));
  assert.ok((importances[0]?.low ?? 0) > 0.05);
  const [first] = dependences;
  assert.deepEqual(first?.lines.map((line) => line.class).toSorted(), ['long', 'small', 'wide']);
  first?.values.forEach((_, place) => {
    const sum = first.lines.reduce((all, { mean }) => all + (mean[place] ?? 0), 0);
    assert.ok(Math.abs(sum - 1) < 1e-4, `probabilities of all classes are ${sum} in sum`);
  });
  assert.deepEqual([errors?.loss, (errors?.worst[0]?.probability ?? 0) > 0.3], ['wrong-class', true]);
});

test('of rows that are ranked together whole queries are asked about, and drawn', async () => {
  await using rig = await openRig();
  // the query is no input of the model
  const ranker = modelOf('wind + 0.01 * load').replace('row["origin"]', 'None');
  const ranked = flightRows(4000, 6000)
    .replace(/CASE hash\(i, 4\).* END AS origin/, "'q' || (i // 5) AS origin")
    .replace(/\(hash\(i, 3\).* AS late/, '(wind * 4)::INT::DOUBLE AS late');

  const { evaluation } = await evaluated(
    rig,
    projectOf({ metrics: ['ndcg'], query: 'origin', explain: { ...explain, curves: 1 } }),
    ranker,
    { rows: ranked },
  );

  const { importances, rows, dependences, metric } = evaluation.explanation ?? assert.fail('nothing is explained');
  assert.deepEqual([metric, rows, rows % 5], ['ndcg', 600, 0]);
  assert.equal(importances[0]?.input, 'wind');
  assert.ok((importances[0]?.low ?? 0) > 0.02, String(importances[0]?.low));
  assert.deepEqual(
    dependences[0]?.lines.map((line) => line.class),
    [null],
  );
});
