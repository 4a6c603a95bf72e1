import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Signature, SmokeReport } from '@tidegate/formats';
import { openRunner } from '../model/open-runner.ts';
import type { Value } from '../model/tensor.ts';
import { smoke } from './smoke.ts';

const fixtures = resolve(import.meta.dirname, '../../fixtures');

interface Tried {
  readonly signature: Signature;
  readonly rows: readonly { readonly [column: string]: Value }[];
}

async function smokeOf(
  model: { readonly file: string; readonly flavor: 'onnx' | 'function' },
  { signature, rows }: Tried,
): Promise<SmokeReport> {
  const runner = await openRunner({ ...model, signature, python: 'python3', threads: 1 }, { onRestart: () => {}, runLimitMs: null });
  try {
    const cells = signature.inputs.map(({ name }) => rows.map((row) => row[name] ?? null));
    return await smoke(runner, signature, { count: rows.length, cells });
  } finally {
    await runner.close();
  }
}

async function ofFunction(t: TestContext, body: string, tried: Partial<Tried> = {}): Promise<SmokeReport> {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-smoke-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'model.py');
  writeFileSync(file, body);
  return smokeOf({ file, flavor: 'function' }, { signature: towns, rows: someRows, ...tried });
}

const towns: Signature = {
  task: 'regression',
  inputs: [
    { name: 'town', type: 'string' },
    { name: 'area', type: 'number' },
  ],
  classes: [],
};
const someRows = [
  { town: 'a', area: 1 },
  { town: 'b', area: 2 },
  { town: 'b', area: 3 },
];

const outcomes = ({ cases }: SmokeReport): readonly string[] => cases.map(({ outcome }) => outcome);
const messages = ({ cases }: SmokeReport): readonly string[] => cases.map(({ message }) => message);

for (const name of ['binary', 'multiclass', 'regression', 'matrix', 'kinds'])
  test(`the ONNX model "${name}" holds what no model may break`, async () => {
    const read = (file: string): unknown => JSON.parse(readFileSync(join(fixtures, file), 'utf8'));
    const { rows } = read(`${name}.cases.json`) as Pick<Tried, 'rows'>;

    const report = await smokeOf(
      { file: join(fixtures, `${name}.onnx`), flavor: 'onnx' },
      { signature: read(`${name}.signature.json`) as Signature, rows },
    );

    assert.deepEqual(
      report.cases.filter(({ mustHold }) => mustHold).map(({ outcome, message }) => [outcome, message]),
      [
        ['passed', ''],
        ['passed', ''],
        ['passed', ''],
      ],
    );
  });

test('a model that takes anything passes everything', async (t) => {
  const report = await ofFunction(t, 'def predict(rows):\n    return [min(row["area"] or 0, 9) for row in rows]\n');

  assert.deepEqual([report.rows, outcomes(report)], [3, ['passed', 'passed', 'passed', 'passed', 'passed', 'passed']]);
  assert.deepEqual(
    report.cases.map(({ mustHold }) => mustHold),
    [true, true, true, false, false, false],
  );
});

test('a model that draws numbers is told', async (t) => {
  const report = await ofFunction(t, 'import random\ndef predict(rows):\n    return [random.random() for row in rows]\n');

  assert.deepEqual(outcomes(report).slice(0, 3), ['passed', 'failed', 'failed']);
  assert.match(messages(report)[1] ?? '', /^A row gets 0\.\d+ and then 0\.\d+$/);
});

test('a model that looks at the other rows of the batch is told', async (t) => {
  const report = await ofFunction(t, 'def predict(rows):\n    return [len(rows) for row in rows]\n');

  assert.deepEqual(outcomes(report).slice(0, 3), ['passed', 'passed', 'failed']);
  assert.equal(messages(report)[2], 'A row gets 3 and then 1');
});

test('no number, or a probability out of range, is told', async (t) => {
  const nan = await ofFunction(t, 'def predict(rows):\n    return [float("nan") if row["town"] == "b" else 1.0 for row in rows]\n');
  const binary: Signature = { ...towns, task: 'binary', classes: ['no', 'yes'] };
  const share = await ofFunction(t, 'def predict(rows):\n    return [1.5 for row in rows]\n', { signature: binary });

  assert.equal(messages(nan)[0], '2 of 3 rows get NaN, or another such');
  assert.equal(messages(share)[0], '3 of 3 rows get the probability 1.5, or another such');
});

test('fields, categories and numbers that a model cannot take are told by their columns', async (t) => {
  const report = await ofFunction(
    t,
    'known = {"a": 1.0, "b": 2.0}\ndef predict(rows):\n    return [known[row["town"]] + row["area"] * row["area"] for row in rows]\n',
  );

  assert.deepEqual(outcomes(report), ['passed', 'passed', 'passed', 'failed', 'failed', 'failed']);
  assert.match(messages(report)[3] ?? '', /^"town" gives error: .*; "area" gives error: /);
  assert.match(messages(report)[4] ?? '', /^"town" gives error: .*never seen/);
  assert.match(messages(report)[5] ?? '', /^"area" gives /);
});

test('without rows nothing was tried', async (t) => {
  const report = await ofFunction(t, 'def predict(rows):\n    return [1.0 for row in rows]\n', { rows: [] });

  assert.deepEqual([report.rows, new Set(outcomes(report))], [0, new Set(['skipped'])]);
});
