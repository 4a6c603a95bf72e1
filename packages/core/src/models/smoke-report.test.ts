import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SmokeCase } from '@tidegate/formats';
import { readSmokeReport, smokeEvidence } from './smoke-report.ts';

const caseOf = (outcome: SmokeCase['outcome'], mustHold = true): SmokeCase => ({
  name: outcome,
  outcome,
  durationMs: 0,
  message: 'why',
  mustHold,
});

test('smoke tests that no model may break block, the others warn', () => {
  const evidence = smokeEvidence('delay', { rows: 64, cases: [caseOf('passed'), caseOf('failed', false), caseOf('skipped', false)] });

  assert.deepEqual(
    evidence.map(({ name, verdict, blocking, reason }) => [name, verdict, blocking, reason]),
    [
      ['smoke', 'pass', true, '1 smoke test of the model passed on 64 rows'],
      ['smoke.unusual', 'fail', false, '1 of 2 smoke tests of the model failed, the first one "failed": why'],
    ],
  );
});

test('nothing tried is inconclusive, never a pass', () => {
  const [evidence] = smokeEvidence('delay', { rows: 0, cases: [caseOf('skipped')] });

  assert.deepEqual([evidence?.verdict, evidence?.reason], ['inconclusive', 'No smoke test of the model could be made: why']);
});

test('a report that is damaged, or that a model has put something else into, is a failed test', () => {
  const whole = { rows: 3, cases: [caseOf('passed')] };

  assert.deepEqual(readSmokeReport(JSON.stringify(whole)), whole);
  for (const text of ['', '{', 'null', '{"rows":3,"cases":[{}]}', '{"rows":3}', '{"rows":3,"cases":[{"name":"a","outcome":"good"}]}'])
    assert.deepEqual(
      readSmokeReport(text).cases.map(({ outcome, mustHold }) => [outcome, mustHold]),
      [['failed', true]],
      text,
    );
});
