import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { type Artifact, type Digest, type Evaluation, TidegateError } from '@tidegate/formats';
import { openEngine } from '@tidegate/runtime';
import { readFile } from '../platform/index.ts';
import type { StepResult } from '../pipeline/index.ts';
import {
  type EvaluationRig,
  featureRecord,
  noteResult,
  openRig,
  projectOf,
  releaseOf,
  trainingKey,
  ofPredictions,
} from './fixtures/evaluation-rig.ts';
import { replayEvaluation } from './replay.ts';

const meaning = `sha256:${'f'.repeat(64)}` as Digest;

/** The inputs of an evaluation on rows with the columns `flight`, `at`, `wind`, `load`, `origin` and `late`. */
async function inputsFor(
  rig: EvaluationRig,
  model: string,
  rows: { readonly test: string; readonly train: string },
  files: { readonly [name: string]: string } = {},
): Promise<{ readonly [name: string]: Artifact }> {
  const artifact = await rig.put('delay.py', model);
  noteResult(rig.state, { step: 'steps.train', key: trainingKey, outputs: { model: artifact } });
  const own = await Promise.all(
    Object.entries(files).map(async ([name, text]) => [name, await rig.put(name.replaceAll('/', '-'), text)] as const),
  );
  return {
    'steps.train/model': artifact,
    'features.delay/test': await rig.putTable(rows.test),
    'features.delay/train': await rig.putTable(rows.train),
    'features.delay/record': await rig.putJson(featureRecord(meaning)),
    ...Object.fromEntries(own),
  };
}

async function evaluationOf(rig: EvaluationRig, result: StepResult): Promise<Evaluation> {
  return (await rig.store.readJson(result.outputs['evaluation']?.digest ?? trainingKey)) as unknown as Evaluation;
}

/** Rows by number, `late` given as SQL of the row number `i`. */
function numbered(from: number, until: number, late: string): string {
  return `SELECT 'f' || i AS flight, TIMESTAMP '2013-01-01' + INTERVAL (i) DAY AS at, (i % 7)::DOUBLE AS wind, (i % 5)::DOUBLE AS load,
    CASE WHEN i % 2 = 0 THEN 'JFK' ELSE 'LGA' END AS origin, ${late} AS late FROM range(${from}, ${until}) r(i)`;
}

/** A model in plain Python that says the same function of each row; `expression` is Python over `row`. */
function modelOf(expression: string, more = ''): string {
  return `${more}def predict(rows):
    records = rows.to_dict("records") if hasattr(rows, "to_dict") else rows
    return [${expression} for row in records]
`;
}

test('a forecast is held against the last value of its series that was known a horizon earlier', async () => {
  await using rig = await openRig();
  // two series that grow by 1 a day: four days earlier the value was 4 less, and the model is 1 off
  const late = '(i // 2)::DOUBLE';
  const config = projectOf(
    { metrics: ['mae', 'relative_mae'], forecast: { time: 'at', horizonMs: 4 * 86_400_000, series: ['origin'] } },
    { primary: { metric: 'mae', margin: { kind: 'relative', value: 0.05 } }, max: { relative_mae: 0.9 } },
  );
  const rows = { test: numbered(200, 400, late), train: numbered(0, 200, late) };

  const result = await rig.evaluate(config, { inputs: await inputsFor(rig, modelOf('row["wind"]'), rows), champion: null });

  const { metrics } = await evaluationOf(rig, result);
  const predictions = await rig.store.pathOf(result.outputs['predictions']?.digest ?? trainingKey);
  assert.deepEqual(
    metrics.map(({ name, method }) => [name, method]),
    [
      ['mae', 'student-t'],
      ['relative_mae', 'bootstrap-bca'],
    ],
  );
  // the rows of a series are two days apart, so the value of four days ago is that of two rows ago
  assert.deepEqual(await columnOf(predictions, 'DISTINCT label - last_value'), [2]);
});

