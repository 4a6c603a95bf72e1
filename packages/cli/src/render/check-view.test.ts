import assert from 'node:assert/strict';
import { test } from 'node:test';
import { digestOfHex, type Evidence, type MonitorCheck, runId } from '@tidegate/formats';
import { checkLines, decisionLines, historyLines } from './check-view.ts';

const plain = { style: (_: string, text: string) => text };
const found = (kind: Evidence['kind'], verdict: Evidence['verdict'], reason: string): Evidence => ({
  format: 'tidegate.evidence/1',
  kind,
  name: `${kind}.x`,
  subject: 'services.delay-api',
  verdict,
  blocking: false,
  reason,
  details: null,
});
const moved = 'wind_speed moved: 9.3 -> 14.1 on average, total variation 0.23 (at least 0.17, 0.1 matters), 2,104 rows';
const check: MonitorCheck = {
  format: 'tidegate.monitor-check/1',
  sequence: 7,
  project: 'flights',
  monitor: 'delay-api',
  environment: 'production',
  release: digestOfHex('3f2a9c1d'.repeat(8)),
  modelVersion: null,
  at: '2013-10-08T00:00:00.000Z',
  checkedAt: '2026-01-01T00:00:00.000Z',
  verdict: 'fail',
  parts: [
    {
      part: 'drift',
      verdict: 'fail',
      reason: 'Of 9 columns wind_speed moved, gust cannot be judged, by 2,104 predictions',
      window: { from: '2013-10-01T00:00:00.000Z', until: '2013-10-08T00:00:00.000Z', rows: 2104, ofOtherReleases: 12, oneIn: 2 },
    },
    { part: 'quality', verdict: 'pass', reason: 'auc is as it was', window: null },
    { part: 'staleness', verdict: 'fail', reason: 'The model is 31 days old', window: null },
  ],
  evidence: [
    found('drift', 'pass', 'temp is as it was'),
    found('drift', 'inconclusive', 'gust cannot be judged by 60 rows'),
    found('drift', 'fail', moved),
    found('quality', 'pass', 'auc is as it was'),
    found('staleness', 'fail', 'The model is 31 days old'),
  ],
  retrain: { wanted: true, reasons: ['Of 9 columns wind_speed moved'], heldBackBy: null },
};

test('a check is told part by part, and below each what does not pass, the worst first and nothing twice', () => {
  assert.deepEqual(checkLines(check, plain), [
    'monitors.delay-api in production, release 3f2a9c1d3f2a, at 2013-10-08 00:00 UTC: ✗ fail',
    '  ✗ fail drift: Of 9 columns wind_speed moved, gust cannot be judged, by 2,104 predictions (2013-10-01 00:00 UTC to 2013-10-08 00:00 UTC, 12 predictions of other releases left out, one in 2 taken)',
    `      ✗ fail: ${moved}`,
    '      ? inconclusive: gust cannot be judged by 60 rows',
    '  ✓ pass quality: auc is as it was',
    '  ✗ fail staleness: The model is 31 days old',
    '  Training again is wanted: Of 9 columns wind_speed moved.',
  ]);
});

test('of many columns the first are told, and how many are left', () => {
  const evidence = Array.from({ length: 15 }, (_, index) => found('drift', 'fail', `column ${index} moved`));

  const lines = checkLines({ ...check, evidence, parts: check.parts.slice(0, 1) }, plain);

  assert.equal(lines.filter((line) => line.includes('moved, ') || / column \d+ moved$/.test(line)).length, 13);
  assert.ok(lines.includes('      and 3 more: see them with --json'));
});

test('what holds a training back is told with what asks for it, and nothing when nothing does', () => {
  const heldBackBy = 'The last training, r-20131007-000000-0001, was started 12 hours ago, and 1 day must pass';

  assert.deepEqual(decisionLines({ ...check, retrain: { wanted: false, reasons: ['wind_speed moved'], heldBackBy } }, plain), [
    `Training again is held back (${heldBackBy}): wind_speed moved.`,
  ]);
  assert.deepEqual(decisionLines({ ...check, retrain: { wanted: false, reasons: [], heldBackBy: null } }, plain), []);
});

test('what a user or a caller has written cannot steer the terminal', () => {
  const evidence = [found('drift', 'fail', 'carrier moved: values such as "\u001b[2Jx"')];

  assert.ok(
    !checkLines({ ...check, evidence }, plain)
      .join('\n')
      .includes('\u001b'),
  );
});

test('what was found over time is a line for each check, the newest first, with the trainings among them', () => {
  const before: MonitorCheck = {
    ...check,
    sequence: 6,
    at: '2013-10-01T00:00:00.000Z',
    checkedAt: '2025-12-31T00:00:00.000Z',
    verdict: 'inconclusive',
    parts: check.parts.slice(0, 1).map((part) => ({ ...part, verdict: 'inconclusive' })),
    retrain: { wanted: false, reasons: [], heldBackBy: null },
  };
  const run = runId('r-20260101-000001-0001');
  const retraining = { format: 'tidegate.retraining/1', sequence: 1, project: 'flights', monitor: 'delay-api', run } as const;

  const lines = historyLines(
    { checks: [check, before], retrainings: [{ ...retraining, at: check.at, notedAt: '2026-01-01T00:00:01.000Z' }] },
    plain,
  );

  assert.deepEqual(lines, [
    '2013-10-08 00:00 UTC  training        r-20260101-000001-0001',
    '2013-10-08 00:00 UTC  ✗ fail          drift fail, quality pass, staleness fail  training wanted',
    '2013-10-01 00:00 UTC  ? inconclusive  drift inconclusive',
  ]);
});
