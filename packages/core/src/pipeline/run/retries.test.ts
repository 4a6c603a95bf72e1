import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemPlatform } from '../../platform/index.ts';
import { StepEnded } from '../step-ended.ts';
import type { StepKind } from '../step-kind.ts';
import { makeTestProject, outcomes, step } from '../test-project.ts';

/** Fails so often in the named way, then makes its output. */
function failing(ends: readonly Error[]): StepKind {
  let tries = 0;
  return {
    kind: 'join',
    version: 1,
    run: async ({ store, log }) => {
      log('stdout', `try ${tries + 1}`);
      const end = ends[tries++];
      if (end !== undefined) throw end;
      return { outputs: { out: { kind: 'file', ...(await store.putBytes('made')), files: 1 } }, evidence: [], facts: {} };
    },
  };
}

const ended = (code: number): StepEnded =>
  new StepEnded({ code: 'TG-COMMANDS-FAILED', message: 'it ended', hint: null }, { kind: 'exit', code });
const killed = new StepEnded({ code: 'TG-COMMANDS-FAILED', message: 'killed', hint: null }, { kind: 'signal', signal: 'SIGKILL' });
const retry = { times: 2, on: [75, 'signal'], waitMs: 0, mostWaitMs: 0 } as const;

test('a step whose program ended in a named way is tried again, by signal as by exit code, and the record has the attempts (hostile 12)', async (t) => {
  const project = await makeTestProject(t, { kinds: [failing([ended(75), killed])] });

  const run = await project.run([step('a', { more: { retry } })]);

  assert.deepEqual(outcomes(run), ['steps.a: done']);
  assert.deepEqual(
    run.steps[0]?.earlierAttempts?.map(({ end, waitMs }) => [end, waitMs]),
    [
      [{ kind: 'exit', code: 75 }, 0],
      [{ kind: 'signal', signal: 'SIGKILL' }, 0],
    ],
  );
  assert.deepEqual(
    project.events.flatMap((event) => (event.kind === 'step-retried' ? [[event.next, event.attempts]] : [])),
    [
      [2, 3],
      [3, 3],
    ],
  );
});

test('when the attempts are used up the step has failed, once, with those before in its record', async (t) => {
  const project = await makeTestProject(t, { kinds: [failing([ended(75), ended(75), ended(75), ended(75)])] });

  const run = await project.run([step('a', { more: { retry } }), step('b', { in: ['steps.a/out'] })]);

  assert.deepEqual(outcomes(run), ['steps.a: failed', 'steps.b: blocked']);
  assert.equal(run.steps[0]?.earlierAttempts?.length, 2);
  assert.equal(project.events.filter((event) => event.kind === 'step-finished' && event.record.step === 'steps.a').length, 1);
});

for (const [what, error] of [
  ['another exit code', ended(1)],
  ['a failure in which the program had no part', new Error('bug')],
] as const)
  test(`${what} is not tried again`, async (t) => {
    const project = await makeTestProject(t, { kinds: [failing([error])] });

    const run = await project.run([step('a', { more: { retry } })]);

    assert.deepEqual(outcomes(run), ['steps.a: failed']);
    assert.equal(run.steps[0]?.earlierAttempts, undefined);
  });

test('a forced step that is tried again does not take its earlier result', async (t) => {
  const project = await makeTestProject(t, { kinds: [failing([])] });
  await project.run([step('a', { more: { retry } })]);
  const again = await makeTestProject(t, { kinds: [failing([ended(75)])], folder: `${project.root}/..` });

  const run = await again.run([step('a', { more: { retry } })], { force: 'all' });

  assert.deepEqual(outcomes(run), ['steps.a: done']);
});

test('a step that waits for its next attempt holds no core, and is cancelled at once', async (t) => {
  const project = await makeTestProject(t, { kinds: [failing([ended(75)])], platform: systemPlatform });
  const stop = new AbortController();

  const run = await project.run([step('a', { more: { retry: { ...retry, waitMs: 600_000, mostWaitMs: 600_000 } } }), step('b')], {
    cpus: 1,
    signal: stop.signal,
    emit: (event) => {
      if (event.kind === 'step-finished' && event.record.step === 'steps.b') stop.abort();
    },
  });

  assert.deepEqual(outcomes(run), ['steps.a: cancelled', 'steps.b: done']);
  assert.equal(run.steps[0]?.earlierAttempts?.length, 1);
});
