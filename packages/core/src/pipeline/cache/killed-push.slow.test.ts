import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { runUntilChange } from '../../../../runtime/src/test-kill-at-change.ts';
import { folderRemote } from '../../store/index.ts';
import { joinKind } from '../test-kinds.ts';
import { makeTestProject, outcomes, step } from '../test-project.ts';

const fixture = join(import.meta.dirname, '../fixtures/push-run.ts');
const steps = Array.from({ length: 60 }, (_, index) => step(`s${index}`, { in: ['a.txt'], settings: { text: `${index} `.repeat(2_000) } }));

/** @param killAt number of the change just before which it is killed; null = not at all. @returns how many it has made */
async function push(project: string, remote: string, killAt: number | null): Promise<number> {
  const { code, killed, output, changes } = await runUntilChange([fixture, project, remote], { killAt });
  assert.ok(killed || code === 0, output);
  return changes;
}

test(
  'two machines push at once while pushes are killed: whatever counts is whole, and the next push ends it',
  { timeout: 120_000 },
  async (t) => {
    const place = mkdtempSync(join(tmpdir(), 'tidegate-killed-push-'));
    t.after(() => rmSync(place, { recursive: true, force: true }));
    const remote = join(place, 'remote');
    const machines = [await makeTestProject(t, { kinds: [joinKind()] }), await makeTestProject(t, { kinds: [joinKind()] })];
    for (const machine of machines) {
      machine.write('a.txt', 'A');
      await machine.run(steps);
    }
    const folders = machines.map(({ root }) => join(root, '..'));

    const changes = await push(folders[0] ?? assert.fail(), join(place, 'another remote'), null);
    for (const share of [0.1, 0.3, 0.5, 0.7, 0.9]) {
      const made = await Promise.all(folders.map((folder, index) => push(folder, remote, Math.ceil((share + 0.05 * index) * changes))));
      if (share === 0.1) assert.deepEqual(made, [0, 0], 'both were killed');
      const reader = await makeTestProject(t, { kinds: [joinKind()], remote: folderRemote(remote, 'main') });
      reader.write('a.txt', 'A');
      const run = await reader.run(steps);
      assert.equal(run.status, 'succeeded');
      assert.deepEqual(
        run.steps.map(({ outputs }) => outputs['out']?.digest),
        (await machines[0]?.run(steps))?.steps.map(({ outputs }) => outputs['out']?.digest),
      );
    }
    await Promise.all(folders.map((folder) => push(folder, remote, null)));

    const last = await makeTestProject(t, { kinds: [joinKind()], remote: folderRemote(remote, 'main') });
    last.write('a.txt', 'A');
    assert.ok(outcomes(await last.run(steps)).every((outcome) => outcome.endsWith(': hit')));
  },
);
