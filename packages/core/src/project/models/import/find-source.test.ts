import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { findSource } from './find-source.ts';

const fixtures = join(import.meta.dirname, 'fixtures');

function folderWith(t: TestContext, files: { readonly [path: string]: string }): string {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-source-'));
  t.after(() => rmSync(folder, { recursive: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

test('files of several tools are told apart by what is in them', async (t) => {
  const folder = folderWith(t, {
    'tree.txt': 'tree\nversion=v4\n',
    'notes.txt': 'tree of life',
    'boosted.json': '{"learner": {}, "version": [3, 2, 0]}',
    'config.json': '{"architectures": []}',
    'boosted.ubj': '',
  });
  copyFileSync(join(fixtures, 'kind.pt'), join(folder, 'script.pt'));

  for (const [file, kind] of [
    ['tree.txt', 'lightgbm'],
    ['boosted.json', 'xgboost'],
    ['boosted.ubj', 'xgboost'],
    ['script.pt', 'torchscript'],
  ] as const)
    assert.deepEqual(await findSource(join(folder, file)), { kind, from: 'file', file });
  for (const [file, why] of [
    ['notes.txt', /it has no .onnx, .pkl/],
    ['config.json', /it has no .onnx, .pkl/],
  ] as const)
    await assert.rejects(findSource(join(folder, file)), why);
});

test('of a folder of the Hub the model itself is taken and not a variant of it in smaller numbers', async (t) => {
  const folder = folderWith(t, {
    'config.json': '{}',
    'tokenizer.json': '{}',
    'model.safetensors': '',
    'onnx/model.onnx': '',
    'onnx/model_quantized.onnx': '',
    'onnx/model_fp16.onnx': '',
  });

  assert.deepEqual(await findSource(folder), { kind: 'onnx', from: 'huggingface', file: 'onnx/model.onnx' });
});

test('what has no program is refused with how to export it where it was made', async (t) => {
  for (const [files, why] of [
    [{ 'config.json': '{}', 'tokenizer.json': '{}', 'model.safetensors': '' }, /weights without a graph.*optimum-cli export onnx/],
    [{ 'config.json': '{}', 'pytorch_model.bin': '' }, /weights without a graph.*optimum-cli export onnx/],
    [{ 'model.keras': '' }, /model\.export\("model\.onnx", format="onnx"\)/],
    [{ 'llm.gguf': '' }, /format is that of another runtime/],
    [{ 'a.onnx': '', 'b.onnx': '' }, /it has several models: a.onnx, b.onnx; name one of them/],
  ] as const)
    await assert.rejects(findSource(folderWith(t, files)), why);
  for (const file of ['weights.pt', 'object.pt'])
    await assert.rejects(findSource(join(fixtures, file)), /weights without a program.*torch\.export\.save/);
});

test('a folder of MLflow is read by its MLmodel, whatever else lies in it', async (t) => {
  for (const [flavor, kind] of [
    ['lightgbm: { data: model.txt }', 'lightgbm'],
    ['xgboost: { data: model.ubj }', 'xgboost'],
    ['onnx: { data: model.onnx }', 'onnx'],
  ] as const) {
    const folder = folderWith(t, {
      MLmodel: `flavors: { ${flavor} }\n`,
      'model.txt': 'tree\nversion=v4\n',
      'model.ubj': '',
      'model.onnx': '',
    });
    assert.equal((await findSource(folder)).kind, kind);
  }
});
