import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type StepName, type StepRecord, stepName, TidegateError } from '@tidegate/formats';
import { buildGraph } from '../graph/graph.ts';
import { schedule } from './schedule.ts';
import { unfinished } from './step-record.ts';
import { joinKind } from '../test-kinds.ts';
import type { StepNode } from '../step-kind.ts';
import { makeTestProject, step } from '../test-project.ts';

// Hostile row 23 of the threat list: graphs of a size that nobody writes by hand.

const doneRecord = (name: StepName): StepRecord => unfinished({ ...step('x'), name }, 'done', { startedAfterMs: 0, durationMs: 0 });

function refusalOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof TidegateError, String(error));
    return error.diagnostics[0].message;
  }
  return 'taken';
}

test('100,000 steps in a chain and in a fan are ordered, and so deep a cycle is found, without recursion (hostile 23)', () => {
  const count = 100_000;
  const chain = Array.from({ length: count }, (_, index) => step(`s${index}`, { in: index === 0 ? [] : [`steps.s${index - 1}/out`] }));
  const fan = Array.from({ length: count }, (_, index) => step(`s${index}`, { in: index === 0 ? [] : ['steps.s0/out'] }));

  const ordered = buildGraph(chain).order;
  const fanned = buildGraph(fan).order;
  const cycle = refusalOf(() => buildGraph([step('s0', { in: [`steps.s${count - 1}/out`] }), ...chain.slice(1)]));

  assert.equal(ordered.at(-1), `steps.s${count - 1}`);
  assert.equal(fanned[0], 'steps.s0');
  assert.match(cycle, /^Cannot order the steps, for they need each other: steps\.s0 → .*\(99978 more\).* → steps\.s0$/);
  assert.ok(cycle.length < 1_000);
});

test('20,000 steps in a chain and in a fan are visited without recursion', async () => {
  const count = 20_000;
  for (const needs of [(index: number) => index - 1, () => 0]) {
    const graph = buildGraph(
      Array.from({ length: count }, (_, index) => step(`s${index}`, { in: index === 0 ? [] : [`steps.s${needs(index)}/out`] })),
    );

    const settled = await schedule({ graph, capacity: { cpus: 2 }, visit: async (name) => ({ kind: 'record', record: doneRecord(name) }) });

    assert.equal(settled.size, count);
  }
});

test('100,000 steps in a chain, in a fan and beside one another are planned without recursion (hostile 23)', async (t) => {
  const count = 100_000;
  const project = await makeTestProject(t, { kinds: [joinKind()] });
  const needs = { chain: (index: number) => [index - 1], fan: () => [0], none: () => [] };
  for (const [shape, of] of Object.entries(needs)) {
    const steps = Array.from({ length: count }, (_, index) =>
      step(`s${index}`, { in: index === 0 ? [] : of(index).map((need) => `steps.s${need}/out`) }),
    );
    const cpu = process.cpuUsage();

    const planned = await project.plan(steps);

    const { user, system } = process.cpuUsage(cpu);
    t.diagnostic(`${shape}: ${((user + system) / 1e6).toFixed(1)} CPU s`);
    assert.deepEqual(Object.fromEntries([...Map.groupBy(planned, ({ action }) => action)].map(([action, some]) => [action, some.length])), {
      run: shape === 'none' ? count : 1,
      ...(shape !== 'none' && { 'decide-later': count - 1 }),
    });
  }
});

test('a fan-out of 100,000 items is ordered, and 20,000 items two at once are visited (hostile 23)', async () => {
  const of = stepName('steps.f');
  const fanOut = (count: number): readonly StepNode[] => {
    const items = Array.from({ length: count }, (_, index) => {
      const label = String(index);
      return step(`f@${label}`, {
        outputs: [{ name: 'out', path: `made/${label}.txt`, publish: false }],
        more: { item: { of, label, values: {}, atOnce: 2, rate: null } },
      });
    });
    const inputs = items.map((item) => ({ from: 'step', step: item.name, output: 'out', place: null }) as const);
    return [...items, step('f', { outputs: [{ name: 'out', path: 'made', publish: true }], more: { inputs, allowedFailures: 0 } })];
  };

  const large = buildGraph(fanOut(100_000));
  const graph = buildGraph(fanOut(20_000));
  const settled = await schedule({
    graph,
    capacity: { cpus: 4 },
    visit: (name, slot) => slot(async () => ({ kind: 'record', record: doneRecord(name) })),
  });

  assert.equal(large.order.at(-1), 'steps.f');
  assert.equal(settled.size, 20_001);
});
