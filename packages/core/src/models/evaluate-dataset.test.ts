import assert from 'node:assert/strict';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import type { Artifact, DatasetVersion, Digest, Evaluation, LogicalType, Signature } from '@tidegate/formats';
import { defaultStep, type ProjectConfig } from '../config/index.ts';
import type { StepResult } from '../pipeline/index.ts';
import { mkdir, readFile, writeFile } from '../platform/index.ts';
import { type EvaluationRig, noteResult, openRig, projectOf, releaseOf, trainingKey } from './fixtures/evaluation-rig.ts';

const models = resolve(import.meta.dirname, '../../../serving/fixtures');

/** A dataset of CSV files with the columns that the models take, and a label. */
interface Table {
  readonly columns: readonly (readonly [name: string, type: LogicalType, physical: string])[];
  readonly lines: readonly string[];
}

async function putTree(rig: EvaluationRig, name: string, table: Table): Promise<Artifact> {
  const folder = join(rig.folder, name);
  await mkdir(folder);
  await writeFile(join(folder, 'rows.csv'), `${table.columns.map(([column]) => column).join(',')}\n${table.lines.join('\n')}\n`);
  const { digest, bytes } = await rig.store.putTree(folder);
  return { kind: 'tree', digest, bytes, files: 1 };
}

function versionOf(table: Table, tree: Digest): DatasetVersion {
  return {
    format: 'tidegate.dataset-version/1',
    dataset: 'flights',
    tree,
    fileFormat: 'csv',
    rows: table.lines.length,
    bytes: 1,
    files: 1,
    columns: table.columns.map(([name, type, physicalType]) => ({ name, type, physicalType })),
    profile: { format: 'tidegate.profile/1', rows: table.lines.length, columns: [] },
    contract: null,
    time: null,
    knownAt: {},
    checks: [],
    verdict: 'pass',
  };
}

/** The project of the rig, evaluated on what its dataset holds out. */
function datasetProject(metrics: readonly string[], label: string): ProjectConfig {
  const project = projectOf({ on: { kind: 'data', dataset: 'flights' }, metrics, label, ignore: ['note'] }, {}, 'delay.onnx');
  const train = { ...project.steps['train'], in: null };
  return {
    ...project,
    data: { flights: { from: { files: ['data/*.csv'] }, contract: null, time: null, push: null, holdout: 0.2 } },
    steps: { train: { ...defaultStep, run: ['python', 'train.py'], out: { model: 'delay.onnx' }, ...train } },
  };
}

async function inputsFor(
  rig: EvaluationRig,
  model: string,
  sets: { readonly train: Table; readonly test: Table },
): Promise<{ readonly [name: string]: Artifact }> {
  const artifact = await rig.put('delay.onnx', await readFile(join(models, model)));
  noteResult(rig.state, { step: 'steps.train', key: trainingKey, outputs: { model: artifact } });
  const testRows = await putTree(rig, 'test', sets.test);
  return {
    'steps.train/model': artifact,
    'data.flights/test': testRows,
    'data.flights/train': await putTree(rig, 'train', sets.train),
    'data.flights/version': await rig.putJson(versionOf(sets.test, testRows.digest)),
  };
}

async function evaluationOf(rig: EvaluationRig, result: StepResult): Promise<Evaluation> {
  return (await rig.store.readJson(result.outputs['evaluation']?.digest ?? trainingKey)) as unknown as Evaluation;
}

const houses: Table['columns'] = [
  ['town', 'string', 'VARCHAR'],
  ['area', 'number', 'DOUBLE'],
  ['rooms', 'number', 'DOUBLE'],
  ['note', 'string', 'VARCHAR'],
  ['price', 'number', 'DOUBLE'],
];

/** Prices that rise with area, rooms and town; every twentieth row has none. */
function houseLine(row: number): string {
  const area = ((row * 37) % 100) / 50 - 1;
  const rooms = ((row * 53) % 90) / 45 - 1;
  const price = row % 20 === 19 ? '' : (3 * area + 2 * rooms + ((row * 17) % 7) / 10).toFixed(3);
  return `${'abc'[row % 3]},${area},${rooms},n${row},${price}`;
}

const lines = (from: number, until: number): readonly string[] => Array.from({ length: until - from }, (_, at) => houseLine(from + at));

