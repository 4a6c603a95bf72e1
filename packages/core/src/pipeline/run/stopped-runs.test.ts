import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Evidence, failure, type RunRecord, type StepRecord, type Verdict } from '@tidegate/formats';
import { digestOfBytes, identityOf } from '../../platform/index.ts';
import type { StepContext, StepKind } from '../step-kind.ts';
import { joinKind, shellKind } from '../test-kinds.ts';
import { makeTestProject, outcomes, step } from '../test-project.ts';

const recordOf = (run: RunRecord, name: string): StepRecord => run.steps.find((record) => record.step === name) ?? assert.fail(name);

function evidence(verdict: Verdict, blocking: boolean): Evidence {
  return {
    format: 'tidegate.evidence/1',
    kind: 'check',
    name: 'x',
    subject: 'steps.a',
    verdict,
    blocking,
    reason: 'Because',
    details: null,
  };
}

/** A kind whose steps do what the setting `do` says. */
function actingKind(act: {
  readonly [name: string]: (context: StepContext) => Promise<Partial<Awaited<ReturnType<StepKind['run']>>>>;
}): StepKind {
  return joinKind([], async (context) => (await act[String(context.node.settings['do'])]?.(context)) ?? {});
}

test('evidence that must pass and does not blocks what depends on the step, on a hit as well, and nothing else', async (t) => {
  for (const verdict of ['fail', 'invalid', 'inconclusive'] as const) {
    const project = await makeTestProject(t, { kinds: [actingKind({ check: async () => ({ evidence: [evidence(verdict, true)] }) })] });
    const steps = [
      step('a', { settings: { do: 'check' } }),
      step('b', { in: ['steps.a/out'] }),
      step('c', { in: ['steps.b/out'] }),
      step('d'),
    ];

    const first = await project.run(steps);
    const second = await project.run(steps);

    assert.deepEqual(outcomes(first), ['steps.a: done', 'steps.b: blocked', 'steps.c: blocked', 'steps.d: done']);
    assert.deepEqual([first.status, first.verdict], ['stopped', verdict]);
    assert.deepEqual(recordOf(first, 'steps.c').facts, { blockedBy: ['steps.b'] });
    assert.deepEqual(outcomes(second), ['steps.a: hit', 'steps.b: blocked', 'steps.c: blocked', 'steps.d: hit']);
    assert.deepEqual(recordOf(second, 'steps.a').evidence, [evidence(verdict, true)]);
  }
});

test('evidence that need not pass, or that passes, blocks nothing; the verdict is that of what must pass', async (t) => {
  const project = await makeTestProject(t, {
    kinds: [actingKind({ check: async () => ({ evidence: [evidence('fail', false), evidence('pass', true)] }) })],
  });

  const run = await project.run([step('a', { settings: { do: 'check' } }), step('b', { in: ['steps.a/out'] })]);

  assert.deepEqual([run.status, run.verdict], ['succeeded', 'pass']);
  assert.deepEqual(outcomes(run), ['steps.a: done', 'steps.b: done']);
});

const failing = actingKind({
  fail: async () => {
    throw failure('TG-STORE-LINK', 'Cannot do it: no', 'Do something else');
  },
  break: async () => {
    throw new TypeError('x is not a function');
  },
});

test('after a failure nothing is begun any more, and what depends on it is blocked', async (t) => {
  const project = await makeTestProject(t, { kinds: [failing] });
  const steps = [step('a', { settings: { do: 'fail' } }), step('b', { in: ['steps.a/out'] }), step('c')];

  const run = await project.run(steps, { cpus: 1 });

  assert.deepEqual(outcomes(run), ['steps.a: failed', 'steps.b: blocked', 'steps.c: cancelled']);
  assert.equal(run.status, 'failed');
  assert.deepEqual(recordOf(run, 'steps.a').failure, { code: 'TG-STORE-LINK', message: 'Cannot do it: no', hint: 'Do something else' });
});

test('with keepGoing what does not need the failed step is run', async (t) => {
  const project = await makeTestProject(t, { kinds: [failing] });
  const steps = [step('a', { settings: { do: 'fail' } }), step('b', { in: ['steps.a/out'] }), step('c')];

  const run = await project.run(steps, { cpus: 1, keepGoing: true });

  assert.deepEqual(outcomes(run), ['steps.a: failed', 'steps.b: blocked', 'steps.c: done']);
});

test('a step that is running when another fails is finished and its result kept', async (t) => {
  const slow = actingKind({
    fail: async () => Promise.reject(failure('TG-STORE-LINK', 'Cannot do it: no', null)),
    wait: async () => {
      await new Promise((resolve) => setTimeout(resolve, 100));
      return {};
    },
  });
  const project = await makeTestProject(t, { kinds: [slow] });
  const steps = [step('a', { settings: { do: 'fail' } }), step('b', { settings: { do: 'wait' } })];

  const first = await project.run(steps);
  const second = await project.run(steps, { keepGoing: true });

  assert.deepEqual(outcomes(first), ['steps.a: failed', 'steps.b: done']);
  assert.deepEqual(outcomes(second), ['steps.a: failed', 'steps.b: hit']);
});

