import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RunRecord, StepRecord } from '@tidegate/formats';
import { digestOfBytes } from '../../platform/index.ts';
import { joinKind, shellKind } from '../test-kinds.ts';
import { loseObject, makeTestProject, outcomes, step } from '../test-project.ts';

const recordOf = (run: RunRecord, name: string): StepRecord => run.steps.find((record) => record.step === name) ?? assert.fail(name);

test('rule 13: a result counts only if all its objects are there; a missing one is a miss with its reason (hostile 3)', async (t) => {
  const ran: string[] = [];
  const project = await makeTestProject(t, { kinds: [joinKind(ran)] });
  const steps = [step('a'), step('b', { in: ['steps.a/out'], settings: { text: 'b' } })];
  const first = await project.run(steps);
  const gone = recordOf(first, 'steps.a').outputs['out']?.digest ?? assert.fail();
  loseObject(project, gone);
  ran.length = 0;

  const again = await project.run(steps);

  assert.deepEqual(outcomes(again), ['steps.a: done', 'steps.b: hit']);
  assert.deepEqual(recordOf(again, 'steps.a').reasons, [{ kind: 'object-missing', digest: gone }]);
  assert.deepEqual(ran, ['steps.a']);
});

test('rule 13: a file missing from a folder is a miss too, and so is the record of the folder itself', async (t) => {
  const project = await makeTestProject(t, { kinds: [shellKind()] });
  const steps = [
    step('a', {
      kind: 'shell',
      settings: { run: 'mkdir d; echo 1 > d/x; echo 2 > d/y' },
      outputs: [{ name: 'tree', path: 'd', publish: true }],
    }),
  ];
  const first = await project.run(steps);
  const tree = recordOf(first, 'steps.a').outputs['tree']?.digest ?? assert.fail();
  for (const digest of [digestOfBytes('2\n'), tree]) {
    loseObject(project, digest);

    const again = await project.run(steps);

    assert.deepEqual(recordOf(again, 'steps.a').reasons, [{ kind: 'object-missing', digest }]);
    assert.equal(again.status, 'succeeded');
  }
});
