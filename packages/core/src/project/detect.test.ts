import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { detectProject, projectFile } from './detect.ts';

const script = `
import pandas, pickle
from sklearn.linear_model import Ridge
data = pandas.read_csv("houses.csv")
y = data["price"]
model = Ridge().fit(data.drop(columns=["price"]), y)
pickle.dump(model, open("price.pkl", "wb"))
`;

function folder(files: { readonly [name: string]: string }): { readonly path: string } & Disposable {
  const path = mkdtempSync(join(tmpdir(), 'tidegate-detect-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text);
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true }) };
}

const houses = ['area,price', ...Array.from({ length: 40 }, (_, index) => `${index},${index * 1.5}`)].join('\n');

test('detectProject tells data, script, artifact, label and metrics from names and texts', async () => {
  using root = folder({ 'houses.csv': houses, 'other.csv': 'a\n1\n', 'train.py': script, 'notes.py': 'print(1)' });
  const found = await detectProject(root.path);

  assert.deepEqual(found, {
    data: ['houses.csv', 'other.csv'],
    scripts: ['train.py'],
    artifact: 'price.pkl',
    columns: ['area', 'price'],
    label: 'price',
    metrics: ['rmse', 'r2'],
    requirements: null,
  });
});

test('detectProject fits the metrics to the label: two values, several classes, numbers', async () => {
  using root = folder({ 'two.csv': 'x,y\n1,no\n2,yes\n', 'many.csv': 'x,y\n1,a\n2,b\n3,c\n' });
  assert.deepEqual((await detectProject(root.path, { data: 'two.csv', label: 'y' })).metrics, ['auc', 'log_loss']);
  assert.deepEqual((await detectProject(root.path, { data: 'many.csv', label: 'y' })).metrics, ['accuracy', 'log_loss']);
});

test('an empty folder gives nothing, and a label that is no column is not taken', async () => {
  using root = folder({ 'a.csv': 'x\n1\n' });
  const found = await detectProject(root.path, { label: 'price' });

  assert.equal(found.label, null);
  assert.deepEqual(found.scripts, []);
});

test('projectFile writes five lines, and quotes names that YAML would read as something else', () => {
  const text = projectFile({
    data: 'my data/houses (1).csv',
    script: 'train.py',
    artifact: 'm.pkl',
    label: 'no',
    metrics: ['rmse'],
    requirements: 'requirements.txt',
  });

  assert.equal(
    text,
    `version: 1
data: { houses-1: { from: { files: "my data/houses (1).csv" } } }
steps: { train: { run: python train.py, out: { model: m.pkl } } }
models: { no: { artifact: steps.train.model, evaluate: { on: data.houses-1, label: "no", metrics: [rmse] } } }
python: { requirements: requirements.txt }
`,
  );
});
