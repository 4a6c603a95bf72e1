import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ErrorCode, type StepName, stepName, TidegateError } from '@tidegate/formats';
import fc from 'fast-check';
import { buildGraph } from './graph.ts';
import type { StepNode } from '../step-kind.ts';
import { step } from '../test-project.ts';

function codesOf(work: () => unknown): readonly (readonly [ErrorCode, string, string | null])[] {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof TidegateError, String(error));
    return error.diagnostics.map(({ code, message, hint }) => [code, message, hint]);
  }
  return [];
}

test('steps come after what they need, and by name where that leaves a choice', () => {
  const graph = buildGraph([step('c'), step('b', { in: ['steps.c/out'] }), step('a'), step('B')]);

  assert.deepEqual(graph.order, ['steps.B', 'steps.a', 'steps.c', 'steps.b']);
  assert.deepEqual(graph.needs.get(stepName('steps.b')), ['steps.c']);
  assert.deepEqual(graph.neededBy.get(stepName('steps.c')), ['steps.b']);
});

test('an unknown step and an unknown output are both reported, each with the nearest name', () => {
  const found = codesOf(() => buildGraph([step('train'), step('b', { in: ['steps.trian/out', 'steps.train/ouf', 'steps.train/zzz'] })]));

  assert.deepEqual(found, [
    ['TG-PIPELINE-STEP-UNKNOWN', 'Cannot find the step "steps.trian", which "steps.b" needs', 'Did you mean "steps.train"?'],
    ['TG-PIPELINE-OUTPUT-UNKNOWN', 'Cannot find the output "ouf" of "steps.train", which "steps.b" needs', 'Did you mean "out"?'],
    ['TG-PIPELINE-OUTPUT-UNKNOWN', 'Cannot find the output "zzz" of "steps.train", which "steps.b" needs', 'Outputs of "steps.train": out'],
  ]);
});

test('two steps of one name are refused', () => {
  assert.deepEqual(
    codesOf(() => buildGraph([step('a'), step('a', { outputs: [] })])).map(([code]) => code),
    ['TG-PIPELINE-STEP-TWICE'],
  );
});

test('a cycle is printed as a path that begins with the first name (hostile 23)', () => {
  const found = codesOf(() =>
    buildGraph([
      step('b', { in: ['steps.a/out'] }),
      step('a', { in: ['steps.c/out'] }),
      step('c', { in: ['steps.b/out'] }),
      step('z', { in: ['steps.a/out'] }),
    ]),
  );

  assert.deepEqual(found, [
    [
      'TG-PIPELINE-CYCLE',
      'Cannot order the steps, for they need each other: steps.a → steps.c → steps.b → steps.a',
      'Remove an input of one of them; "steps.a" needs "steps.c"',
    ],
  ]);
});

test('a step that needs itself is a cycle of one (hostile 23)', () => {
  const [first] = codesOf(() => buildGraph([step('a', { in: ['steps.a/out'] })]));

  assert.equal(first?.[1], 'Cannot order the steps, for they need each other: steps.a → steps.a');
});

const output = (name: string, path: string | null) => ({ name, path, publish: true });

test('outputs that meet are refused: the same path, and one inside the other (hostile 23)', () => {
  const found = codesOf(() =>
    buildGraph([
      step('a', { outputs: [output('x', 'models/m'), output('folder', 'reports')] }),
      step('b', { outputs: [output('x', 'models/m'), output('y', 'reports/deep/r.json'), output('z', 'reports-too')] }),
      step('c', { outputs: [output('record', null)] }),
      step('d', { outputs: [output('record', null)] }),
    ]),
  );

  assert.deepEqual(found, [
    [
      'TG-PIPELINE-OUTPUT-CLASH',
      'Cannot write "models/m" twice: one is "steps.a/x", the other "steps.b/x"',
      'Give one of them another path',
    ],
    [
      'TG-PIPELINE-OUTPUT-CLASH',
      'Cannot write "reports/deep/r.json" inside "reports": one is "steps.a/folder", the other "steps.b/y"',
      'Give one of them another path',
    ],
  ]);
});

