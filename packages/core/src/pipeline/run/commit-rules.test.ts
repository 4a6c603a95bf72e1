import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { RunRecord, StepRecord } from '@tidegate/formats';
import { openState } from '../../store/index.ts';
import { createEngine } from '../engine.ts';
import { joinKind, shellKind } from '../test-kinds.ts';
import { makeTestProject, outcomes, step } from '../test-project.ts';

const recordOf = (run: RunRecord, name: string): StepRecord => run.steps.find((record) => record.step === name) ?? assert.fail(name);

test('rule 7: an input edited while the step runs: the result counts for this run, is not cached, and the file is named (hostile 4)', async (t) => {
  const ran: string[] = [];
  const project = await makeTestProject(t, {
    kinds: [
      joinKind(ran, async () => {
        if (ran.length === 1) writeFileSync(join(project.root, 'a.txt'), 'edited');
        return {};
      }),
    ],
  });
  project.write('a.txt', 'A');
  const steps = [step('a', { in: ['a.txt'] }), step('b', { in: ['steps.a/out'] })];

  const first = await project.run(steps);
  const events = [...project.events];
  project.write('a.txt', 'A');
  const second = await project.run(steps);

  assert.deepEqual(outcomes(first), ['steps.a: done', 'steps.b: done']);
  assert.equal(recordOf(first, 'steps.a').key, null);
  assert.deepEqual(
    events.filter((event) => event.kind === 'input-changed-while-running'),
    [{ kind: 'input-changed-while-running', step: 'steps.a', path: 'a.txt' }],
  );
  assert.deepEqual(outcomes(second), ['steps.a: done', 'steps.b: hit']);
});

test('rule 7: an input that was only touched, or that was edited and put back, is cached', async (t) => {
  const project = await makeTestProject(t, {
    kinds: [
      joinKind([], async () => {
        writeFileSync(join(project.root, 'a.txt'), 'edited');
        writeFileSync(join(project.root, 'a.txt'), 'A');
        return {};
      }),
    ],
  });
  project.write('a.txt', 'A');
  const steps = [step('a', { in: ['a.txt'] })];
  await project.run(steps);

  assert.deepEqual(outcomes(await project.run(steps)), ['steps.a: hit']);
});

test('rule 8: a step starts without its old outputs, and one that it does not make fails it; nothing is cached (hostile 6)', async (t) => {
  const project = await makeTestProject(t, { kinds: [shellKind()] });
  project.write('a.txt', 'A');
  const steps = (run: string) => [step('a', { kind: 'shell', in: ['a.txt'], settings: { run } })];
  const good = 'test ! -e made/a.txt && cp a.txt made/a.txt';
  await project.run(steps(good));
  project.write('a.txt', 'B');

  const forgetful = await project.run(steps('true'));
  const again = await project.run(steps('true'));
  const fresh = await project.run(steps(good));

  const { failure } = recordOf(forgetful, 'steps.a');
  assert.equal(forgetful.status, 'failed');
  assert.equal(failure?.code, 'TG-PIPELINE-OUTPUT-MISSING');
  assert.equal(failure?.message, 'Cannot finish "steps.a": it made no output "out"');
  assert.equal(recordOf(again, 'steps.a').status, 'failed');
  assert.equal(recordOf(fresh, 'steps.a').status, 'done');
  assert.equal(readFileSync(join(project.root, 'made/a.txt'), 'utf8'), 'B');
});

test('rule 9: nothing is seen under a final name before the step is recorded', async (t) => {
  const seen: boolean[] = [];
  const project = await makeTestProject(t, {
    kinds: [
      joinKind([], async () => {
        seen.push(existsSync(join(project.root, 'made/a.txt')));
        return {};
      }),
    ],
  });

  await project.run([step('a')]);

  assert.deepEqual(seen, [false]);
  assert.equal(existsSync(join(project.root, 'made/a.txt')), true);
});

test('rule 10: two runs at once make a shared result once, and both succeed (hostile 21)', async (t) => {
  const ran: string[] = [];
  const slow = joinKind(ran, async () => {
    await new Promise((resolve) => setTimeout(resolve, 100));
    return {};
  });
  const project = await makeTestProject(t, { kinds: [slow] });
  using state = openState(project.parts.home.state);
  const other = createEngine({ ...project.parts, state });
  const steps = [step('a'), step('b', { in: ['steps.a/out'] })];
  const options = {
    goal: 'gate',
    commit: null,
    dirty: true,
    branch: null,
    subject: null,
    cpus: 2,
    signal: t.signal,
    emit: () => undefined,
  };

  const runs = await Promise.all([project.run(steps), other.run(steps, options)]);

  assert.deepEqual(
    runs.map((run) => run.status),
    ['succeeded', 'succeeded'],
  );
  assert.deepEqual(ran, ['steps.a', 'steps.b']);
  assert.deepEqual(runs.flatMap((run) => run.steps.map((record) => record.status)).toSorted(), ['done', 'done', 'hit', 'hit']);
});

test('rule 11: a claim on a key whose owner is gone holds nobody up', async (t) => {
  const project = await makeTestProject(t, { kinds: [joinKind()] });
  const [planned] = await project.plan([step('a')]);
  const insert = project.parts.state.prepare('INSERT INTO flight (key, run, pid, started_at, boot) VALUES (?, ?, ?, ?, ?)');
  insert.run(planned?.key ?? '', 'r-20260101-000000-dead', process.pid, 'another start time', 'boot');

  assert.equal((await project.run([step('a')])).status, 'succeeded');
});

test('rule 12: the plan is fixed at the start: a file edited after it does not get under the old key', async (t) => {
  const project = await makeTestProject(t, {
    kinds: [
      joinKind([], async ({ node }) => {
        if (node.name === 'steps.a') writeFileSync(join(project.root, 'b.txt'), 'edited');
        return {};
      }),
      shellKind(),
    ],
  });
  project.write('b.txt', 'B');
  const steps = [step('a'), step('b', { kind: 'shell', in: ['b.txt', 'steps.a/out'], settings: { run: 'cat b.txt > made/b.txt' } })];

  const during = await project.run(steps);
  const published = readFileSync(join(project.root, 'made/b.txt'), 'utf8');
  project.write('b.txt', 'B');
  const after = await project.run(steps);

  assert.equal(published, 'edited');
  assert.equal(recordOf(during, 'steps.b').key, null);
  assert.equal(recordOf(after, 'steps.b').status, 'done');
  assert.equal(readFileSync(join(project.root, 'made/b.txt'), 'utf8'), 'B');
});
