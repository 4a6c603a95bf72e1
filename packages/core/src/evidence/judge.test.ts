import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Evidence, stepName, type StepRecord, type Verdict } from '@tidegate/formats';
import { evidenceOf } from './evidence-of.ts';
import { judge } from './judge.ts';

const evidence = (name: string, verdict: Verdict, more: Partial<Evidence> = {}): Evidence => ({
  format: 'tidegate.evidence/1',
  kind: 'check',
  name,
  subject: 'data.flights',
  verdict,
  blocking: true,
  reason: 'Because',
  details: null,
  ...more,
});

test('of several verdicts the worst counts: invalid > fail > inconclusive > pass', () => {
  const worsening = ['pass', 'inconclusive', 'fail', 'invalid'] as const;
  for (const [index, verdict] of worsening.entries())
    assert.equal(judge(worsening.slice(0, index + 1).map((each) => evidence(each, each))).verdict, verdict);
});

test('nothing that must pass is not a pass', () => {
  assert.equal(judge([]).verdict, 'inconclusive');
  assert.equal(judge([evidence('a', 'pass', { blocking: false })]).verdict, 'inconclusive');
});

test('what blocks is listed worst first, and what only warns apart from it', () => {
  const judged = judge([
    evidence('a', 'inconclusive'),
    evidence('b', 'pass'),
    evidence('c', 'invalid'),
    evidence('d', 'fail', { blocking: false }),
    evidence('e', 'fail'),
    evidence('f', 'invalid'),
  ]);

  assert.deepEqual(
    judged.blocking.map((item) => item.name),
    ['c', 'f', 'e', 'a'],
  );
  assert.deepEqual(
    judged.warnings.map((item) => item.name),
    ['d'],
  );
  assert.equal(judged.verdict, 'invalid');
});

test('evidence of a run is found by step, subject and kind', () => {
  const record = (step: string, found: readonly Evidence[]): StepRecord => ({
    step: stepName(step),
    kind: 'x',
    status: 'done',
    key: null,
    madeBy: null,
    reasons: [],
    startedAfterMs: 0,
    durationMs: 0,
    outputs: {},
    evidence: found,
    facts: {},
    failure: null,
  });
  const run = {
    steps: [
      record('data.flights', [evidence('a', 'pass'), evidence('b', 'pass', { subject: 'data.weather' })]),
      record('models.delay', [evidence('c', 'pass', { subject: 'models.delay', kind: 'limit' })]),
    ],
  };
  const names = (filter: Parameters<typeof evidenceOf>[1]): readonly string[] => evidenceOf(run, filter).map((item) => item.name);

  assert.deepEqual(names({}), ['a', 'b', 'c']);
  assert.deepEqual(names({ step: stepName('data.flights') }), ['a', 'b']);
  assert.deepEqual(names({ subject: 'data.weather' }), ['b']);
  assert.deepEqual(names({ kind: 'limit' }), ['c']);
  assert.deepEqual(names({ kind: 'limit', subject: 'data.flights' }), []);
});