test('items of a fan-out write into the folder that it collects, but never two of them to one place (hostile 23)', () => {
  const steps = [
    step('f', { outputs: [output('m', 'models')] }),
    step('f@a', { outputs: [output('m', 'models/a')] }),
    step('f@b', { outputs: [output('m', 'models/b')] }),
  ];

  const apart = codesOf(() => buildGraph(steps));
  const meeting = codesOf(() => buildGraph([...steps, step('f@c', { outputs: [output('m', 'models/b/c')] })]));
  const others = codesOf(() => buildGraph([...steps, step('g@a', { outputs: [output('m', 'models/c')] })]));

  assert.deepEqual(apart, []);
  assert.deepEqual(
    meeting.map(([, message]) => message),
    ['Cannot write "models/b/c" inside "models/b": one is "steps.f@b/m", the other "steps.f@c/m"'],
  );
  assert.deepEqual(
    others.map(([, message]) => message),
    ['Cannot write "models/c" inside "models": one is "steps.f/m", the other "steps.g@a/m"'],
  );
});

for (const path of ['../m', '/m', 'a/../m', './m', 'a//m', 'm/', '', '..', '.git/hooks/pre-commit', 'sub/.GIT/config', 'a\0b'])
  test(`an output path that is not one inside the project is refused: ${JSON.stringify(path)}`, () => {
    const [first] = codesOf(() => buildGraph([step('a', { outputs: [output('x', path)] })]));

    assert.equal(first?.[0], 'TG-PIPELINE-OUTPUT-PATH');
  });

/** A graph by its edges: `edges[i]` are the steps that step i needs. */
const graphs = fc
  .integer({ min: 1, max: 12 })
  .chain((size) => fc.array(fc.uniqueArray(fc.nat({ max: size - 1 }), { maxLength: 3 }), { minLength: size, maxLength: size }));

function stepsOf(edges: readonly (readonly number[])[]): readonly StepNode[] {
  return edges.map((needs, index) => step(`s${index}`, { in: needs.map((need) => `steps.s${need}/out`) }));
}

/** Whether a graph has a cycle, by the definition: some step can be reached from itself. */
function reachesItself(edges: readonly (readonly number[])[]): boolean {
  const reach = edges.map((needs) => new Set(needs));
  for (const via of edges.keys()) for (const set of reach) if (set.has(via)) for (const end of reach[via] ?? []) set.add(end);
  return reach.some((set, index) => set.has(index));
}

test('any graph is either ordered or refused for a cycle that is really there', () => {
  fc.assert(
    fc.property(graphs, (edges) => {
      const steps = stepsOf(edges);
      const found = codesOf(() => buildGraph(steps));

      assert.equal(found.length > 0, reachesItself(edges));
      const path = found[0]?.[1].split(': ')[1]?.split(' → ') ?? [];
      for (const [index, name] of path.slice(0, -1).entries()) {
        const node = steps.find((candidate) => candidate.name === name);
        assert.ok(
          node?.inputs.some((input) => input.from === 'step' && input.step === path[index + 1]),
          path.join(' → '),
        );
      }
      assert.equal(path[0], path.at(-1));
      assert.equal(new Set(path).size, Math.max(0, path.length - 1));
    }),
    { numRuns: 300 },
  );
});

test('the order is a topological one, the smallest by name, whatever order the steps came in', () => {
  fc.assert(
    fc.property(graphs, fc.infiniteStream(fc.nat()), (edges, keys) => {
      const acyclic = edges.map((needs, index) => needs.filter((need) => need < index));
      const steps = stepsOf(acyclic);
      const shuffled = steps
        .map((node) => [keys.next().value ?? 0, node] as const)
        .toSorted((a, b) => a[0] - b[0])
        .map(([, node]) => node);

      assert.deepEqual(buildGraph(shuffled).order, smallestOrder(steps));
    }),
    { numRuns: 200 },
  );
});

/** Naively: of all steps whose needs are placed, the first by name comes next. */
function smallestOrder(steps: readonly StepNode[]): readonly StepName[] {
  const order: StepName[] = [];
  while (order.length < steps.length) {
    const free = steps.filter(
      (node) => !order.includes(node.name) && node.inputs.every((input) => input.from === 'project' || order.includes(input.step)),
    );
    order.push(free.map((node) => node.name).toSorted()[0] ?? assert.fail('the graph has a cycle'));
  }
  return order;
}
