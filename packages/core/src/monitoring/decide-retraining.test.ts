import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type MonitorPart, type Retraining, runId, type Verdict } from '@tidegate/formats';
import type { MonitorConfig } from '../config/index.ts';
import { decideRetraining } from './decide-retraining.ts';
import { isDue } from './schedule.ts';

const hour = 3_600_000;
const day = 24 * hour;
const nowMs = Date.UTC(2024, 5, 15);

interface Asked {
  readonly on: NonNullable<MonitorConfig['retrain']>['on'];
  readonly drift?: Verdict;
  readonly quality?: Verdict;
  readonly newestMs?: number | null;
  readonly changed?: readonly string[];
  readonly lastMs?: number;
}

function decide({ on, drift = 'pass', quality = 'pass', newestMs = null, changed = [], lastMs }: Asked) {
  const part = (name: MonitorPart['part'], verdict: Verdict): MonitorPart => ({
    part: name,
    verdict,
    reason: `Because of ${name}`,
    window: null,
  });
  const last: Retraining | null =
    lastMs === undefined
      ? null
      : {
          format: 'tidegate.retraining/1',
          sequence: 1,
          project: 'p',
          monitor: 'api',
          run: runId('r-20240614-000000-0001'),
          at: new Date(lastMs).toISOString(),
          notedAt: '2026-01-01T00:00:00.000Z',
        };
  return decideRetraining({
    config: { retrain: { on, cooldownMs: day } },
    nowMs,
    parts: [part('drift', drift), part('quality', quality)],
    ages: {
      model: () => Promise.resolve(newestMs),
      data: () => Promise.resolve(new Map()),
      features: () => Promise.resolve(new Map()),
      promisedData: () => Promise.resolve([]),
      changedData: () => Promise.resolve(changed),
    },
    last,
  });
}

test('only what is proven asks for a training', async () => {
  const on = [{ kind: 'drift' }, { kind: 'quality' }] as const;

  assert.deepEqual((await decide({ on, drift: 'fail' })).reasons, ['Because of drift']);
  assert.deepEqual((await decide({ on: [{ kind: 'quality' }], drift: 'fail' })).reasons, []);
  for (const verdict of ['pass', 'inconclusive', 'invalid'] as const)
    assert.deepEqual(await decide({ on, drift: verdict, quality: verdict }), { wanted: false, reasons: [], heldBackBy: null });
});

test('new data and an old model ask for a training, each in words', async () => {
  const on = [{ kind: 'data' }, { kind: 'age', ms: 30 * day }] as const;

  const both = await decide({ on, changed: ['flights', 'weather'], newestMs: nowMs - 31 * day });

  assert.equal(both.wanted, true);
  assert.deepEqual(both.reasons, [
    'data.flights, data.weather changed since the live model was trained',
    'The model is 31 days old, more than 30 days',
  ]);
  assert.deepEqual((await decide({ on, newestMs: nowMs - 30 * day })).reasons, []);
  assert.deepEqual((await decide({ on, newestMs: null })).reasons, []);
});

test('a training is held back during the cooldown, counted on the event clock', async () => {
  const asked = { on: [{ kind: 'drift' }], drift: 'fail' } as const;

  const early = await decide({ ...asked, lastMs: nowMs - 23 * hour });
  const late = await decide({ ...asked, lastMs: nowMs - 24 * hour });

  assert.deepEqual([early.wanted, late.wanted], [false, true]);
  assert.equal(early.heldBackBy, 'The last training, r-20240614-000000-0001, was started 23 hours ago, and 1 day must pass');
});

test('a clock that went back a little holds back, one that went back far does not', async () => {
  const asked = { on: [{ kind: 'drift' }], drift: 'fail' } as const;

  assert.equal((await decide({ ...asked, lastMs: nowMs + hour })).wanted, false);
  assert.equal((await decide({ ...asked, lastMs: nowMs + 400 * day })).wanted, true);
});

test('an evaluation is due once after any leap of the clock, forward or back', () => {
  const everyMs = day;

  assert.equal(isDue(null, { nowMs, everyMs }), true);
  assert.equal(isDue(nowMs - day + 1, { nowMs, everyMs }), false);
  assert.equal(isDue(nowMs - day, { nowMs, everyMs }), true);
  assert.equal(isDue(nowMs + hour, { nowMs, everyMs }), false);
  assert.equal(isDue(nowMs + 5000 * day, { nowMs, everyMs }), true);

  // a hundred days at once: one evaluation, then none until the next day
  let last = nowMs - 100 * day;
  let evaluations = 0;
  for (let tick = nowMs; tick < nowMs + day; tick += hour)
    if (isDue(last, { nowMs: tick, everyMs })) {
      last = tick;
      evaluations++;
    }
  assert.equal(evaluations, 1);
});
