import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { ModelImport } from '@tidegate/core';
import { callCommandLine, type Printed } from '../../test-command-line.ts';

const root = resolve(import.meta.dirname, '../../../../..');
const fixtures = join(root, 'packages/core/src/models/safety/fixtures');

/** Kept between test runs, as the example's environment is. */
const environments =
  process.env['TIDEGATE_VIRTUAL_ENVIRONMENTS'] ??
  join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'tidegate', 'virtual-environments');

/** Models of everyday shapes, by the libraries themselves. */
const makePy = `
import pickle, joblib, numpy as np, pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.ensemble import GradientBoostingClassifier, RandomForestRegressor
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

random = np.random.default_rng(3)
rows = pd.DataFrame({"wind": random.normal(size=300), "load": random.normal(size=300), "origin": random.choice(["JFK", "LGA"], 300)})
rows.to_csv("rows.csv", index=False)
late = rows["wind"] + (rows["origin"] == "JFK") > 0.3
kind = np.select([rows["wind"] > 0.5, rows["load"] > 0.5], ["windy", "full"], "calm")
mixed = make_column_transformer((StandardScaler(), ["wind", "load"]), (OneHotEncoder(handle_unknown="ignore"), ["origin"]))
pickle.dump(make_pipeline(mixed, LogisticRegression()).fit(rows, late), open("binary.pkl", "wb"))
joblib.dump(GradientBoostingClassifier(n_estimators=5).fit(rows[["wind", "load"]], kind), "multiclass.joblib")
pickle.dump(RandomForestRegressor(5, max_depth=4).fit(rows[["load", "wind"]], rows["wind"] * 2), open("regression.pkl", "wb"))
large = pd.DataFrame({"at": 1e9 + np.arange(300) * 0.1})
large.to_csv("large.csv", index=False)
pickle.dump(LinearRegression().fit(large, large["at"] - 1e9), open("large.pkl", "wb"))
`;

/** A model whose only tensor lies in a file beside it. */
const externalPy = `import numpy as np, onnx
from onnx import TensorProto, helper, numpy_helper
from onnx.external_data_helper import convert_model_to_external_data

weights = numpy_helper.from_array(np.array([[1], [2], [3]], dtype=np.float32), "w")
tensor = lambda name, width: helper.make_tensor_value_info(name, TensorProto.FLOAT, [None, width])
graph = helper.make_graph([helper.make_node("MatMul", ["x", "w"], ["y"])], "g", [tensor("x", 3)], [tensor("y", 1)], [weights])
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=10)
convert_model_to_external_data(model, location="weights.bin", size_threshold=0)
onnx.save(model, "torch/model.onnx")
`;

interface Place {
  readonly path: (name: string) => string;
  readonly call: (line: string) => Promise<Printed>;
  readonly imported: (line: string) => Promise<ModelImport>;
}

async function placeFor(t: TestContext): Promise<Place> {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-cli-import-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const cwd = join(folder, 'project');
  mkdirSync(cwd);
  const path: Place['path'] = (name) => join(cwd, name);
  writeFileSync(path('tidegate.yaml'), 'version: 1\npython: { requirements: requirements.txt }\n');
  copyFileSync(join(root, 'examples/flight-delays/requirements.txt'), path('requirements.txt'));
  writeFileSync(path('make.py'), makePy);
  const variables = { ...process.env, TIDEGATE_HOME: join(folder, 'home'), TIDEGATE_VIRTUAL_ENVIRONMENTS: environments };
  const call: Place['call'] = (line) => callCommandLine(line.split(' '), { cwd, variables });
  return {
    path,
    call,
    imported: async (line) => {
      const { stdout, stderr } = await call(`models import ${line} --json`);
      assert.notEqual(stdout, '', stderr);
      return JSON.parse(stdout) as ModelImport;
    },
  };
}

