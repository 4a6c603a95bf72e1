import assert from 'node:assert/strict';
import { test } from 'node:test';
import { digestOfHex, type Evidence, type Json, type MonitorCheck, runId, type Verdict } from '@tidegate/formats';
import { monitorSection } from './monitor-section.ts';

const release = digestOfHex('ab'.repeat(32));

function evidence(kind: Evidence['kind'], verdict: Verdict, details: Json): Evidence {
  return {
    format: 'tidegate.evidence/1',
    kind,
    name: `${kind}.x`,
    subject: 'services.tide',
    verdict,
    blocking: false,
    reason: 'Found',
    details,
  };
}

const carrier = evidence('drift', 'fail', { column: 'carrier', distance: 0.3, low: 0.2, high: 0.4, floor: 0.1, rows: 2000 });
const quality = evidence('quality', 'inconclusive', {
  metric: 'auc',
  current: { name: 'auc', value: 0.71, low: 0.68, high: 0.74 },
  atGate: { name: 'auc', value: 0.74, low: null, high: null },
  margin: 0.03,
});

const check: MonitorCheck = {
  format: 'tidegate.monitor-check/1',
  sequence: 2,
  project: 'shop',
  monitor: 'tide',
  environment: 'production',
  release,
  modelVersion: release,
  at: '2013-10-11T00:00:00.000Z',
  checkedAt: '2026-01-01T00:00:00.000Z',
  verdict: 'fail',
  parts: [
    {
      part: 'drift',
      verdict: 'fail',
      reason: '<b>carrier</b> moved',
      window: { from: '', until: '', rows: 2000, ofOtherReleases: 0, oneIn: 1 },
    },
  ],
  evidence: [carrier, quality],
  retrain: { wanted: true, reasons: ['carrier moved'], heldBackBy: null },
};

const section = (checks: readonly MonitorCheck[]): string | undefined => monitorSection('tide', { checks, retrainings: [] })?.markup;

test('a monitor that has never looked has no section', () => {
  assert.equal(section([]), undefined);
});

test('every look is told with its verdict and what it asked for, as text and never as markup', () => {
  const held = { ...check, sequence: 1, retrain: { wanted: false, reasons: ['x'], heldBackBy: 'The last training was an hour ago' } };

  const page = section([check, held]) ?? '';

  assert.match(page, /2 looks, the last one at 2013-10-11 00:00 UTC/);
  assert.match(page, /&lt;b&gt;carrier&lt;\/b&gt; moved/);
  assert.match(page, /asked for/);
  assert.match(page, /held back: The last training was an hour ago/);
  assert.match(page, /No training was started by it/);
});

test('quality over the looks and drift by column are drawn with their intervals', () => {
  const page = section([check, { ...check, sequence: 1, at: '2013-10-04T00:00:00.000Z' }]) ?? '';

  assert.match(page, /auc of what was answered, look by look/);
  assert.match(page, /at the gate 0\.7400/);
  assert.match(page, /2013-10-04.*2013-10-11/s);
  assert.match(page, /fail, 2,000 rows/);
  assert.equal(page.match(/<figure class="forest"/g)?.length, 2);
});

test('evidence that says only that something cannot be compared is not drawn', () => {
  const page = section([{ ...check, evidence: [evidence('drift', 'invalid', { column: 'carrier' })] }]) ?? '';

  assert.ok(!page.includes('<figure'));
});

test('trainings that it started are counted', () => {
  const retraining = { format: 'tidegate.retraining/1', sequence: 1, project: 'shop', monitor: 'tide' } as const;
  const times = { at: check.at, notedAt: check.checkedAt };
  const history = { checks: [check], retrainings: [{ ...retraining, run: runId('r-20260101-000000-0001'), ...times }] };

  assert.match(monitorSection('tide', history)?.markup ?? '', /It has started 1 training\./);
});
