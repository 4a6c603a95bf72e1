import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, test, type TestContext } from 'node:test';
import { layOutCommandLine } from '../../tools/publish/lay-out-command-line.ts';
import { carryOut, type Stage, stageAt } from './campaign.ts';
import { countsOf } from './counts.ts';
import { scenarios } from './scenario.ts';
import { randomKills, sampleOf, type Task, tasksOf } from './tasks.ts';
import type { Rehearsed } from './try-fault.ts';

const seed = Number(process.env['TIDEGATE_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

const skip = withoutStrace();
const folder = mkdtempSync(join(tmpdir(), 'tidegate-faults-'));
after(() => rmSync(folder, { recursive: true, force: true }));
let stages: readonly Stage[] = [];

before(async () => {
  if (skip !== false) return;
  process.env['NODE_COMPILE_CACHE'] = join(folder, 'compile-cache');
  const program =
    process.env['TIDEGATE_TEST_PROGRAM'] ?? (await layOutCommandLine(resolve(import.meta.dirname, '../..'), join(folder, 'program')));
  stages = ['one', 'two'].map((name) => stageAt(join(folder, name), program));
});

/** Every fault at every call of every scenario, as they are just now. */
async function rehearsals(): Promise<readonly Rehearsed[]> {
  const [first = assert.fail()] = stages;
  const rehearsed: Rehearsed[] = [];
  for (const scenario of scenarios) rehearsed.push(await first(scenario));
  return rehearsed;
}

async function expectRecovery(t: TestContext, tasks: readonly Task[]): Promise<void> {
  t.diagnostic(`seed ${seed}: replay with TIDEGATE_SEED=${seed}; all faults: node e2e/faults/main.ts --all --random 1000`);

  const entries = await carryOut(tasks, { stages, ledger: null, onEntry: () => undefined });

  const counts = countsOf(entries);
  t.diagnostic(JSON.stringify(counts));
  const failed = entries.filter(({ problems }) => problems.length > 0);
  assert.deepEqual(
    failed.map(({ name, at, problems }) => ({ name, at, problems })),
    [],
  );
  assert.ok(counts.struck > 0.7 * tasks.length, 'most of the faults strike');
}

const isCall = (task: Task): task is Extract<Task, { kind: 'call' }> => task.kind === 'call';

test(
  'hostile 11: a command that is killed, at any of its system calls or at any moment, is finished by its plain rerun',
  { skip },
  async (t) => {
    const rehearsed = await rehearsals();
    const kills = rehearsed.flatMap(tasksOf).filter((task) => isCall(task) && task.fault === 'kill');

    await expectRecovery(t, [...sampleOf(kills, { count: 50, seed }), ...randomKills(rehearsed, { count: 20, seed })]);
  },
);

test(
  'hostile 16: a disk that is full, for the store, the state, the logs or a workspace, is told clearly, and the plain rerun goes on',
  { skip },
  async (t) => {
    const full = (await rehearsals()).flatMap(tasksOf).filter((task) => isCall(task) && task.fault === 'ENOSPC');
    const places = ['home/objects/', 'home/state', 'home/logs/', 'home/workspaces/', 'project/', 'remote/'];
    const tasks = places.flatMap((place) =>
      sampleOf(
        full.filter((task) => isCall(task) && task.point.path.startsWith(place)),
        { count: 4, seed },
      ),
    );

    assert.ok(tasks.length > 16, 'calls in most of these places');
    await expectRecovery(t, tasks);
  },
);

test(
  'hostile 17: after an error of the disk nothing is trusted that was not written whole: the plain rerun has the right bytes',
  { skip },
  async (t) => {
    const errors = (await rehearsals()).flatMap(tasksOf).filter((task) => isCall(task) && task.fault === 'EIO');
    const syncs = errors.filter((task) => isCall(task) && /sync/.test(task.point.call));

    await expectRecovery(t, [...sampleOf(syncs, { count: 12, seed }), ...sampleOf(errors, { count: 20, seed })]);
  },
);

/** Why the test cannot be run here; false when it can. */
function withoutStrace(): string | false {
  if (spawnSync('strace', ['-qq', '-e', 'trace=none', 'true']).status === 0) return false;
  assert.equal(process.env['TIDEGATE_REQUIRE_SERVICES'], undefined, 'Cannot run without "strace" and the right to trace processes');
  return 'it needs "strace", and the right to trace processes of one’s own';
}
