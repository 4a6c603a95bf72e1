import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ExplainedStep, Explanation } from '@tidegate/core';
import { type Digest, type KeyRecord, runId, stepName, type StepRecord } from '@tidegate/formats';
import { explanationLines } from './explanation-view.ts';

const plain = { style: (_: string, text: string) => text };
const step = stepName('steps.train');
const run = runId('r-20261123-202553-3f9a');
const explained = (record: Partial<StepRecord>): Explanation => ({
  step,
  run,
  record: {
    step,
    kind: 'command',
    status: 'done',
    key: null,
    madeBy: null,
    reasons: [],
    startedAfterMs: 0,
    durationMs: 0,
    outputs: {},
    evidence: [],
    facts: {},
    failure: null,
    ...record,
  },
  key: null,
  made: null,
  evicted: null,
  previous: null,
  differences: [],
  repetitions: [],
});
const linesOf = (explanation: Explanation | null, now: ExplainedStep['now'] = null): readonly string[] =>
  explanationLines({ step, explanation, changes: [], now }, plain).slice(1);

test('a step that did not run says what did not pass', () => {
  const blocked = explained({ status: 'blocked', facts: { blockedBy: ['data.flights'] } });

  assert.deepEqual(linesOf(blocked), [`  In run ${run}: not run, because data.flights did not pass.`]);
});

test('a step that was cancelled is not told that something it needs did not pass', () => {
  assert.deepEqual(linesOf(explained({ status: 'cancelled' })), [
    `  In run ${run}: cancelled, because the run was stopped or another step had failed.`,
  ]);
});

test('what a run would do now is told for every sort of step', () => {
  const now = (more: Partial<NonNullable<ExplainedStep['now']>>): string | undefined =>
    linesOf(null, { action: 'hit', reasons: [], blockedBy: [], changes: [], ...more })[1];

  assert.equal(now({}), '  Now: nothing it reads has changed.');
  assert.equal(now({ action: 'run', reasons: [{ kind: 'never-run' }] }), '  Now it would run: it has never run.');
  assert.equal(
    now({ action: 'decide-later', reasons: [{ kind: 'upstream-runs', step: stepName('data.flights') }] }),
    '  Now it would run if what it reads comes out otherwise: data.flights runs.',
  );
  assert.equal(now({ action: 'blocked', blockedBy: [stepName('data.flights')] }), '  Now it would not run: data.flights does not pass.');
});

test('a step of thousands of inputs is told in a few lines', () => {
  const digest = `sha256:${'0'.repeat(64)}` as Digest;
  const inputs = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`data/${index}.csv`, digest]));
  const key: KeyRecord = {
    format: 'tidegate.key/2',
    step,
    kind: 'command',
    kindVersion: 1,
    inputs,
    settings: {},
    variables: {},
    facts: {},
    outputs: {},
    places: {},
    executables: [],
  };

  const lines = linesOf({ ...explained({ key: digest }), key });

  assert.deepEqual([lines.length, lines.at(-1)], [43, '    and 4,960 inputs more; all of them: --json']);
});
