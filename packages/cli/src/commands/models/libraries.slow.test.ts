import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { appendFileSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { ModelFacts, ModelImport } from '@tidegate/core';
import { callCommandLine, type Printed } from '../../test-command-line.ts';

const torchModels = resolve(import.meta.dirname, '../../../../core/src/project/models/import/fixtures');
const isNeeded = process.env['TIDEGATE_REQUIRE_SERVICES'] === '1';

/** A Python that has all of these modules. */
function pythonWith(variable: string, modules: string): string | undefined {
  const named = process.env[variable];
  return [...(named === undefined ? [] : [named]), 'python3'].find((name) => spawnSync(name, ['-c', `import ${modules}`]).status === 0);
}

const libraries = pythonWith('TIDEGATE_MODEL_LIBRARIES', 'sklearn, lightgbm, xgboost, skl2onnx, onnxmltools, mlflow, huggingface_hub');
const torch = pythonWith('TIDEGATE_TORCH', 'torch, onnxscript');

/** Models as everybody writes them, and what each says of the rows itself. */
const makePy = `
import json, pickle, joblib, lightgbm, mlflow.sklearn, mlflow.xgboost, numpy, pandas, xgboost
from sklearn.linear_model import LogisticRegression

random = numpy.random.default_rng(1)
rows = pandas.DataFrame({"wind": random.normal(size=300), "load": random.normal(size=300)}).astype("float32")
rows.to_csv("rows.csv", index=False)
late = (rows.wind + rows.load > 0).astype(int)
kind = numpy.select([rows.wind > 0.5, rows.load > 0.5], [2, 1], 0)
amount = rows.wind * 2 + rows.load
pickle.dump(lightgbm.LGBMClassifier(n_estimators=5, verbose=-1).fit(rows, late), open("lightgbm-binary.pkl", "wb"))
joblib.dump(lightgbm.LGBMClassifier(n_estimators=5, verbose=-1).fit(rows, numpy.array(["calm", "full", "windy"])[kind]), "lightgbm-classes.joblib")
pickle.dump(xgboost.XGBRegressor(n_estimators=5).fit(rows, amount), open("xgboost-amount.pkl", "wb"))
lightgbm.train({"objective": "binary", "verbose": -1}, lightgbm.Dataset(rows, late), 5).save_model("lightgbm-binary.txt")
lightgbm.train({"objective": "regression", "verbose": -1}, lightgbm.Dataset(rows, amount), 5).save_model("lightgbm-amount.txt")
xgboost.train({"objective": "binary:logistic"}, xgboost.DMatrix(rows, late), 5).save_model("xgboost-binary.json")
xgboost.train({"objective": "multi:softprob", "num_class": 3}, xgboost.DMatrix(rows, kind), 5).save_model("xgboost-classes.ubj")
mlflow.sklearn.save_model(LogisticRegression().fit(rows, late), "mlflow-sklearn", serialization_format="pickle")
mlflow.xgboost.save_model(xgboost.XGBClassifier(n_estimators=5).fit(rows, late), "mlflow-xgboost", model_format="ubj")
pickle.dump(LogisticRegression().fit(rows, late), open("plain.pkl", "wb"))
rows.assign(late=late).to_csv("flights.csv", index=False)
`;

interface Place {
  readonly path: (name: string) => string;
  readonly call: (line: string) => Promise<Printed>;
  readonly json: <T>(line: string) => Promise<T>;
  readonly python: (...argv: readonly string[]) => string;
}

function placeFor(t: TestContext, python: string): Place {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-cli-libraries-'));
  t.after(() => rmSync(folder, { recursive: true, maxRetries: 5 }));
  const cwd = join(folder, 'project');
  mkdirSync(cwd);
  writeFileSync(join(cwd, 'tidegate.yaml'), `version: 1\npython: { interpreter: ${python} }\n`);
  const variables = { ...process.env, TIDEGATE_HOME: join(folder, 'home') };
  const call: Place['call'] = (line) => callCommandLine(line.split(' '), { cwd, variables });
  return {
    path: (name) => join(cwd, name),
    call,
    json: async (line) => {
      const { stdout, stderr } = await call(`${line} --json`);
      assert.notEqual(stdout, '', stderr);
      return JSON.parse(stdout) as never;
    },
    python: (...argv) => execFileSync(python, argv, { cwd, encoding: 'utf8', env: { ...process.env, MLFLOW_DISABLE_TELEMETRY: 'true' } }),
  };
}

test(
  'models of LightGBM, XGBoost and MLflow as these write them become ONNX that answers as they do',
  {
    timeout: 900_000,
    skip: libraries === undefined && !isNeeded && 'no Python with these libraries: name one in TIDEGATE_MODEL_LIBRARIES',
  },
  async (t) => {
    const { json, python, path } = placeFor(t, libraries ?? '');
    writeFileSync(path('make.py'), makePy);
    python('make.py');

    for (const [name, from, classes] of [
      ['lightgbm-binary.pkl', 'file', ['0', '1']],
      ['lightgbm-classes.joblib', 'file', ['calm', 'full', 'windy']],
      ['xgboost-amount.pkl', 'file', null],
      ['lightgbm-binary.txt', 'file', ['0', '1']],
      ['lightgbm-amount.txt', 'file', null],
      ['xgboost-binary.json', 'file', ['0', '1']],
      ['xgboost-classes.ubj', 'file', ['0', '1', '2']],
      ['mlflow-sklearn', 'mlflow', ['0', '1']],
      ['mlflow-xgboost', 'mlflow', ['0', '1']],
    ] as const) {
      const record = await json<ModelImport>(`models import ${name} in/${name}.onnx --rows rows.csv`);
      assert.deepEqual([record.source.from, record.inputs, record.classes], [from, ['wind', 'load'], classes], name);
      assert.deepEqual([record.parity?.rows, record.parity?.different], [300, 0], name);
    }
  },
);

const askMlflow = `
import json, sys, mlflow.pyfunc, pandas
answer = mlflow.pyfunc.load_model(sys.argv[1]).predict(pandas.read_csv("rows.csv").astype("float32"))
print(json.dumps([str(cell) for cell in answer["prediction"]] if hasattr(answer, "columns") else answer.tolist()))
print(json.dumps(answer["probability_1"].tolist() if hasattr(answer, "columns") else None))
`;

const askHub = `
import sys, yaml
from huggingface_hub import ModelCard
card = ModelCard.load(sys.argv[1] + "/README.md")
results = card.data.eval_results
print(len(results), results[0].metric_type, results[0].task_type, card.data.library_name, card.data.pipeline_tag)
from huggingface_hub import eval_result_entries_to_yaml, parse_eval_result_entries
entries = parse_eval_result_entries(yaml.safe_load(open(sys.argv[1] + "/.eval_results/tidegate.yaml")))
print(len(entries), entries[0].task_id, entries[0].value)
`;

test(
  'MLflow loads what is exported for it and predicts the same, and the Hub’s own library reads card and results',
  {
    timeout: 900_000,
    skip: libraries === undefined && !isNeeded && 'no Python with these libraries: name one in TIDEGATE_MODEL_LIBRARIES',
  },
  async (t) => {
    const yaml = `data: { flights: { from: { files: flights.csv } } }
steps:
  imported: { run: cp in/lightgbm.onnx model.onnx, in: [in/lightgbm.onnx], out: { model: model.onnx } }
  trained: { run: cp plain.pkl model.pkl, in: [plain.pkl], out: { model: model.pkl } }
models:
  boosted: { artifact: steps.imported.model, evaluate: { on: data.flights, label: late, metrics: [auc] }, gate: { min: { auc: 0.6 } } }
  plain: { artifact: steps.trained.model, evaluate: { on: data.flights, label: late, metrics: [auc] }, gate: { min: { auc: 0.6 } } }
`;
    const { call, json, python, path } = placeFor(t, libraries ?? '');
    writeFileSync(path('make.py'), makePy);
    python('make.py');
    await json('models import lightgbm-binary.pkl in/lightgbm.onnx --rows rows.csv');
    appendFileSync(path('tidegate.yaml'), yaml);
    const ran = await call('run');
    assert.equal(ran.code, 0, ran.stdout + ran.stderr);
    writeFileSync(path('ask.py'), askMlflow);
    writeFileSync(path('hub.py'), askHub);

    for (const model of ['boosted', 'plain']) await json(`models export ${model} ../mlflow-${model} --format mlflow`);
    const answers = (model: string): readonly unknown[] =>
      python('ask.py', `../mlflow-${model}`)
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown);
    const [labels, probabilities] = answers('boosted') as readonly [readonly string[], readonly number[]];
    const [plain] = answers('plain');

    const asked = (code: string): unknown =>
      JSON.parse(python('-c', `import json, pickle, pandas; rows = pandas.read_csv("rows.csv").astype("float32"); ${code}`));
    const original = asked(
      'print(json.dumps(pickle.load(open("lightgbm-binary.pkl", "rb")).predict_proba(rows)[:, 1].tolist()))',
    ) as readonly number[];
    assert.deepEqual(
      labels,
      original.map((probability) => String(Number(probability > 0.5))),
    );
    for (const [row, probability] of probabilities.entries())
      assert.ok(Math.abs(probability - (original[row] ?? Number.NaN)) < 1e-5, `row ${row}`);
    assert.deepEqual(plain, asked('print(json.dumps(pickle.load(open("plain.pkl", "rb")).predict(rows).tolist()))'));

    await json('models export boosted ../hub --format huggingface');
    const { evaluation } = await json<ModelFacts>('models show boosted');
    const value = evaluation?.metrics[0]?.value;
    assert.deepEqual(python('hub.py', '../hub').trim().split('\n'), [
      '1 auc tabular-classification onnx tabular-classification',
      `1 auc ${value}`,
    ]);
    assert.equal(existsSync(path('../hub/model.onnx')), true);
  },
);