test('rows of a query are ranked together, and queries are what is drawn', async () => {
  await using rig = await openRig();
  const config = projectOf({ metrics: ['ndcg', 'mrr'], query: 'origin', cluster: 'flight' });
  const rows = {
    test: numbered(0, 600, '(i % 3)').replace(/CASE WHEN .* END AS origin/, "'q' || (i // 6) AS origin"),
    train: numbered(600, 700, '(i % 3)'),
  };
  const drawn = projectOf({ metrics: ['ndcg', 'mrr'], query: 'origin' });
  const inputs = await inputsFor(rig, modelOf('row["wind"]'), rows);

  const { metrics } = await evaluationOf(rig, await rig.evaluate(drawn, { inputs, champion: null }));
  const clustered = await evaluationOf(rig, await rig.evaluate(config, { inputs, champion: null }));

  assert.equal(metrics[0]?.method, 'bootstrap-bca');
  assert.ok((metrics[0]?.value ?? 0) > 0.5 && (metrics[0]?.value ?? 1) < 1);
  assert.equal(clustered.metrics[0]?.value, metrics[0]?.value);
});

test('clusters make an interval wider, weights move the value, and a slice may cross two columns', async () => {
  await using rig = await openRig();
  // the same outcome in each block of thirty rows: forty blocks are what is known
  const late = '(hash(i // 30) % 10) < 4';
  const rows = { test: numbered(0, 1200, late).replace('i % 7', 'i // 30'), train: numbered(1200, 1300, late) };
  const inputs = await inputsFor(rig, modelOf('0.4'), rows);
  const metrics = ['brier'];

  const alone = await evaluationOf(rig, await rig.evaluate(projectOf({ metrics }), { inputs, champion: null }));
  const clustered = await evaluationOf(
    rig,
    await rig.evaluate(projectOf({ metrics, cluster: 'wind', slices: ['origin', 'origin * load'] }), { inputs, champion: null }),
  );
  const weighted = await evaluationOf(rig, await rig.evaluate(projectOf({ metrics, weight: 'load' }), { inputs, champion: null }));

  const width = ({ metrics: [metric] }: Evaluation): number => (metric?.high ?? 0) - (metric?.low ?? 0);
  assert.ok(width(clustered) > 3 * width(alone));
  assert.equal(clustered.metrics[0]?.value.toFixed(9), alone.metrics[0]?.value.toFixed(9));
  assert.notEqual(weighted.metrics[0]?.value, alone.metrics[0]?.value);
  assert.deepEqual(
    clustered.slices
      .filter(({ column }) => column === 'origin * load')
      .map(({ value }) => value)
      .toSorted()
      .slice(0, 2),
    ['JFK * 0.0', 'JFK * 1.0'],
  );
});

test('too few clusters are inconclusive, and a row without a weight is invalid', async () => {
  await using rig = await openRig();
  const rows = { test: numbered(0, 300, 'i % 3 = 0'), train: numbered(300, 400, 'i % 3 = 0') };
  const inputs = await inputsFor(rig, modelOf('0.4'), rows);

  const few = await rig.evaluate(projectOf({ metrics: ['brier'], cluster: 'origin' }), { inputs, champion: null });
  const negative = await rig.evaluate(projectOf({ metrics: ['brier'], weight: 'load' }), {
    inputs: { ...inputs, 'features.delay/test': await rig.putTable(rows.test.replace('(i % 5)', '(i % 5 - 1)')) },
    champion: null,
  });

  assert.equal(
    few.evidence.find(({ name }) => name === 'validity.rows')?.reason,
    '300 rows in 2 clusters, at least 20 clusters are needed: only they are independent of each other',
  );
  assert.equal((await evaluationOf(rig, negative)).verdict, 'invalid');
});

