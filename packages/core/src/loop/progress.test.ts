import assert from 'node:assert/strict';
import { test } from 'node:test';
import { digestOfHex, type Event, runId, type StepRecord, stepName } from '@tidegate/formats';
import { afterEvent, type RunProgress, stepsOfRuns } from './progress.ts';

const [train, data] = [stepName('steps.train'), stepName('data.houses')];
const ended = (step: StepRecord['step'], more: Partial<StepRecord>): StepRecord => ({
  step,
  kind: 'command',
  status: 'done',
  key: null,
  madeBy: null,
  reasons: [],
  startedAfterMs: 0,
  durationMs: 7,
  outputs: {},
  evidence: [],
  facts: {},
  failure: null,
  ...more,
});
const started = (goal: string, id: string): Event => ({ kind: 'run-started', run: runId(id), goal, steps: [data, train], at: 't' });
const toGate = started('gate', 'r-20260101-000000-0001');
const toGoal = started('production', 'r-20260101-000000-0002');

function fold(events: readonly Event[]): RunProgress | null {
  return events.reduce<RunProgress | null>(afterEvent, null);
}

test('the steps of a run are known from its start, and each as far as it has come', () => {
  const progress = fold([
    toGate,
    { kind: 'step-finished', record: ended(data, { status: 'hit' }) },
    { kind: 'step-started', step: train, reasons: [], at: 't' },
    { kind: 'step-progress', step: train, doing: 'epoch 3', fraction: 0.3 },
  ]);

  assert.deepEqual(
    progress?.steps.map(({ step, status, doing }) => [step, status, doing]),
    [
      [data, 'hit', null],
      [train, 'running', 'epoch 3'],
    ],
  );
});

test('the run to the goal does not hide what the run to the gate has made, and tells the environments that are reached', () => {
  const progress = fold([
    toGate,
    { kind: 'step-finished', record: ended(train, {}) },
    toGoal,
    { kind: 'step-finished', record: ended(train, { status: 'hit', durationMs: 0 }) },
    { kind: 'deployed', environment: 'staging', release: digestOfHex('11'.repeat(32)), address: 'a', switchMs: 1 },
    { kind: 'deploy-progress', environment: 'production', release: digestOfHex('11'.repeat(32)), doing: 'Starting' },
  ]);

  assert.deepEqual(progress?.steps[1], { step: train, status: 'done', doing: null, durationMs: 7, verdict: null, reason: null });
  assert.deepEqual([progress?.goal, progress?.reached, progress?.doing], ['production', ['staging'], 'production: Starting']);
});

test('the steps of runs that have ended are told in the same way', () => {
  const steps = stepsOfRuns([
    { steps: [ended(data, { status: 'hit' }), ended(train, {})] },
    { steps: [ended(data, { status: 'hit' }), ended(train, { status: 'hit', durationMs: 0 })] },
  ]);

  assert.deepEqual(
    steps.map(({ status }) => status),
    ['hit', 'done'],
  );
  assert.deepEqual(stepsOfRuns([]), []);
});

test('items of a fan-out have no line of their own: the fan-out says how far they are', () => {
  const [fanOut, one, other] = [stepName('steps.f'), stepName('steps.f@1'), stepName('steps.f@2')];
  const progress = fold([
    { kind: 'run-started', run: runId('r-20260101-000000-0001'), goal: 'gate', steps: [one, other, fanOut], at: 't' },
    { kind: 'step-started', step: one, reasons: [], at: 't' },
    { kind: 'step-output', step: one, stream: 'stdout', text: 'hello\n' },
    { kind: 'step-finished', record: ended(one, { status: 'failed' }) },
    { kind: 'step-finished', record: ended(other, { status: 'hit' }) },
  ]);

  assert.deepEqual(
    progress?.steps.map(({ step, status, doing, items }) => [step, status, doing, items]),
    [[fanOut, 'running', '2 of 2, 1 failed', { all: 2, settled: 2, failed: 1 }]],
  );
  assert.deepEqual(
    stepsOfRuns([{ steps: [ended(one, {}), ended(fanOut, {})] }]).map(({ step }) => step),
    [fanOut],
  );
});
