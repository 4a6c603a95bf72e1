import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { parseProject } from '../config/index.ts';
import type { StepInput, StepNode } from '../pipeline/index.ts';
import { commandNodes, testCommandNodes } from './command-nodes.ts';

/** Nodes of a project in which these files are. */
function nodes(text: string, files: readonly string[]): readonly StepNode[] {
  const root = mkdtempSync(join(tmpdir(), 'tidegate-nodes-'));
  try {
    for (const file of files) {
      mkdirSync(dirname(join(root, file)), { recursive: true });
      writeFileSync(join(root, file), '');
    }
    const { config } = parseProject(`version: 1\n${text}`, root);
    return [...commandNodes(config, root), ...testCommandNodes(config, root)];
  } finally {
    rmSync(root, { recursive: true });
  }
}

function inputs(text: string, files: readonly string[] = []): readonly string[] {
  return (nodes(text, files).at(-1)?.inputs ?? []).map(asText);
}

function asText(input: StepInput): string {
  return input.from === 'project' ? `${input.pattern}${input.required ? '!' : ''}` : `${input.step}/${input.output} at ${input.place}`;
}

test('a step reads every dataset when it declares nothing, without the rows kept for evaluation', () => {
  const text = `data: { a: { from: { files: a.csv } }, b: { from: { files: data/*.csv }, holdout: 20% } }
steps: { train: { run: python train.py } }`;

  assert.deepEqual(inputs(text, ['train.py']), ['data.a/files at .', 'data.b/train at .', 'train.py']);
});

test('declared inputs are placed where they lie in the project', () => {
  const text = `data: { a: { from: { files: a.csv } } }
features: { definitions: features }
steps:
  clean: { run: x, out: { table: build/clean.parquet } }
  train: { run: x, in: [features.delay/train, steps.clean/table, src/**, ./data.csv] }`;

  assert.deepEqual(inputs(text, ['features/a.yaml', 'src/a.py', 'data.csv']), [
    'features.delay/train at build/features/delay/train.parquet',
    'steps.clean/table at build/clean.parquet',
    'src/**!',
    'data.csv!',
  ]);
});

test('rows that were put aside are read like a dataset, by their name or by the path where they lie', () => {
  const text = (step: string): string =>
    `data: { a: { from: { files: a.csv }, contract: a.yaml, quarantine: { leave_out: true } }, b: { from: { files: b.csv } } }
steps: { mend: ${step} }`;
  const declared = 'data.a/quarantine at build/quarantine';

  assert.deepEqual(inputs(text('{ run: x, in: [data.a.quarantine] }'), ['a.yaml']), [declared]);
  assert.deepEqual(inputs(text('{ run: [x, build/quarantine/a.quarantine.parquet], in: [data.b] }'), ['a.yaml']), [
    'data.b/files at .',
    declared,
  ]);
  assert.deepEqual(inputs(text('{ run: [x, build/quarantine/b.quarantine.parquet], in: [data.b] }'), ['a.yaml']), ['data.b/files at .']);
});

test('words of the command that name files of the project are read', () => {
  const text = (run: string): string => `steps: { train: { run: ${run}, in: [], out: { model: out/model.pkl } } }`;
  const files = ['train.py', 'tests/unit/a.py', 'params.yaml', 'tool.sh', 'out/model.pkl', 'train/x'];

  assert.deepEqual(inputs(text('python ./train.py --config=params.yaml missing.txt -v'), files), ['train.py', 'params.yaml']);
  assert.deepEqual(inputs(text('pytest tests/unit/a.py::test_b tests/'), files), ['tests/unit/a.py', 'tests']);
  assert.deepEqual(inputs(text('./tool.sh'), files), ['tool.sh']);
  assert.deepEqual(inputs(text('train . .. / /etc/passwd ../x'), files), []);
});

test('where a step writes is no input, whatever lies there already', () => {
  const text = 'steps: { train: { run: python train.py out/model.pkl --folder out, in: [], out: { model: out/model.pkl } } }';

  assert.deepEqual(inputs(text, ['train.py', 'out/model.pkl']), ['train.py']);
});

test('words that name a dataset, a training set or an output of another step read those, not the files that lie there', () => {
  const text = `data: { houses: { from: { files: houses.csv }, holdout: 20% } }
features: { definitions: features }
steps:
  clean: { run: x, out: { table: out/clean.csv } }
  train: { run: python train.py houses.csv out/clean.csv build/features/delay/train.parquet, in: [] }`;

  assert.deepEqual(inputs(text, ['train.py', 'houses.csv', 'out/clean.csv', 'features/a.yaml', 'build/features/delay/train.parquet']), [
    'data.houses/train at .',
    'steps.clean/table at out/clean.csv',
    'features.delay/train at build/features/delay/train.parquet',
    'train.py',
  ]);
});

test('the lock of the Python is an input of every command, for a script may call it too', () => {
  const text = 'python: { requirements: requirements.txt }\nsteps: { a: { run: bash run.sh } }';

  assert.deepEqual(inputs(text, ['requirements.txt', 'run.sh']), ['run.sh', 'requirements.txt!']);
});

test('a node carries what decides its result', () => {
  const [step, suite] = nodes(
    `steps: { train: { run: python train.py, out: { model: m.pkl }, variables: { A: b }, cpus: 2, timeout: 1m, network: true, sandbox: false } }
tests: { unit: { run: pytest -q tests, in: [src], variables: { C: d }, timeout: 5s, limits: { processes: 9 } }, golden: { cases: cases.yaml } }`,
    ['src/a.py', 'tests/test_a.py'],
  );

  assert.deepEqual(JSON.parse(JSON.stringify(step)), {
    name: 'steps.train',
    kind: 'command',
    inputs: [],
    outputs: [{ name: 'model', path: 'm.pkl', publish: true }],
    settings: { run: ['python', 'train.py'], timeoutMs: 60_000, network: true },
    variables: { A: 'b' },
    cpus: 2,
    isolation: { sandbox: false, network: true, limits: { processes: null, openFiles: null, fileBytes: null } },
  });
  assert.deepEqual(JSON.parse(JSON.stringify(suite)), {
    name: 'tests.unit',
    kind: 'test-command',
    inputs: [
      { from: 'project', pattern: 'src', required: true },
      { from: 'project', pattern: 'tests', required: false },
    ],
    outputs: [{ name: 'report', path: null, publish: false }],
    settings: { run: ['pytest', '-q', 'tests'], timeoutMs: 5000 },
    variables: { C: 'd' },
    cpus: 1,
    isolation: { sandbox: true, network: false, limits: { processes: 9, openFiles: null, fileBytes: null } },
  });
});
