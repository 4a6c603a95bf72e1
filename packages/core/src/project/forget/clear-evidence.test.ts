import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { digestOfHex, type Evidence, type RowTombstone } from '@tidegate/formats';
import { openState } from '../../store/index.ts';
import type { Project } from '../project.ts';
import { clearEvidence } from './clear-evidence.ts';

const planted = 'Zacharias planted once';
const [version, key, other] = [digestOfHex('1'.repeat(64)), digestOfHex('2'.repeat(64)), digestOfHex('3'.repeat(64))];

function evidence(kind: Evidence['kind'], verdict: Evidence['verdict'], details: Evidence['details']): Evidence {
  const reason = verdict === 'pass' ? 'As it should be' : `${JSON.stringify(details)} is not`;
  return { format: 'tidegate.evidence/1', kind, name: kind, subject: 'data.people', verdict, blocking: true, reason, details };
}

function report(message: string): Evidence['details'] {
  return {
    format: 'tidegate.test-report/1',
    suite: 'unit',
    cases: [{ name: 'a', outcome: 'failed', durationMs: 1, message }],
    passed: 0,
    failed: 1,
    skipped: 0,
  };
}

test('what checks of a version found and tests of what was made of it said goes out of the records of runs, and the verdicts stay', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-clear-'));
  t.after(() => rmSync(folder, { recursive: true }));
  using state = openState(join(folder, 'state.sqlite'));
  const steps = [
    {
      step: 'data.people',
      key: other,
      outputs: { version: { digest: version } },
      evidence: [evidence('check', 'fail', { rows: 3, examples: [planted], measured: planted })],
    },
    {
      step: 'tests.unit',
      key,
      outputs: {},
      evidence: [evidence('test', 'fail', report(`row ${planted}`)), evidence('limit', 'pass', { limit: 3 })],
    },
    { step: 'tests.of-others', key: other, outputs: {}, evidence: [evidence('test', 'fail', report('of others'))] },
  ];
  const insert = state.prepare(
    "INSERT INTO run (id, project, started_at, status, owner, record) VALUES (?, ?, '2026', 'succeeded', '{}', ?)",
  );
  state.commit(() => insert.run('r-1', 'shop', JSON.stringify({ steps })));
  const tombstone = { id: 't-1', dataset: 'people' } as RowTombstone;
  const made = [{ key, step: 'tests.unit', outputs: {}, files: {}, places: [] }];

  state.commit(() => clearEvidence({ state, name: 'shop' } as Project, { tombstone, versions: new Set([version]), made }));

  const text = String(state.prepare('SELECT record FROM run').get()?.['record']);
  assert.ok(!text.includes(planted), text);
  assert.match(text, /"examples":\[\],"measured":null/);
  assert.match(text, /Rows that it was measured on were forgotten \(t-1\)/);
  assert.match(text, /"name":"a","outcome":"failed"/);
  assert.match(text, /of others/);
  assert.match(text, /"limit":3/);
  assert.equal(text.match(/"verdict":"fail"/g)?.length, 3);
});
