import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failure, stepName } from '@tidegate/formats';
import { joinKind } from '../test-kinds.ts';
import type { StepKind, StepNode } from '../step-kind.ts';
import { makeTestProject, outcomes, step } from '../test-project.ts';

/** Items `a`, `b`, …, and the step that collects them; an item whose setting says so fails. */
function fanOut(
  labels: string,
  { broken = '', allowed = 0 }: { readonly broken?: string; readonly allowed?: number } = {},
): readonly StepNode[] {
  const of = stepName('steps.f');
  const items = [...labels].map((label) =>
    step(`f@${label}`, {
      settings: { fails: broken.includes(label) },
      more: { item: { of, label, values: {}, atOnce: null, rate: null } },
    }),
  );
  const inputs = items.map((item) => ({ from: 'step', step: item.name, output: 'out', place: null }) as const);
  return [...items, step('f', { more: { inputs, allowedFailures: allowed } }), step('after', { in: ['steps.f/out'] })];
}

const fragile = (ran: string[] = []): StepKind =>
  joinKind(ran, async ({ node }) => {
    if (node.settings['fails'] === true) throw failure('TG-COMMANDS-FAILED', 'as asked', null);
    return {};
  });

test('a fan-out fails when an item fails, and names it (TG-PIPELINE-ITEMS-FAILED); what is done is kept', async (t) => {
  const ran: string[] = [];
  const project = await makeTestProject(t, { kinds: [fragile(ran)] });

  const run = await project.run(fanOut('abc', { broken: 'b' }), { keepGoing: true });
  const { failure: why } = run.steps.find((record) => record.step === 'steps.f') ?? assert.fail();
  const again = await project.run(fanOut('abc'));

  assert.deepEqual(outcomes(run), ['steps.f@a: done', 'steps.f@b: failed', 'steps.f@c: done', 'steps.f: failed', 'steps.after: blocked']);
  assert.equal(why?.code, 'TG-PIPELINE-ITEMS-FAILED');
  assert.equal(why?.message, 'Cannot finish "steps.f": 1 of 3 items failed: b');
  assert.deepEqual(ran.slice(3), ['steps.f@b', 'steps.f', 'steps.after']);
  assert.equal(again.status, 'succeeded');
});

test('as many items may fail as it allows: the others are collected, the run goes on and succeeds', async (t) => {
  const project = await makeTestProject(t, { kinds: [fragile()] });

  const run = await project.run(fanOut('abcd', { broken: 'bd', allowed: 2 }));

  assert.deepEqual(outcomes(run), [
    'steps.f@a: done',
    'steps.f@b: failed',
    'steps.f@c: done',
    'steps.f@d: failed',
    'steps.f: done',
    'steps.after: done',
  ]);
  assert.equal(run.status, 'succeeded');
});

test('without keepGoing no item is begun after one failure more than it allows', async (t) => {
  const ran: string[] = [];
  const project = await makeTestProject(t, { kinds: [fragile(ran)] });

  const run = await project.run(fanOut('abcdef', { broken: 'ab', allowed: 1 }), { cpus: 1 });

  assert.deepEqual(ran, ['steps.f@a', 'steps.f@b']);
  assert.deepEqual(
    outcomes(run).slice(2),
    [...'cdef'].map((label) => `steps.f@${label}: cancelled`).concat('steps.f: failed', 'steps.after: blocked'),
  );
});
