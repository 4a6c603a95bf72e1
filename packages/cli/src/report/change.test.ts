import assert from 'node:assert/strict';
import { test } from 'node:test';
import { digestOfHex, type MissReason, type RunRecord, runId, type StepRecord, stepName } from '@tidegate/formats';
import { changeOf } from './change.ts';

const digest = digestOfHex('ab'.repeat(32));
const changed = (input: string): MissReason => ({ kind: 'input-changed', input, before: digest, after: digest });
const arrived = (input: string): MissReason => ({ kind: 'input-changed', input, before: null, after: digest });

test('a run over new data is about that data, whatever the commit before was called', () => {
  const run = runOf([
    step('data.flights', 'dataset', [arrived('data/flights/2013-09.parquet')]),
    step('steps.train', 'command', [changed('data.flights/files'), { kind: 'upstream-runs', step: stepName('data.flights') }]),
    step('models.delay', 'evaluate', [{ kind: 'setting-changed', setting: 'facts.champion', before: null, after: 'r1' }]),
  ]);

  assert.equal(changeOf(run), 'Data changed: data/flights/2013-09.parquet is new');
});

test('a run over changed code is about its commit, even when data changed too', () => {
  const run = runOf([
    step('data.flights', 'dataset', [changed('data/flights/2013-09.parquet')]),
    step('steps.train', 'command', [changed('train.py')]),
  ]);

  assert.equal(changeOf(run), 'Train longer');
});

test('a run in which every result was there is about nothing', () => {
  assert.equal(changeOf(runOf([{ ...step('data.flights', 'dataset', []), status: 'hit' }])), 'Nothing changed');
});

function step(name: string, kind: string, reasons: readonly MissReason[]): StepRecord {
  return {
    step: stepName(name),
    kind,
    status: 'done',
    key: digest,
    madeBy: null,
    reasons,
    startedAfterMs: 0,
    durationMs: 1,
    outputs: {},
    evidence: [],
    facts: {},
    failure: null,
  };
}

function runOf(steps: readonly StepRecord[]): RunRecord {
  return {
    format: 'tidegate.run/1',
    id: runId('r-20260101-000000-0001'),
    project: 'flights',
    commit: 'c0ffee',
    dirty: false,
    branch: 'main',
    subject: 'Train longer',
    startedAt: '2026-01-01T00:00:00.000Z',
    endedAt: '2026-01-01T00:00:09.000Z',
    durationMs: 9000,
    goal: 'gate',
    status: 'succeeded',
    verdict: 'pass',
    failure: null,
    steps,
  };
}