test("the project's own metric is a column of the predictions, judged for both models and computed again without Python", async () => {
  await using rig = await openRig();
  const custom = { profit: { file: 'metrics/profit.py', function: 'profit', better: 'higher' as const, of: 'rows' as const } };
  const config = projectOf(
    { metrics: ['custom.profit', 'brier'], custom },
    { primary: { metric: 'custom.profit', margin: { kind: 'absolute', value: 0.05 } } },
  );
  const rows = { test: numbered(0, 500, 'i % 3 = 0'), train: numbered(500, 600, 'i % 3 = 0') };
  // the example of the documentation: what is carried by flights of which the model says rightly whether they are late
  const page = await readFile(resolve(import.meta.dirname, '../../../../docs/reference/metrics.md'), 'utf8');
  const profit = (/```python\n(.*?)```/s.exec(page)?.[1] ?? '').replaceAll('passengers', 'load');
  const inputs = await inputsFor(rig, modelOf('0.9 if row["wind"] == 0 else 0.1'), rows, { 'metrics/profit.py': profit });
  const champion = await releaseOf(rig, await rig.put('delay.py', modelOf('0.1')), { trainedOn: null, features: meaning });

  const result = await rig.evaluate(config, { inputs, champion });

  const evaluation = await evaluationOf(rig, result);
  const replayed = await replayEvaluation(rig.store, result.outputs['evaluation']?.digest ?? trainingKey);
  assert.equal(evaluation.metrics[0]?.name, 'custom.profit');
  assert.equal(evaluation.comparisons[0]?.metric, 'custom.profit');
  assert.equal(evaluation.champion?.metrics[0]?.value.toFixed(3), (2 / 3).toFixed(3));
  assert.deepEqual(replayed.evidence, ofPredictions(result.evidence));
});

test('what is wrong with a metric of the project is said with its line', async () => {
  await using rig = await openRig();
  const config = projectOf({ metrics: ['custom.odd'], custom: { odd: { file: 'odd.py', function: 'odd', better: 'lower', of: 'rows' } } });
  const rows = { test: numbered(0, 60, 'i % 3 = 0'), train: numbered(60, 90, 'i % 3 = 0') };
  const given = await inputsFor(rig, modelOf('0.4'), rows);
  const said = async (text: string): Promise<string> => {
    const inputs = { ...given, 'odd.py': await rig.put('odd.py', text) };
    const error: unknown = await rig.evaluate(config, { inputs, champion: null }).catch((one: unknown) => one);
    return error instanceof TidegateError && error.diagnostics[0].code === 'TG-MODELS-METRIC-FUNCTION'
      ? error.diagnostics[0].message
      : 'no mistake was found';
  };

  assert.match(
    await said('def odd(rows):\n    return rows[0]["gust"]\n'),
    /^Cannot measure "custom\.odd" by "odd" of odd\.py: KeyError: .* \(line 2\)$/,
  );
  assert.match(await said('def odd(rows):\n    return [1, 2]\n'), /it returned 2 numbers for 60 rows$/);
  assert.match(await said('def even(rows):\n    return []\n'), /the file has no function of that name$/);
});

test('a model of several labels is measured over all of them, and by rows that are right throughout', async () => {
  await using rig = await openRig();
  const late =
    "list_filter(['crew', 'snow', 'wind'], x -> (x = 'crew' AND i % 2 = 0) OR (x = 'snow' AND i % 3 = 0) OR (x = 'wind' AND i % 7 = 0))";
  const rows = { test: numbered(0, 420, late), train: numbered(420, 500, late) };
  // right about the wind, half right about the crew, silent about snow
  const model = modelOf(
    '[0.9 if row["origin"] == "JFK" else 0.1, 0.1, 0.9 if row["wind"] == 0 else 0.1]',
    'classes = ["crew", "snow", "wind"]\n',
  );
  const config = projectOf({ metrics: ['f1', 'exact_match', 'error'], slices: ['origin'] });

  const { metrics, task, slices } = await evaluationOf(
    rig,
    await rig.evaluate(config, { inputs: await inputsFor(rig, model, rows), champion: null }),
  );

  assert.equal(task, 'multilabel');
  const values = Object.fromEntries(metrics.map(({ name, value }) => [name, value.toFixed(6)]));
  // 210 crew and 60 wind are found, 140 snow are not
  assert.deepEqual(values, {
    f1: ((2 * 270) / (270 + 410)).toFixed(6),
    exact_match: (280 / 420).toFixed(6),
    error: (140 / 1260).toFixed(6),
  });
  assert.deepEqual(
    slices.map(({ rows: count }) => count),
    [210, 210],
  );
  assert.deepEqual(
    metrics.map(({ rows: count }) => count),
    [420, 420, 420],
  );
});

async function columnOf(path: string, sql: string): Promise<readonly unknown[]> {
  using engine = await openEngine({ threads: 1 });
  return (await engine.rows(`SELECT ${sql} AS value FROM read_parquet('${path}')`)).map((row) => row['value']);
}