test('a regression in ONNX is measured on held-out rows; unlabelled rows are left out, rows of the champion are told by content', async () => {
  await using rig = await openRig();
  const inputs = await inputsFor(rig, 'regression.onnx', {
    train: { columns: houses, lines: lines(400, 900) },
    test: { columns: houses, lines: lines(0, 400) },
  });
  const signature: Signature = { task: 'regression', inputs: [{ name: 'area', type: 'number' }], classes: [] };
  const known = await putTree(rig, 'known', { columns: houses, lines: lines(300, 500) });
  const champion = await releaseOf(rig, await rig.put('delay.py', 'def predict(rows):\n    return [0.0 for _ in range(len(rows))]\n'), {
    trainedOn: known.digest,
    features: trainingKey,
    signature,
  });

  const result = await rig.evaluate(datasetProject(['rmse', 'mae', 'r2'], 'price'), { inputs, champion });

  const evaluation = await evaluationOf(rig, result);
  assert.equal(evaluation.task, 'regression');
  assert.equal(evaluation.rows, 380);
  assert.deepEqual(
    evaluation.metrics.map(({ name, method }) => `${name} ${method}`),
    ['rmse bootstrap-bca', 'mae student-t', 'r2 bootstrap-bca'],
  );
  assert.deepEqual(
    evaluation.curves.map(({ name }) => name),
    ['residuals', 'predicted-actual'],
  );
  assert.equal(evaluation.rowsExcluded, 95);
  assert.equal(evaluation.comparisons[0]?.rows, 285);
  assert.equal(evaluation.comparisons[0]?.method, 'paired-bootstrap-bca');
});

test('a classifier of several classes in ONNX is measured with its probabilities', async () => {
  await using rig = await openRig();
  const columns: Table['columns'] = [
    ['colour', 'string', 'VARCHAR'],
    ['length', 'number', 'DOUBLE'],
    ['width', 'number', 'DOUBLE'],
    ['kind', 'string', 'VARCHAR'],
  ];
  const line = (row: number): string => {
    const [length, width] = [((row * 37) % 100) / 25 - 2, ((row * 53) % 90) / 22.5 - 2];
    return `${'abc'[row % 3]},${length},${width},${length > 0.5 && length > width ? 'long' : width > 0.5 ? 'wide' : 'small'}`;
  };
  const table = (from: number, until: number): Table => ({
    columns,
    lines: Array.from({ length: until - from }, (_, at) => line(from + at)),
  });
  const inputs = await inputsFor(rig, 'multiclass.onnx', { train: table(300, 400), test: table(0, 300) });

  const result = await rig.evaluate(datasetProject(['accuracy', 'log_loss'], 'kind'), { inputs, champion: null });

  const { metrics } = await evaluationOf(rig, result);
  assert.deepEqual(
    metrics.map(({ name, method }) => `${name} ${method}`),
    ['accuracy wilson', 'log_loss student-t'],
  );
  assert.ok((metrics[0]?.value ?? 0) > 0.6, `${metrics[0]?.value}`);
});

test('an input that the test set lacks is named with the nearest column, the label as input is refused', async () => {
  await using rig = await openRig();
  const renamed = houses.map(([name, type, physical]) => [name === 'rooms' ? 'room' : name, type, physical] as const);
  const inputs = await inputsFor(rig, 'regression.onnx', {
    train: { columns: renamed, lines: lines(400, 500) },
    test: { columns: renamed, lines: lines(0, 100) },
  });

  await assert.rejects(
    rig.evaluate(datasetProject(['rmse'], 'price'), { inputs, champion: null }),
    /TG-MODELS-INPUT-MISSING: .*it takes "rooms", and the test set has no such column/,
  );
  await assert.rejects(
    rig.evaluate(datasetProject(['rmse'], 'area'), { inputs, champion: null }),
    /TG-MODELS-INPUT-WITHHELD: .*it takes "area", the label it is to predict/,
  );
  await assert.rejects(
    rig.evaluate(datasetProject(['auc'], 'price'), { inputs, champion: null }),
    /TG-MODELS-METRIC-TASK: Cannot measure "auc" of the model "delay": it is a regression/,
  );
  await assert.rejects(rig.evaluate(datasetProject(['rmse'], 'town'), { inputs, champion: null }), /TG-MODELS-(LABEL|INPUT-WITHHELD)/);
  await assert.rejects(rig.evaluate(datasetProject(['rmse'], 'prise'), { inputs, champion: null }), /TG-MODELS-COLUMN/);
});
