import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ProjectGraph } from '@tidegate/core';
import { copiesIn } from '../test-copies.ts';

const fan = `version: 1
project: copies
steps:
  copy: { run: cp params.yaml out.yaml, in: [params.yaml], out: { copy: out.yaml } }
  fan: { for: { grid: { n: [1, 2, 3] } }, run: "cp out.yaml fan/{n}.yaml", in: [steps.copy/copy], out: { made: "fan/{n}.yaml" } }
`;

test('the graph is told as text, as a flowchart and as data, with what is stale', async (t) => {
  const { call, json, write } = copiesIn(t);
  await call('run');
  const fresh = await call('graph');
  write({ 'params.yaml': 'depth: 4\n' });

  const text = await call('graph');
  const mermaid = await call('graph --format mermaid');
  const data = await json<ProjectGraph>('graph');
  const only = await json<ProjectGraph>('graph steps.copy');

  assert.match(fresh.stdout, /\n2 steps, none of them stale\.\n$/);
  assert.equal(
    text.stdout,
    '  +  steps.copy   stale         ← params.yaml  → out.yaml\n  ~  steps.again  may be stale  ← steps.copy   → made/end.yaml\n2 steps, 2 of them stale.\n',
  );
  assert.equal(
    mermaid.stdout,
    'flowchart LR\n  n0["steps.copy<br/>out.yaml"]\n  n1["steps.again<br/>made/end.yaml"]\n  n0 -->|"copy"| n1\n  classDef stale fill:#fde68a,stroke:#b45309,color:#000\n  class n0,n1 stale\n',
  );
  assert.deepEqual(
    data.nodes.map(({ name, count, reads, actions }) => [name, count, reads, actions]),
    [
      ['steps.copy', 1, ['params.yaml'], { run: 1 }],
      ['steps.again', 1, [], { 'decide-later': 1 }],
    ],
  );
  assert.deepEqual(data.edges, [{ from: 'steps.copy', to: 'steps.again', outputs: ['copy'] }]);
  assert.deepEqual(
    only.nodes.map(({ name }) => name),
    ['steps.copy'],
  );
  assert.deepEqual((await call('graph --format dot')).code, 2);
});

test('a fan-out is one node of the graph', async (t) => {
  const { json, call, write } = copiesIn(t);
  write({ 'tidegate.yaml': fan });

  const { nodes, edges } = await json<ProjectGraph>('graph');
  const { stdout } = await call('graph');

  assert.deepEqual(
    nodes.map(({ name, count }) => [name, count]),
    [
      ['steps.copy', 1],
      ['steps.fan', 4],
    ],
  );
  assert.deepEqual(edges, [{ from: 'steps.copy', to: 'steps.fan', outputs: ['copy'] }]);
  assert.match(stdout, /steps\.fan \(4\)/);
});
