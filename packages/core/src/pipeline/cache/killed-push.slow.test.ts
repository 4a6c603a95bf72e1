import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { folderRemote } from '../../store/index.ts';
import { joinKind } from '../test-kinds.ts';
import { makeTestProject, outcomes, step } from '../test-project.ts';

const fixture = join(import.meta.dirname, '../fixtures/push-run.ts');
const steps = Array.from({ length: 60 }, (_, index) => step(`s${index}`, { in: ['a.txt'], settings: { text: `${index} `.repeat(2_000) } }));

/** @param killAfterMs after it has begun; null = not at all. @returns the signal that ended it */
function push(project: string, remote: string, killAfterMs: number | null): Promise<NodeJS.Signals | null> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [fixture, project, remote], { stdio: ['ignore', 'pipe', 'inherit'] });
    child.stdout.once('data', () => {
      if (killAfterMs !== null) setTimeout(() => child.kill('SIGKILL'), killAfterMs);
    });
    child.once('error', reject);
    child.once('exit', (code, signal) => (code === 0 || signal !== null ? resolve(signal) : reject(new Error(`ended with ${code}`))));
  });
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

    for (const killAfterMs of [5, 15, 30, 60, 100]) {
      await Promise.all(folders.map((folder, index) => push(folder, remote, killAfterMs + 7 * index)));
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
