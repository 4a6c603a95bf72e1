import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type TestContext, test } from 'node:test';
import { TidegateError } from '@tidegate/formats';
import { openEngine, quoteText, type Row } from '@tidegate/runtime';
import { inspectModel } from '../inspect/inspect-model.ts';
import { score } from './main.ts';

const fixtures = resolve(import.meta.dirname, '../../fixtures');
const types: Readonly<Record<string, string>> = { number: 'DOUBLE', integer: 'BIGINT', boolean: 'BOOLEAN', string: 'VARCHAR' };

interface Cases {
  readonly rows: readonly Row[];
  readonly prediction: readonly (number | string)[];
  readonly probabilities?: readonly (readonly number[])[];
}

for (const name of ['binary', 'multiclass', 'regression', 'matrix', 'one-row', 'kinds']) {
  test(`score of the ONNX model "${name}" predicts what scikit-learn predicts`, async (t) => {
    const folder = await newFolder(t);
    const cases = await readJson<Cases>(join(fixtures, `${name}.cases.json`));
    const signature = join(fixtures, `${name}.signature.json`);
    await writeParquet(folder, cases.rows, signature);

    await score(['--model', join(fixtures, `${name}.onnx`), '--flavor', 'onnx', ...files(folder, signature)]);

    const scored = await readParquet(join(folder, 'out.parquet'));
    assert.deepEqual(
      scored.map((row) => row['row']),
      cases.rows.map((_, index) => index),
    );
    const expected = name === 'binary' || name === 'kinds' ? (cases.probabilities ?? []).map(([, second]) => second) : cases.prediction;
    scored.forEach(({ prediction }, index) => assertClose(prediction, expected[index]));
    if (name === 'multiclass')
      scored.forEach(({ probabilities }, row) =>
        (cases.probabilities?.[row] ?? []).forEach((value, index) =>
          assertClose(Array.isArray(probabilities) ? probabilities[index] : null, value),
        ),
      );
    assert.deepEqual((await readdir(folder)).toSorted(), ['in.parquet', 'out.parquet']);
  });
}

test('score of the same rows gives the same bytes', async (t) => {
  const folder = await newFolder(t);
  const signature = join(fixtures, 'multiclass.signature.json');
  await writeParquet(folder, (await readJson<Cases>(join(fixtures, 'multiclass.cases.json'))).rows, signature);
  const args = ['--model', join(fixtures, 'multiclass.onnx'), '--flavor', 'onnx', ...files(folder, signature)];

  await score(args);
  const first = await readFile(join(folder, 'out.parquet'));
  await score(args);

  assert.ok(first.equals(await readFile(join(folder, 'out.parquet'))));
});

test('score runs a "predict" function in the given Python, its prints kept out of the way, NaN kept as NaN', async (t) => {
  const folder = await newFolder(t);
  const signature = await writeSignature(folder, {
    task: 'regression',
    inputs: [
      { name: 'town', type: 'string' },
      { name: 'area', type: 'number' },
    ],
    classes: [],
  });
  await writeParquet(
    folder,
    [
      { town: 'a', area: 3 },
      { town: 'b', area: 1.5 },
      { town: 'b', area: null },
    ],
    signature,
  );

  await score(['--model', join(fixtures, 'python/linear.py'), '--flavor', 'function', '--python', 'python3', ...files(folder, signature)]);

  assert.deepEqual(await readParquet(join(folder, 'out.parquet')), [
    { row: 0, prediction: 16 },
    { row: 1, prediction: 18 },
    { row: 2, prediction: 'NaN' },
  ]);
});

