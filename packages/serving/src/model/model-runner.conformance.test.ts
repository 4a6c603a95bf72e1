import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Signature } from '@tidegate/formats';
import { casesOf, signatureOf } from '../serve/test-release.ts';
import { modelRunnerConformance } from './model-runner.conformance.ts';
import { openOnnxConnection } from './onnx/onnx-runner.ts';
import { openPythonConnection } from './python/python-runner.ts';

const fixtures = resolve(import.meta.dirname, '../../fixtures');
const python = 'python3';

for (const name of ['regression', 'matrix', 'one-row']) {
  const signature = await signatureOf(`${name}.onnx`);
  const { rows, prediction } = await casesOf(name);
  const open = (file: string) => openOnnxConnection({ file, threads: 1, columns: signature.inputs.length });
  modelRunnerConformance(`ONNX ${name}`, {
    open: () => open(join(fixtures, `${name}.onnx`)),
    openBroken: () => open(join(fixtures, 'README.md')),
    signature,
    cases: rows.map((row, index) => ({ row, prediction: Number(prediction[index]) })),
    within: 1e-4, // scikit-learn calculates in float64
    refused: null,
    deadly: null,
    endless: null,
  });
}

const houses: Signature = {
  task: 'regression',
  inputs: [
    { name: 'town', type: 'string' },
    { name: 'area', type: 'number' },
  ],
  classes: [],
};

modelRunnerConformance('function in Python', {
  open: () => openPythonConnection({ python, file: join(fixtures, 'python/linear.py'), flavor: 'function', signature: houses }),
  openBroken: () => openPythonConnection({ python, file: join(fixtures, 'README.md'), flavor: 'function', signature: houses }),
  signature: houses,
  cases: [
    { row: { town: 'a', area: 1 }, prediction: 12 },
    { row: { town: 'b', area: 2.5 }, prediction: 20 },
    { row: { town: 'c', area: null }, prediction: Number.NaN },
    { row: { town: null, area: -1 }, prediction: 8 },
  ],
  refused: { town: 'raise', area: 1 },
  deadly: { town: 'die', area: 1 },
  endless: { town: 'hang', area: 1 },
});

const lengths: Signature = { task: 'binary', inputs: [{ name: 'length', type: 'number' }], classes: ['short', 'long'] };
let pickle: string | undefined;

/** Written when a test first asks for it: a test of another file in this process may have its own temporary folder when this file is read. */
function pickleFile(): string {
  if (pickle !== undefined) return pickle;
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-pickle-'));
  process.on('exit', () => rmSync(folder, { recursive: true }));
  pickle = join(folder, 'model.pkl');
  copyFileSync(join(fixtures, 'python/threshold.py'), join(folder, 'threshold.py'));
  execFileSync(python, ['threshold.py', pickle], { cwd: folder, env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' } });
  return pickle;
}

modelRunnerConformance('pickle in Python', {
  open: () => openPythonConnection({ python, file: pickleFile(), flavor: 'pickle', signature: lengths }),
  openBroken: () => openPythonConnection({ python, file: join(fixtures, 'README.md'), flavor: 'pickle', signature: lengths }),
  signature: lengths,
  cases: [
    { row: { length: 2 }, prediction: 0.75 },
    { row: { length: 0.5 }, prediction: 0.1 },
    { row: { length: null }, prediction: 0.1 },
  ],
  refused: { length: 'long' },
  deadly: null,
  endless: null,
});