test('pickles become ONNX in a sandbox and answer as before; what answers otherwise is not written', { timeout: 900_000 }, async (t) => {
  const { path, call, imported } = await placeFor(t);
  assert.equal((await call('exec -- python make.py')).code, 0);

  for (const [name, inputs, classes] of [
    ['binary.pkl', ['wind', 'load', 'origin'], ['false', 'true']],
    ['multiclass.joblib', ['wind', 'load'], ['calm', 'full', 'windy']],
    ['regression.pkl', ['load', 'wind'], null],
  ] as const) {
    const record = await imported(`${name} in/${name}.onnx --rows rows.csv`);
    assert.deepEqual(
      [record.inputs, record.classes, record.source.from, record.scanned],
      [inputs, classes, 'file', [{ path: name, kind: 'pickle' }]],
    );
    assert.deepEqual([record.parity?.rows, record.parity?.different], [300, 0]);
    assert.match(record.versions?.['skl2onnx'] ?? '', /^1\.\d+/);
    assert.deepEqual(JSON.parse(readFileSync(path(`in/${name}.onnx.import.json`), 'utf8')), record);
  }

  const otherwise = await call('models import large.pkl in/large.onnx --rows large.csv');
  assert.match(otherwise.stderr, /TG-MODELS-PARITY: .* it answers otherwise for \d+ of 300 rows/);
  assert.deepEqual([otherwise.code, existsSync(path('in/large.onnx'))], [3, false]);
  assert.match((await call('models import binary.pkl in/other.onnx')).stderr, /on rows, and none are given/);
  assert.match((await call('models import binary.pkl in/binary.pkl.onnx --rows rows.csv')).stderr, /it is there already/);

  copyFileSync(join(fixtures, 'lightgbm.pkl'), path('boosted.pkl'));
  const missing = await call('models import boosted.pkl in/boosted.onnx --rows rows.csv');
  assert.match(missing.stderr, /TG-MODELS-IMPORT: .*Python has no "lightgbm"/);
});

test('folders of MLflow, of the Hub and of an export are found, looked through and verified', { timeout: 900_000 }, async (t) => {
  const { path, call, imported } = await placeFor(t);
  mkdirSync(path('mlflow'));
  const servable = join(root, 'packages/serving/fixtures/regression.onnx');
  copyFileSync(servable, path('mlflow/model.onnx'));
  writeFileSync(
    path('mlflow/MLmodel'),
    'flavors:\n  onnx: { data: model.onnx, onnx_version: 1.23.2 }\n  python_function: { loader_module: mlflow.onnx }\n',
  );
  writeFileSync(path('mlflow/requirements.txt'), 'mlflow\n');

  const plain = await imported('mlflow in/plain.onnx');
  assert.deepEqual([plain.source.from, plain.parity, plain.signedBy, plain.scanned.length], ['mlflow', null, null, 3]);
  assert.deepEqual(readFileSync(path('in/plain.onnx')), readFileSync(servable));

  // as PyTorch exports it: the tensors beside the model
  mkdirSync(path('torch'));
  writeFileSync(path('external.py'), externalPy);
  const made = await call('exec -- python external.py');
  assert.equal(made.code, 0, made.stderr);
  const merged = await imported('torch in/merged.onnx');
  assert.match(merged.versions?.['onnx'] ?? '', /^1\./);
  assert.equal(readFileSync(path('in/merged.onnx')).includes('weights.bin'), false);

  writeFileSync(path('torch/weights.bin'), Buffer.from('cos\nsystem\n(Vid\ntR.'));
  mkdirSync(path('hub'));
  writeFileSync(path('hub/config.json'), '{}');
  writeFileSync(path('hub/model.pkl'), 'cos\nsystem\n(Vid\ntR.');
  const unsafe = await call('models import hub in/hub.onnx --rows rows.csv');
  assert.deepEqual(
    [unsafe.code, /TG-MODELS-UNSAFE: .*model.pkl, byte 0: it imports "os.system"/s.test(unsafe.stderr)],
    [3, true],
    unsafe.stderr,
  );

  const unsigned = await call('models import mlflow in/signed.onnx --key key.pem');
  assert.match(unsigned.stderr, /TG-MODELS-SIGNATURE: .* there is none at/);
  writeFileSync(path('weights.pt'), 'x');
  assert.match((await call('models import weights.pt in/x.onnx')).stderr, /TG-MODELS-IMPORT: .*torch\.export\.save/);
  writeFileSync(path('mlflow/MLmodel'), 'flavors: { onnx: { data: ../../etc/passwd } }\n');
  assert.match((await call('models import mlflow in/x.onnx')).stderr, /outside the folder/);
  writeFileSync(path('mlflow/MLmodel'), 'flavors: { onnx: { data: gone.onnx } }\n');
  assert.match((await call('models import mlflow in/x.onnx')).stderr, /TG-MODELS-IMPORT: .*"gone.onnx", which is not there/);
  copyFileSync(join(fixtures, 'logistic.onnx'), path('zipmap.onnx'));
  assert.match((await call('models import zipmap.onnx in/x.onnx')).stderr, /TG-MODELS-IMPORT: .*"output_probability" is not a tensor/);
  assert.match((await call('models import nowhere in/x.onnx')).stderr, /TG-CLI-NOT-FOUND/);
  assert.match((await call('models import weights.pt in/x.txt')).stderr, /must be an ONNX file/);
});
