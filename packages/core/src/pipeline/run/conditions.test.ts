import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Evidence, Verdict } from '@tidegate/formats';
import { type Condition, parseCondition } from '../../config/index.ts';
import { joinKind } from '../test-kinds.ts';
import { makeTestProject, outcomes, step } from '../test-project.ts';
import type { StepKind } from '../step-kind.ts';

function condition(text: string): { readonly condition: Condition } {
  const parsed = parseCondition(text);
  assert.ok(parsed.ok);
  return { condition: parsed.value };
}

/** Every step has 5 rows, and the evidence that its setting `verdict` says. */
const measuring = (ran: string[] = []): StepKind =>
  joinKind(ran, async ({ node }) => {
    const verdict = node.settings['verdict'];
    if (verdict === 'broken') throw new Error('broken');
    return { facts: { rows: 5, format: 'csv' }, evidence: typeof verdict === 'string' ? [evidence(verdict as Verdict)] : [] };
  });

function evidence(verdict: Verdict): Evidence {
  const reason = 'as asked';
  return {
    format: 'tidegate.evidence/1',
    kind: 'check',
    name: 'c',
    subject: 'steps.a',
    verdict,
    blocking: verdict !== 'pass',
    reason,
    details: {},
  };
}

for (const [text, status] of [
  ['steps.a.rows > 4', 'done'],
  ['steps.a.rows >= 6', 'skipped'],
  ['not steps.a.rows == 5 or steps.a.format != csv', 'skipped'],
  ['(steps.a.rows < 5 or steps.a.rows <= 5) and steps.a.verdict == pass', 'done'],
] as const)
  test(`a condition is decided by what the other step measured: ${text}`, async (t) => {
    const project = await makeTestProject(t, { kinds: [measuring()] });

    const run = await project.run([step('a', { settings: { verdict: 'pass' } }), step('b', { more: condition(text) })]);

    assert.deepEqual(outcomes(run), ['steps.a: done', `steps.b: ${status}`]);
    assert.equal(run.status, 'succeeded');
  });

test('a skipped step says why as data, and what needs it is skipped with it, unless it runs always', async (t) => {
  const project = await makeTestProject(t, { kinds: [measuring()] });
  const steps = [
    step('a'),
    step('b', { in: ['steps.a/out'], more: condition('steps.a.rows > 9') }),
    step('c', { in: ['steps.b/out'] }),
    step('d', { in: ['steps.c/out'], more: condition('always') }),
  ];

  const run = await project.run(steps);

  assert.deepEqual(outcomes(run), ['steps.a: done', 'steps.b: skipped', 'steps.c: skipped', 'steps.d: done']);
  assert.deepEqual(run.steps[1]?.facts, { condition: 'steps.a.rows > 9' });
  assert.deepEqual(run.steps[2]?.facts, { skippedBy: ['steps.b'] });
  assert.deepEqual(
    (await project.plan(steps)).map(({ step: name, action }) => `${name}: ${action}`),
    ['steps.a: hit', 'steps.b: skipped', 'steps.c: skipped', 'steps.d: decide-later'],
  );
});

test('a condition on a hit is decided as on a step that ran', async (t) => {
  const project = await makeTestProject(t, { kinds: [measuring()] });
  const steps = [step('a'), step('b', { more: condition('steps.a.rows > 4') })];
  await project.run(steps);

  const again = await project.run(steps);

  assert.deepEqual(outcomes(again), ['steps.a: hit', 'steps.b: hit']);
});

test('"always" runs after a failure, also when the run stops for it', async (t) => {
  const project = await makeTestProject(t, { kinds: [measuring()] });

  const run = await project.run([
    step('a', { settings: { verdict: 'broken' } }),
    step('b', { in: ['steps.a/out'] }),
    step('c', { in: ['steps.b/out'], more: condition('always') }),
  ]);

  assert.deepEqual(outcomes(run), ['steps.a: failed', 'steps.b: blocked', 'steps.c: done']);
  assert.equal(run.status, 'failed');
});

test('a condition that names the verdict judges it: a failing check blocks the others only', async (t) => {
  const project = await makeTestProject(t, { kinds: [measuring()] });

  const run = await project.run([
    step('a', { settings: { verdict: 'fail' } }),
    step('b', { in: ['steps.a/out'] }),
    step('c', { in: ['steps.a/out'], more: condition('steps.a.verdict == fail') }),
    step('d', { in: ['steps.a/out'], more: condition('steps.a.rows > 1') }),
  ]);

  assert.deepEqual(outcomes(run), ['steps.a: done', 'steps.b: blocked', 'steps.c: done', 'steps.d: blocked']);
});

for (const [text, message] of [
  ['steps.a.rowz > 1', 'Cannot decide whether "steps.b" runs by "steps.a.rowz > 1": "steps.a" has no "rowz"'],
  ['steps.a.verdict == pass', 'Cannot decide whether "steps.b" runs by "steps.a.verdict == pass": "steps.a" has no "verdict"'],
  [
    'steps.a.rows == many',
    'Cannot decide whether "steps.b" runs by "steps.a.rows == many": the number 5 and the text "many" cannot be compared',
  ],
] as const)
  test(`what was not measured is never guessed (TG-PIPELINE-CONDITION): ${text}`, async (t) => {
    const project = await makeTestProject(t, { kinds: [measuring()] });

    const run = await project.run([step('a'), step('b', { more: condition(text) })]);

    assert.deepEqual(outcomes(run), ['steps.a: done', 'steps.b: failed']);
    assert.equal(run.steps[1]?.failure?.message, message);
  });

test('a step that the condition names and nobody has is refused with the nearest name; one that reads itself is a cycle', async (t) => {
  const project = await makeTestProject(t, { kinds: [measuring()] });

  await assert.rejects(
    project.run([step('a'), step('b', { more: condition('steps.aa.rows > 1') })]),
    /TG-PIPELINE-STEP-UNKNOWN.*"steps.aa", which the condition of "steps.b" names/,
  );
  await assert.rejects(project.run([step('b', { more: condition('steps.b.rows > 1') })]), /steps.b → steps.b/);
});