test('a failed step runs again the next time', async (t) => {
  const project = await makeTestProject(t, { kinds: [shellKind()] });
  const steps = [step('a', { kind: 'shell', settings: { run: `test -e "${project.root}/../go" && echo 1 > made/a.txt` } })];

  const first = await project.run(steps);
  project.write('../go', '');
  const second = await project.run(steps);

  assert.deepEqual([first.status, second.status], ['failed', 'succeeded']);
});

test('an error of our own is called a bug, with its trace in the log', async (t) => {
  const project = await makeTestProject(t, { kinds: [failing] });

  const run = await project.run([step('a', { settings: { do: 'break' } })]);

  const record = recordOf(run, 'steps.a');
  const log = project.engine.stepLog(run.id, record.step);
  assert.deepEqual(record.failure, {
    code: 'TG-PIPELINE-STEP-BROKE',
    message: 'Cannot run "steps.a": TypeError: x is not a function',
    hint: `Please report this with the log "${log}"`,
  });
  assert.match(readFileSync(log, 'utf8'), /^TypeError: x is not a function\n {4}at /);
});

test('a kind that returns what it did not store, or what nobody declared, has a bug', async (t) => {
  const artifact = { kind: 'file' as const, digest: digestOfBytes('nowhere'), bytes: 7, files: 1 };
  const kind = actingKind({
    lose: async () => ({ outputs: { out: artifact } }),
    add: async (context) => ({ outputs: { out: { ...artifact, ...(await context.store.putBytes('x')) }, more: artifact } }),
  });
  const project = await makeTestProject(t, { kinds: [kind] });

  for (const what of ['lose', 'add'])
    assert.equal(recordOf(await project.run([step('a', { settings: { do: what } })]), 'steps.a').failure?.code, 'TG-PIPELINE-STEP-BROKE');
});

test('an output that cannot be published fails the run, and its result is kept', async (t) => {
  const project = await makeTestProject(t, { kinds: [joinKind()] });
  project.write('made/a.txt/in-the-way', '');
  const steps = [step('a')];

  const first = await project.run(steps);
  project.remove('made/a.txt');
  const second = await project.run(steps);

  assert.equal(recordOf(first, 'steps.a').failure?.code, 'TG-PIPELINE-PUBLISH');
  assert.equal(first.status, 'failed');
  assert.deepEqual([second.status, ...outcomes(second)], ['succeeded', 'steps.a: hit']);
});

test('cancelling ends what runs with all its processes, begins nothing, and the rerun takes up from there', async (t) => {
  const project = await makeTestProject(t, { kinds: [shellKind(), joinKind()] });
  const steps = [
    step('a'),
    step('b', { kind: 'shell', in: ['steps.a/out'], settings: { run: 'sleep 60 & echo $!; wait; echo x > made/b.txt' } }),
    step('c', { in: ['steps.b/out'] }),
  ];
  const abort = new AbortController();
  const pids: number[] = [];

  const run = await project.run(steps, {
    signal: abort.signal,
    emit: (event) => {
      if (event.kind !== 'step-output') return;
      pids.push(Number(event.text));
      abort.abort();
    },
  });

  assert.deepEqual([run.status, ...outcomes(run)], ['cancelled', 'steps.a: done', 'steps.b: cancelled', 'steps.c: cancelled']);
  await gone(pids[0] ?? 0);
  assert.deepEqual(
    project.parts.state.prepare('SELECT (SELECT count(*) FROM flight) + (SELECT count(*) FROM process) AS rows').get(),
    Object.assign(Object.create(null), { rows: 0 }),
  );
  assert.deepEqual(readdirSync(project.parts.home.workspaces), []);
  const fixed = [steps[0] ?? assert.fail(), step('b', { in: ['steps.a/out'] }), step('c', { in: ['steps.b/out'] })];
  assert.deepEqual(outcomes(await project.run(fixed)), ['steps.a: hit', 'steps.b: done', 'steps.c: done']);
});

/** A process that was killed closes its pipes a moment before it is no longer there. */
async function gone(pid: number): Promise<void> {
  for (let turn = 0; turn < 500 && identityOf(pid) !== null; turn++) await sleep(10);
  assert.equal(identityOf(pid), null);
}

test('a signal that is aborted from the start runs nothing', async (t) => {
  const ran: string[] = [];
  const project = await makeTestProject(t, { kinds: [joinKind(ran)] });

  const run = await project.run([step('a')], { signal: AbortSignal.abort() });

  assert.deepEqual([run.status, ran.length], ['cancelled', 0]);
});
