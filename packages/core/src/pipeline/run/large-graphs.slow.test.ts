import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type StepName, type StepRecord, TidegateError } from '@tidegate/formats';
import { buildGraph } from '../graph/graph.ts';
import { schedule } from './schedule.ts';
import { unfinished } from './step-record.ts';
import { step } from '../test-project.ts';

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

test('100,000 steps in a chain and in a fan are ordered, and so deep a cycle is found, without recursion (hostile row 23)', () => {
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
