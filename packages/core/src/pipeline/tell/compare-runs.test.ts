import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Evidence } from '@tidegate/formats';
import { digestOfBytes } from '../../platform/index.ts';
import { joinKind } from '../test-kinds.ts';
import { makeTestProject, step } from '../test-project.ts';
import { compareSteps } from './compare-runs.ts';

const evidence: Evidence = {
  format: 'tidegate.evidence/1',
  kind: 'check',
  name: 'x',
  subject: 'steps.a',
  verdict: 'pass',
  blocking: true,
  reason: 'It holds',
  details: null,
};

test('two runs are compared by the steps, inputs, outputs and verdicts that differ', async (t) => {
  let verdict: Evidence['verdict'] = 'pass';
  const kind = joinKind([], async ({ node }) => ({ evidence: node.name === 'steps.b' ? [{ ...evidence, verdict }] : [] }));
  const project = await makeTestProject(t, { kinds: [kind] });
  project.write('a.txt', 'A');
  project.write('c.txt', 'C');
  const chain = [step('a', { in: ['a.txt'] }), step('b', { in: ['steps.a/out'] }), step('c', { in: ['c.txt'] })];
  const before = await project.run([...chain, step('old')]);
  project.write('a.txt', 'B');
  verdict = 'fail';
  const after = await project.run(chain);

  const compared = await compareSteps(project.parts, before, after);

  assert.deepEqual(
    compared.steps.map(({ step: name, status, outputs }) => [name, status.before, status.after, outputs]),
    [
      ['steps.a', 'done', 'done', ['out']],
      ['steps.b', 'done', 'done', ['out']],
      ['steps.old', 'done', null, ['out']],
    ],
  );
  assert.deepEqual(
    compared.steps[1]?.differences.map((one) => (one.kind === 'input-changed' ? one.input : one.kind)),
    ['steps.a/out'],
  );
  assert.ok((compared.steps[0]?.durationMs.before ?? -1) >= 0);
  assert.deepEqual(compared.inputs, { 'a.txt': { before: digestOfBytes('A'), after: digestOfBytes('B') } });
  assert.deepEqual(compared.evidence, [{ step: 'steps.b', name: 'x', verdict: { before: 'pass', after: 'fail' }, reason: 'It holds' }]);
  assert.equal(compared.same, 1);
});

test('a run that took everything from another is the same', async (t) => {
  const project = await makeTestProject(t, { kinds: [joinKind()] });
  const [before, after] = [await project.run([step('a')]), await project.run([step('a')])];

  const compared = await compareSteps(project.parts, before, after);

  assert.deepEqual(compared, { steps: [], same: 1, inputs: {}, evidence: [] });
});
