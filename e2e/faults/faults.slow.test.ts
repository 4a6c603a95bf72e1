import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { carryOut, stageAt } from './campaign.ts';
import { countsOf } from './counts.ts';
import { scenarios } from './scenario.ts';
import { randomKills, sampleOf, tasksOf } from './tasks.ts';

const seed = Number(process.env['TIDEGATE_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

test(
  'hostile 11: a command that is killed at one of its system calls or at any moment, or whose call fails, is finished by its plain rerun',
  { skip: withoutStrace() },
  async (t) => {
    t.diagnostic(`seed ${seed}: replay with TIDEGATE_SEED=${seed}; all faults: node e2e/faults/main.ts --all --random 1000`);
    const folder = mkdtempSync(join(tmpdir(), 'tidegate-faults-'));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    const stage = stageAt(join(folder, 'plan'));
    const rehearsed = [];
    for (const scenario of scenarios) rehearsed.push(await stage(scenario));
    const tasks = [...sampleOf(rehearsed.flatMap(tasksOf), { count: 80, seed }), ...randomKills(rehearsed, { count: 20, seed })];

    const entries = await carryOut(tasks, { folder, workers: 2, ledger: null, onEntry: () => undefined });

    t.diagnostic(JSON.stringify(countsOf(entries)));
    const failed = entries.filter(({ problems }) => problems.length > 0);
    assert.deepEqual(
      failed.map(({ name, at, problems }) => ({ name, at, problems })),
      [],
    );
    assert.ok(countsOf(entries).struck > 70, 'most of the faults strike');
  },
);

/** Why the test cannot be run here; false when it can. */
function withoutStrace(): string | false {
  if (spawnSync('strace', ['-qq', '-e', 'trace=none', 'true']).status === 0) return false;
  assert.equal(process.env['TIDEGATE_REQUIRE_SERVICES'], undefined, 'Cannot run without "strace" and the right to trace processes');
  return 'it needs "strace", and the right to trace processes of one’s own';
}
