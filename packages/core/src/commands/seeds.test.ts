import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseProject } from '../config/index.ts';
import { commandNodes } from './command-nodes.ts';
import { seededStep } from './seeds.ts';

const project = (seeds: string) => `version: 1
data: { houses: { from: { files: houses.csv } } }
steps: { train: { run: python train.py, out: { model: model.py } } }
models: { price: { artifact: steps.train.model, evaluate: { on: data.houses, label: price, metrics: [mae], seeds: ${seeds} } } }
`;

function nodesOf(seeds: string) {
  const { config } = parseProject(project(seeds), '/nowhere');
  return commandNodes(config, '/nowhere');
}

test('a step is run once for each seed, the first in its own place and the others beside it in the store only', () => {
  const nodes = nodesOf('3');

  assert.deepEqual(
    nodes.map(({ name, variables, outputs }) => [
      name,
      variables['TIDEGATE_SEED'],
      outputs[0]?.path,
      outputs[0]?.publish,
      outputs[0]?.isAside ?? false,
    ]),
    [
      ['steps.train', '1', 'model.py', true, false],
      ['seeds.train-2', '2', 'model.py', false, true],
      ['seeds.train-3', '3', 'model.py', false, true],
    ],
  );
  const [, second] = nodes;
  assert.deepEqual([second?.kind, second?.inputs], ['command', nodes[0]?.inputs]);
});

test('a seed may have another variable, or be the last words of the command', () => {
  const [variable] = nodesOf('{ values: [7, 11], variable: SEED }');
  const [argument, other] = nodesOf('{ count: 2, argument: --seed }');

  assert.deepEqual({ ...variable?.variables }, { SEED: '7' });
  assert.deepEqual(
    [argument?.settings['run'], other?.settings['run'], { ...other?.variables }],
    [['python', 'train.py', '--seed', '1'], ['python', 'train.py', '--seed', '2'], {}],
  );
});

test('a step with a name as long as may be has names for its seeds that are as long as may be', () => {
  const [one, two] = [seededStep('a'.repeat(63), 2), seededStep('a'.repeat(63), 3)];

  assert.equal(one.length, 'seeds.'.length + 63);
  assert.notEqual(one, two);
});