test(
  'programs of PyTorch become ONNX that answers as they do, when somebody trusts them; what has no program is refused with what to do',
  { timeout: 900_000, skip: torch === undefined && 'no Python with PyTorch and onnxscript: name one in TIDEGATE_TORCH' },
  async (t) => {
    const { json, call, path } = placeFor(t, torch ?? '');
    writeFileSync(path('rows.csv'), `wind,load\n${Array.from({ length: 50 }, (_, row) => `${row / 7 - 3},${(row % 9) / 3}`).join('\n')}\n`);
    for (const file of ['kind.pt', 'kind.pt2', 'amount.pt2', 'two-rows.pt2', 'weights.pt'])
      copyFileSync(join(torchModels, file), path(file));

    for (const [file, classes, trust] of [
      ['kind.pt', ['0', '1', '2'], 'torchscript'],
      ['kind.pt2', ['0', '1', '2'], 'torch.export'],
      ['amount.pt2', null, 'torch.export'],
    ] as const) {
      const refused = await call(`models import ${file} in/x.onnx --rows rows.csv`);
      assert.ok(refused.code === 3 && refused.stderr.includes(`--trust ${trust}`), refused.stderr);
      const record = await json<ModelImport>(`models import ${file} in/${file}.onnx --rows rows.csv --trust ${trust}`);
      assert.deepEqual([record.inputs, record.classes], [['wind', 'load'], classes], file);
      assert.deepEqual([record.parity?.rows, record.parity?.different], [50, 0], file);
      assert.match(record.versions?.['torch'] ?? '', /^2\./);
    }
    const fixed = await call('models import two-rows.pt2 in/y.onnx --rows rows.csv --trust torch.export');
    assert.match(fixed.stderr, /TG-MODELS-IMPORT: .*exported for one number of rows/);
    assert.match((await call('models import weights.pt in/z.onnx --rows rows.csv')).stderr, /weights without a program/);
    assert.equal(existsSync(path('in/y.onnx')), false);
    assert.ok(readFileSync(path('in/kind.pt.onnx')).length > 500);
  },
);
