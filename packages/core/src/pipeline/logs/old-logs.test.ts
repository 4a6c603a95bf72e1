import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { findHome, openState } from '../../store/index.ts';
import { systemPlatform } from '../../platform/index.ts';
import { removeOldLogs } from './old-logs.ts';
import { beginRun } from '../runs.ts';

const runs = ['r-20260101-000000-aaaa', 'r-20260102-000000-aaaa', 'r-20260103-000000-aaaa', 'r-20260104-000000-aaaa'];

test('logs of the oldest runs go when there are too many, and a folder that is of no run stays', async (t) => {
  const { home, state, left } = withLogs(t);
  mkdirSync(join(home.logs, 'mine'));

  await removeOldLogs(home, state, { runs: 2, bytes: 1_000 });

  assert.deepEqual(left(), ['mine', ...runs.slice(2)]);
});

test('logs of the oldest runs go when they come to too many bytes', async (t) => {
  const { home, state, left } = withLogs(t);

  await removeOldLogs(home, state, { runs: 10, bytes: 35 });

  assert.deepEqual(left(), runs.slice(1));
});

test('logs of a run that goes on stay, however old it is', async (t) => {
  const { home, state, left } = withLogs(t);
  const { id } = beginRun(state, systemPlatform, { project: 'p', commit: null, dirty: true, branch: null, subject: null, goal: 'gate' });
  mkdirSync(join(home.logs, id));

  await removeOldLogs(home, state, { runs: 0, bytes: 0 });

  assert.deepEqual(left(), [id]);
});

/** Four runs whose steps have printed 10 bytes each. */
function withLogs(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-logs-'));
  const home = findHome({ ...systemPlatform, variables: { TIDEGATE_HOME: folder } });
  const state = openState(home.state);
  t.after(() => {
    state[Symbol.dispose]();
    rmSync(folder, { recursive: true });
  });
  for (const run of runs) {
    mkdirSync(join(home.logs, run), { recursive: true });
    writeFileSync(join(home.logs, run, 'steps.train.log'), 'x'.repeat(10));
  }
  return { home, state, left: (): readonly string[] => readdirSync(home.logs).toSorted() };
}
