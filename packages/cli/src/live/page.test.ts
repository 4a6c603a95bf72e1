import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import type { UpStatus, WatchedMonitor } from '@tidegate/core';
import { type WatchedColumnDrift, digestOfHex, type Json, type MonitorCheck, runId, stepName } from '@tidegate/formats';
import { livePage, liveParts } from './page.ts';

const hostile = `</script><img src=x onerror=alert(1)>"'&`;
const release = digestOfHex('ab'.repeat(32));
const commit = '0123456789abcdef0123456789abcdef01234567';
const at = '2026-01-01T08:00:05.000Z';
const why = { kind: 'monitor', monitor: hostile, reasons: [hostile] } as const;
const live = [{ environment: hostile, release, address: 'http://127.0.0.1:1', changed: true }];
const failure = { code: 'TG-DEPLOY-NOT-READY', message: hostile, hint: hostile };

const drift: WatchedColumnDrift = {
  column: hostile,
  role: 'input',
  kind: 'ordered',
  rows: 900,
  referenceRows: 5000,
  distance: 0.3,
  low: 0.25,
  high: 0.36,
  confidence: 0.95,
  floor: 0.1,
  usual: null,
  missing: null,
  pValue: 1e-9,
  adjustedPValue: 1e-8,
  falseAlarms: 0.05,
  smallest: null,
  rowsNeeded: null,
  means: null,
  bins: [
    { name: hostile, reference: 0.2, current: 0.5 },
    { name: 'more', reference: 0.8, current: 0.5 },
  ],
};

const check: MonitorCheck = {
  format: 'tidegate.monitor-check/1',
  sequence: 3,
  project: hostile,
  monitor: hostile,
  environment: hostile,
  release,
  modelVersion: release,
  at,
  checkedAt: at,
  verdict: 'fail',
  parts: [{ part: 'drift', verdict: 'fail', reason: hostile, window: { from: at, until: at, rows: 900, ofOtherReleases: 0, oneIn: 1 } }],
  evidence: [
    {
      format: 'tidegate.evidence/1',
      kind: 'drift',
      name: hostile,
      subject: hostile,
      verdict: 'fail',
      blocking: false,
      reason: hostile,
      details: JSON.parse(JSON.stringify(drift)) as Json,
    },
  ],
  retrain: { wanted: true, reasons: [hostile], heldBackBy: null },
};

const watched: readonly WatchedMonitor[] = [{ monitor: hostile, history: { checks: [check], retrainings: [] } }];

const status: UpStatus = {
  format: 'tidegate.up-status/1',
  project: hostile,
  pid: 7,
  address: 'http://127.0.0.1:2',
  since: at,
  to: hostile,
  at,
  eventTime: '2013-10-01T00:00:00.000Z',
  head: { commit, branch: hostile, subject: hostile, dirty: true, changed: [hostile] },
  hindrance: { kind: 'uncommitted', files: [hostile] },
  change: {
    commit,
    subject: hostile,
    goal: 'production',
    route: ['staging', hostile],
    why,
    begunAt: at,
    run: 'r-20260101-080000-abcd',
    steps: [
      { step: stepName('steps.train'), status: 'failed', doing: hostile, durationMs: 1200, verdict: 'fail', reason: hostile },
      { step: stepName('data.houses'), status: 'hit', doing: null, durationMs: 0, verdict: null, reason: null },
    ],
    isPastGate: false,
    reached: [],
    doing: null,
    ended: {
      kind: 'path-ended',
      commit,
      goal: 'production',
      data: null,
      why,
      runs: [runId('r-20260101-080000-abcd')],
      outcome: 'unavailable',
      verdict: 'fail',
      exit: 1,
      failure,
      tries: 1,
      live,
      durationMs: 5,
      at,
    },
  },
  isRefreshing: false,
  isChecking: false,
  isReading: false,
  features: {
    kind: 'features-refreshed',
    why: 'data-changed',
    data: null,
    moment: at,
    durationMs: 12,
    datasets: [{ dataset: hostile, files: 1, unread: 0, arrived: 3, gone: 0, late: 1, leftOut: 1 }],
    views: [{ view: hostile, keys: 2, gone: 0, newestEvent: at }],
    skipped: [{ view: hostile, reason: hostile }],
  },
  monitors: [{ monitor: hostile, environment: hostile, last: check, lastRetraining: null }],
  environments: [
    {
      name: hostile,
      target: 'local',
      service: hostile,
      release,
      commit,
      since: at,
      running: false,
      address: null,
      restarts: 2,
    },
  ],
  notes: [
    {
      format: 'tidegate.loop-note/1',
      sequence: 1,
      at,
      what: { kind: 'path-begun', commit, branch: hostile, subject: hostile, goal: hostile, why },
    },
  ],
};

test('the live page escapes every name and message', () => {
  const page = livePage(status, watched);

  assert.doesNotMatch(page, /<img/);
  assert.equal(page.split('<script>').length, 2);
  assert.equal(page.split('</script>').length, 2);
  assert.match(page, /&lt;\/script&gt;&lt;img src=x onerror=alert\(1\)&gt;&quot;&#39;&amp;/);
});

test('the live page allows its own script by its digest and loads nothing from elsewhere', () => {
  const page = livePage(status, watched);

  const script = /<script>([^]*)<\/script>/.exec(page)?.[1] ?? '';
  assert.ok(page.includes(`script-src &#39;sha256-${createHash('sha256').update(script).digest('base64')}&#39;`));
  assert.match(page, /default-src &#39;none&#39;/);
  assert.doesNotMatch(page, /<(?:link|img|iframe)|@import|url\(/);
  assert.ok(page.length < 50_000, `the page has ${page.length} characters`);
});

test('every part of the page is one that an open page brings up to date', () => {
  const ids = [...livePage(status, watched).matchAll(/<section id="(\w+)">/g)].map((match) => match[1]);

  assert.deepEqual(ids, Object.keys(liveParts(status, watched)));
});

test('a monitor has its verdict, its words, and a plot of the columns that differ', () => {
  const { monitors = '' } = liveParts(status, watched);

  assert.match(monitors, /<span class="verdict fail">fail<\/span>/);
  assert.match(monitors, /It wants a retraining/);
  assert.equal(monitors.match(/<svg|<figure class="forest"/g)?.length, 3);
  assert.match(monitors, /now: 50\.0 %/);
});

test('the page says what it waits for, what it does, and that nothing is due', () => {
  const now = (some: Partial<UpStatus>): string => liveParts({ ...status, ...some }, watched)['now'] ?? '';

  assert.match(now({}), /Waits: uncommitted changes/);
  assert.match(now({ hindrance: null }), /nothing is due/);
  assert.match(now({ hindrance: null, isRefreshing: true }), /refreshes features/);
  const running = {
    step: stepName('steps.train'),
    status: 'running',
    doing: 'epoch 3',
    durationMs: null,
    verdict: null,
    reason: null,
  } as const;
  const change = status.change && { ...status.change, ended: null, steps: [running] };
  assert.match(now({ hindrance: null, change }), /runs steps\.train \(epoch 3\)/);
});
