import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stepName } from '@tidegate/formats';
import { buildGraph } from './graph.ts';
import { selectSteps } from './select-steps.ts';
import { step } from '../test-project.ts';

const graph = buildGraph([
  step('a'),
  step('b', { in: ['steps.a/out'] }),
  step('c', { in: ['steps.b/out'] }),
  step('d', { in: ['steps.a/out'] }),
]);

test('without a selection every step is selected', () => {
  assert.equal(selectSteps(graph, {}).graph, graph);
});

test('up to a step means the step and all that it needs, and nobody else', () => {
  const { graph: part, frozen } = selectSteps(graph, { upTo: [stepName('steps.b')] });

  assert.deepEqual(part.order, ['steps.a', 'steps.b']);
  assert.deepEqual(part.neededBy.get(stepName('steps.a')), ['steps.b']);
  assert.equal(frozen.size, 0);
});

test('from a step means the step, all that needs it, and what those need', () => {
  const { graph: part, frozen } = selectSteps(graph, { from: [stepName('steps.b')] });

  assert.deepEqual(part.order, ['steps.a', 'steps.b', 'steps.c']);
  assert.equal(frozen.size, 0);
});

test('only a step means that what it needs must not run', () => {
  const { graph: part, frozen } = selectSteps(graph, { only: [stepName('steps.c')] });

  assert.deepEqual(part.order, ['steps.a', 'steps.b', 'steps.c']);
  assert.deepEqual([...frozen], ['steps.a', 'steps.b']);
});

test('a step that is not there is refused with the nearest name', () => {
  assert.throws(() => selectSteps(graph, { upTo: [stepName('steps.aa')] }), /TG-PIPELINE-STEP-UNKNOWN.*"steps.aa", which was asked for/);
});
