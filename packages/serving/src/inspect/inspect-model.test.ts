import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { TidegateError } from '@tidegate/formats';
import { inspectModel } from './inspect-model.ts';

const fixtures = resolve(import.meta.dirname, '../../fixtures');
const inspectOnnx = (name: string) => inspectModel({ file: join(fixtures, `${name}.onnx`), flavor: 'onnx', python: 'python3' });

test('inspect tells columns with their types, the task and texts as classes', async () => {
  assert.deepEqual(await inspectOnnx('multiclass'), {
    inputs: [
      { name: 'colour', type: 'string' },
      { name: 'length', type: 'number' },
      { name: 'width', type: 'number' },
    ],
    task: 'multiclass',
    classes: ['long', 'small', 'wide'],
  });
});

test('inspect tells whole numbers as classes and every type of input', async () => {
  const { inputs, task, classes } = await inspectOnnx('kinds');

  assert.deepEqual(
    inputs?.map((input) => input.type),
    ['integer', 'boolean', 'number', 'number'],
  );
  assert.deepEqual([task, classes], ['binary', ['3', '7']]);
});

test('inspect of a model with one input for all columns knows no names', async () => {
  assert.deepEqual(await inspectOnnx('matrix'), { inputs: null, task: 'regression', classes: [] });
});

test('inspect of a classifier converted without zipmap: False says how to convert it', async () => {
  await assert.rejects(inspectOnnx('zipmap'), (error) => {
    assert.ok(error instanceof TidegateError);
    assert.equal(error.diagnostics[0].code, 'TG-SERVING-MODEL-OUTPUTS');
    assert.match(error.diagnostics[0].hint ?? '', /"zipmap": False/);
    return true;
  });
});

test('inspect of a file that is no model fails with a code, whatever its bytes', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'tidegate-inspect-'));
  t.after(() => rm(folder, { recursive: true }));
  const file = join(folder, 'model.onnx');
  await writeFile(file, 'no model');

  await assert.rejects(
    inspectModel({ file, flavor: 'onnx', python: 'python3' }),
    /TG-SERVING-MODEL: Cannot load the model ".*model\.onnx": /,
  );
  await assert.rejects(
    inspectModel({ file, flavor: 'pickle', python: 'python3' }),
    /TG-SERVING-MODEL: Cannot load the model ".*model\.onnx": /,
  );
});

test('inspect with a Python that is not there says so', async () => {
  const file = join(fixtures, 'python/linear.py');

  await assert.rejects(
    inspectModel({ file, flavor: 'function', python: '/no/python' }),
    /TG-SERVING-MODEL: Cannot start "\/no\/python": .*ENOENT/,
  );
});

test('the process prints one line of JSON for inspect, and ends with 2 for a wrong option, which it names', () => {
  const main = resolve(import.meta.dirname, '../main.ts');

  const told = execFileSync(process.execPath, [main, 'inspect', '--model', join(fixtures, 'python/linear.py'), '--flavor', 'function']);

  assert.deepEqual(JSON.parse(told.toString()), { inputs: null, task: null, classes: [] });
  assert.throws(
    () => execFileSync(process.execPath, [main, 'inspect', '--modl', 'x'], { stdio: 'pipe' }),
    (error: Error & { readonly status?: number; readonly stderr?: Buffer }) =>
      error.status === 2 && /Did you mean "--model"\?/.test(String(error.stderr)),
  );
});
