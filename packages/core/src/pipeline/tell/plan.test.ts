import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Evidence, stepName } from '@tidegate/formats';
import { digestOfBytes } from '../../platform/index.ts';
import { joinKind } from '../test-kinds.ts';
import { loseObject, makeTestProject, step } from '../test-project.ts';

const chain = [
  step('a', { in: ['a.txt'] }),
  step('b', { in: ['steps.a/out'] }),
  step('c', { in: ['steps.b/out', 'c.txt'] }),
  step('d', { in: ['c.txt'] }),
];

test('a plan says what has never run, what must run and why, and what depends on it; it runs nothing', async (t) => {
  const ran: string[] = [];
  const project = await makeTestProject(t, { kinds: [joinKind(ran)] });
  project.write('a.txt', 'A');
  project.write('c.txt', 'C');

  const cold = await project.plan(chain);
  const run = await project.run(chain);
  const warm = await project.plan(chain);
  project.write('a.txt', 'B');
  ran.length = 0;
  const changed = await project.plan(chain);

  assert.deepEqual(
    cold.map(({ step: name, action, reasons }) => [name, action, reasons]),
    [
      ['steps.a', 'run', [{ kind: 'never-run' }]],
      ['steps.b', 'decide-later', [{ kind: 'upstream-runs', step: 'steps.a' }]],
      ['steps.c', 'decide-later', [{ kind: 'upstream-runs', step: 'steps.b' }]],
      ['steps.d', 'run', [{ kind: 'never-run' }]],
    ],
  );
  assert.deepEqual(
    warm.map(({ action, madeBy, key }) => [action, madeBy, key]),
    run.steps.map(({ key }) => ['hit', run.id, key]),
  );
  assert.deepEqual(
    changed.map(({ step: name, action, reasons }) => [name, action, reasons]),
    [
      ['steps.a', 'run', [{ kind: 'input-changed', input: 'a.txt', before: digestOfBytes('A'), after: digestOfBytes('B') }]],
      ['steps.b', 'decide-later', [{ kind: 'upstream-runs', step: 'steps.a' }]],
      ['steps.c', 'decide-later', [{ kind: 'upstream-runs', step: 'steps.b' }]],
      ['steps.d', 'hit', []],
    ],
  );
  assert.deepEqual(ran, []);
  assert.equal(project.engine.runs.list().length, 1);
});

test('a plan names an object that is gone, what was forced, and keeps to a selection', async (t) => {
  const project = await makeTestProject(t, { kinds: [joinKind()] });
  const steps = [step('a', { settings: { text: 'a' } }), step('b', { settings: { text: 'b' } })];
  const run = await project.run(steps);
  const digest = run.steps[0]?.outputs['out']?.digest ?? assert.fail();

  const forced = await project.plan(steps, { force: [stepName('steps.b')] });
  loseObject(project, digest);
  const gone = await project.plan(steps, { upTo: [stepName('steps.a')] });

  assert.deepEqual(
    forced.map(({ action, reasons }) => [action, reasons]),
    [
      ['hit', []],
      ['run', [{ kind: 'forced' }]],
    ],
  );
  assert.deepEqual(
    gone.map(({ step: name, reasons }) => [name, reasons]),
    [['steps.a', [{ kind: 'object-missing', digest }]]],
  );
});

test('a plan foresees what stays blocked', async (t) => {
  const evidence: Evidence = {
    format: 'tidegate.evidence/1',
    kind: 'check',
    name: 'x',
    subject: 'steps.a',
    verdict: 'fail',
    blocking: true,
    reason: 'Because',
    details: null,
  };
  const project = await makeTestProject(t, {
    kinds: [joinKind([], async ({ node }) => ({ evidence: node.name === 'steps.a' ? [evidence] : [] }))],
  });
  const steps = [step('a'), step('b', { in: ['steps.a/out'] }), step('c', { in: ['steps.b/out'] })];
  await project.run(steps);

  const planned = await project.plan(steps);

  assert.deepEqual(
    planned.map(({ step: name, action, blockedBy }) => [name, action, blockedBy]),
    [
      ['steps.a', 'hit', []],
      ['steps.b', 'blocked', ['steps.a']],
      ['steps.c', 'blocked', ['steps.b']],
    ],
  );
  assert.deepEqual(
    planned.map(({ failing }) => failing),
    [[evidence], [], []],
  );
});

test('a plan and the run after it agree, whatever the kind found out', async (t) => {
  let version = '3.11';
  const kind = { ...joinKind(), facts: async () => ({ python: { version } }) };
  const project = await makeTestProject(t, { kinds: [kind] });
  await project.run([step('a')]);
  version = '3.12';

  const [planned] = await project.plan([step('a')]);
  const run = await project.run([step('a')]);

  assert.deepEqual(planned?.reasons, [{ kind: 'setting-changed', setting: 'facts.python.version', before: '3.11', after: '3.12' }]);
  assert.deepEqual([run.steps[0]?.key, run.steps[0]?.reasons], [planned?.key, planned?.reasons]);
});