test('score and inspect take a pickled classifier by its probabilities', async (t) => {
  const folder = await newFolder(t);
  const model = join(folder, 'model.pickle');
  await copyFile(join(fixtures, 'python/threshold.py'), join(folder, 'threshold.py'));
  execFileSync('python3', ['threshold.py', model], { cwd: folder, env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' } });
  const signature = await writeSignature(folder, {
    task: 'binary',
    inputs: [{ name: 'length', type: 'number' }],
    classes: ['short', 'long'],
  });
  await writeParquet(folder, [{ length: 0.5 }, { length: 2 }, { length: null }], signature);

  await score(['--model', model, '--flavor', 'pickle', '--python', 'python3', ...files(folder, signature)]);
  const told = await inspectModel({ file: model, flavor: 'pickle', python: 'python3' });

  assert.deepEqual(
    (await readParquet(join(folder, 'out.parquet'))).map((row) => row['prediction']),
    [0.1, 0.75, 0.1],
  );
  assert.deepEqual(told, { inputs: [{ name: 'length', type: null }], task: 'binary', classes: ['short', 'long'] });
});

test('score names the column a file lacks, and the nearest one it has', async (t) => {
  const folder = await newFolder(t);
  const signature = join(fixtures, 'regression.signature.json');
  const written = ['town', 'aera', 'rooms'].map((name) => ({ name, type: 'number' }));
  await writeParquet(folder, [{ town: 1, aera: 2, rooms: 3 }], await writeSignature(folder, { inputs: written }));

  const found = await fails(['--model', join(fixtures, 'regression.onnx'), '--flavor', 'onnx', ...files(folder, signature)]);

  assert.match(found, /TG-SERVING-SCORE-INPUT: Cannot score ".*in\.parquet": it has no column "area"\nDid you mean "aera"\?/);
});

test('score refuses a null where the model takes whole numbers, and names the row', async (t) => {
  const folder = await newFolder(t);
  const signature = join(fixtures, 'kinds.signature.json');
  await writeParquet(
    folder,
    [
      { count: 1, member: true, exact: 1, rough: 1 },
      { count: null, member: true, exact: 1, rough: 1 },
    ],
    signature,
  );

  const found = await fails(['--model', join(fixtures, 'kinds.onnx'), '--flavor', 'onnx', ...files(folder, signature)]);

  assert.match(found, /TG-SERVING-SCORE-INPUT: Cannot score row 1: "count" is null, and the model takes int64/);
});

test('score of a signature that does not fit the model says what differs', async (t) => {
  const folder = await newFolder(t);
  const signature = await writeSignature(folder, { task: 'regression', inputs: [{ name: 'x', type: 'number' }], classes: [] });
  await writeParquet(folder, [{ x: 1 }], signature);

  const found = await fails(['--model', join(fixtures, 'matrix.onnx'), '--flavor', 'onnx', ...files(folder, signature)]);

  assert.match(
    found,
    /TG-SERVING-MODEL-INPUTS: Cannot use the model: its input "features" takes 3 values a row, the signature has 1 columns/,
  );
});

test('score reports what the model says when it refuses a row', async (t) => {
  const folder = await newFolder(t);
  const signature = await writeSignature(folder, {
    task: 'regression',
    inputs: [
      { name: 'town', type: 'string' },
      { name: 'area', type: 'number' },
    ],
    classes: [],
  });
  await writeParquet(folder, [{ town: 'raise', area: 3 }], signature);

  const found = await fails([
    '--model',
    join(fixtures, 'python/linear.py'),
    '--flavor',
    'function',
    '--python',
    'python3',
    ...files(folder, signature),
  ]);

  assert.match(found, /TG-SERVING-PREDICTION: Cannot predict: the model says "ValueError: no such town"/);
});

async function fails(argv: readonly string[]): Promise<string> {
  try {
    await score(argv);
  } catch (error) {
    if (error instanceof TidegateError)
      return `${error.message}
${error.diagnostics[0].hint ?? ''}`;
    throw error;
  }
  throw new assert.AssertionError({ message: 'It did not fail' });
}

function files(folder: string, signature: string): readonly string[] {
  return ['--signature', signature, '--input', join(folder, 'in.parquet'), '--output', join(folder, 'out.parquet')];
}

async function newFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tidegate-score-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function writeSignature(folder: string, signature: object): Promise<string> {
  const file = join(folder, 'signature.json');
  await writeFile(file, JSON.stringify(signature));
  return file;
}

async function writeParquet(folder: string, rows: readonly Row[], signature: string): Promise<void> {
  const { inputs } = await readJson<{ readonly inputs: readonly { readonly name: string; readonly type: string }[] }>(signature);
  const lines = join(folder, 'in.jsonl');
  await writeFile(lines, rows.map((row) => JSON.stringify(row)).join('\n'));
  using engine = await openEngine({ threads: 1 });
  const columns = inputs.map(({ name, type }) => `${quoteText(name)}: ${quoteText(types[type] ?? '')}`).join(', ');
  await engine.run(
    `COPY (FROM read_json(${quoteText(lines)}, format = 'newline_delimited', columns = {${columns}})) TO ${quoteText(join(folder, 'in.parquet'))} (FORMAT parquet)`,
  );
  await rm(lines);
}

async function readParquet(file: string): Promise<readonly Row[]> {
  using engine = await openEngine({ threads: 1 });
  return await engine.rows(`FROM ${quoteText(file)} ORDER BY row`);
}

async function readJson<T>(file: string): Promise<T> {
  return JSON.parse(await readFile(file, 'utf8'));
}

function assertClose(found: unknown, expected: unknown): void {
  if (typeof found === 'number' && typeof expected === 'number')
    assert.ok(Math.abs(found - expected) < 1e-5, `${found} is not ${expected}`);
  else assert.equal(found, expected);
}
