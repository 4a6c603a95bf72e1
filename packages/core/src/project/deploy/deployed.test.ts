import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Deployment, digestOfHex, type TestReport } from '@tidegate/formats';
import { liveBy } from './deployed.ts';

const [good, bad] = [digestOfHex('a'.repeat(64)), digestOfHex('b'.repeat(64))];

function line(more: Partial<Deployment>): Deployment {
  return {
    format: 'tidegate.deployment/1',
    project: 'shop',
    environment: 'staging',
    service: 'prices',
    sequence: 1,
    action: 'deploy',
    release: good,
    replaced: null,
    run: null,
    commit: null,
    at: '2026-11-23T20:00:00.000Z',
    by: 'ann',
    settings: null,
    address: 'http://127.0.0.1:1',
    switchMs: 1,
    tests: null,
    reason: 'a test',
    ...more,
  };
}

test('a deployment that its API tests took back is a failure that says which test it was and what is live', () => {
  const failed = { name: 'it answers', outcome: 'failed', durationMs: 1, message: 'status: expected 200, found 500' } as const;
  const report: TestReport = { format: 'tidegate.test-report/1', suite: 'production', passed: 0, failed: 1, skipped: 0, cases: [failed] };
  const deployment = line({ environment: 'production', action: 'rollback', replaced: bad, reason: 'API tests failed: "it answers"' });

  assert.throws(
    () => liveBy([{ environment: 'production', service: 'prices', release: bad, kind: 'returned', deployment, report, fallback: null }]),
    /^TidegateError: TG-DEPLOY-RETURNED: Cannot keep b{12} in "production": API tests failed: "it answers"; what was live before is live again$/,
  );
});

test('what was live as before is live and has not changed', () => {
  const place = { service: 'prices', release: good, report: null, fallback: null };

  const live = liveBy([
    { ...place, environment: 'staging', kind: 'as-before', deployment: line({}) },
    { ...place, environment: 'production', kind: 'live', deployment: line({ environment: 'production' }) },
  ]);

  assert.deepEqual(
    live.map(({ environment, changed }) => [environment, changed]),
    [
      ['staging', false],
      ['production', true],
    ],
  );
});
