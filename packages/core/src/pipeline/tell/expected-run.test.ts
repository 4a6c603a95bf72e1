import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildGraph } from '../graph/graph.ts';
import { step, type TestStep } from '../test-project.ts';
import { type ExpectedRun, expectedRun, type TimedStep } from './expected-run.ts';

type Told = TestStep & { readonly name: string; readonly ms: number | null; readonly action?: TimedStep['action'] };

function expectOf(cpus: number, told: readonly Told[]): ExpectedRun {
  const nodes = told.map(({ name, ...rest }) => step(name, rest));
  const steps = told.map(({ ms, action = 'run' }, index): TimedStep => {
    const time = ms === null ? null : { medianMs: ms, lowMs: ms - 1, highMs: ms + 2, lastMs: ms, count: 1, likeSize: false };
    return { step: nodes[index]?.name ?? assert.fail(), action, expected: time };
  });
  return expectedRun(() => buildGraph(nodes), steps, cpus);
}

test('a chain takes the sum of its steps, steps side by side the longest, as far as there are cores', () => {
  const chain: readonly Told[] = [
    { name: 'a', ms: 10 },
    { name: 'b', ms: 20, in: ['steps.a/out'] },
  ];
  const fan: readonly Told[] = ['a', 'b', 'c', 'd'].map((name) => ({ name, ms: 10 }));

  assert.deepEqual(expectOf(4, chain), { cpus: 4, medianMs: 30, lowMs: 28, highMs: 34, withoutHistory: 0 });
  assert.deepEqual([expectOf(1, fan).medianMs, expectOf(2, fan).medianMs, expectOf(8, fan).medianMs], [40, 20, 10]);
});

test('a step of several cores waits for them', () => {
  const steps: readonly Told[] = [
    { name: 'a', ms: 10 },
    { name: 'b', ms: 10, cpus: 2 },
    { name: 'c', ms: 10 },
  ];

  assert.equal(expectOf(2, steps).medianMs, 30);
});

test('what is a hit takes nothing, what is decided later counts above and not below, what has no history is counted', () => {
  const steps: readonly Told[] = [
    { name: 'a', ms: 10 },
    { name: 'b', ms: 20, in: ['steps.a/out'], action: 'decide-later' },
    { name: 'c', ms: null },
    { name: 'd', ms: 99, action: 'hit' },
  ];

  assert.deepEqual(expectOf(1, steps), { cpus: 1, medianMs: 30, lowMs: 9, highMs: 34, withoutHistory: 1 });
});

test('a plan without anything to do asks for no graph', () => {
  assert.equal(expectedRun(() => assert.fail('nothing runs'), [], 2).medianMs, 0);
});

test('a deep chain is played through without recursion', () => {
  const steps = Array.from({ length: 12_000 }, (_, index) => step(`s${index}`, index === 0 ? {} : { in: [`steps.s${index - 1}/out`] }));
  const expected = { medianMs: 1, lowMs: 1, highMs: 1, lastMs: 1, count: 1, likeSize: false };

  const told = expectedRun(
    () => buildGraph(steps),
    steps.map(({ name }): TimedStep => ({ step: name, action: 'run', expected })),
    2,
  );

  assert.equal(told.medianMs, 12_000);
});
