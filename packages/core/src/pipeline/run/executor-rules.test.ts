import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { canonicalJson, type RunRecord, type StepRecord } from '@tidegate/formats';
import { digestOfBytes } from '../../platform/index.ts';
import { openState } from '../../store/index.ts';
import { createEngine } from '../engine.ts';
import { joinKind, shellKind } from '../test-kinds.ts';
import { makeTestProject, outcomes, step } from '../test-project.ts';

const recordOf = (run: RunRecord, name: string): StepRecord => run.steps.find((record) => record.step === name) ?? assert.fail(name);

test('rule 1: the key is made of the outputs of what a step needs, so a change that comes to nothing stops there', async (t) => {
  const ran: string[] = [];
  const project = await makeTestProject(t, { kinds: [shellKind(ran), joinKind(ran)] });
  project.write('data.txt', 'one\n# comment\n');
  const steps = [
    step('clean', { kind: 'shell', in: ['data.txt'], settings: { run: 'grep -v "#" data.txt > made/clean.txt' } }),
    step('train', { in: ['steps.clean/out'] }),
    step('report', { in: ['steps.train/out'] }),
  ];
  await project.run(steps);
  ran.length = 0;

  project.write('data.txt', 'one\n# another comment\n');
  const cutOff = await project.run(steps);
  project.write('data.txt', 'two\n');
  const whole = await project.run(steps);

  assert.deepEqual(outcomes(cutOff), ['steps.clean: done', 'steps.train: hit', 'steps.report: hit']);
  assert.deepEqual(outcomes(whole), ['steps.clean: done', 'steps.train: done', 'steps.report: done']);
});

test('rule 1: the root of a chain of 30 steps runs again alone when its output stays the same', async (t) => {
  const ran: string[] = [];
  const project = await makeTestProject(t, { kinds: [shellKind(ran), joinKind(ran)] });
  project.write('seed.txt', 'x ');
  const steps = [
    step('s0', { kind: 'shell', in: ['seed.txt'], settings: { run: 'tr -d " \\n" < seed.txt > made/s0.txt' } }),
    ...Array.from({ length: 29 }, (_, index) => step(`s${index + 1}`, { in: [`steps.s${index}/out`] })),
  ];
  await project.run(steps);
  ran.length = 0;

  project.write('seed.txt', 'x\n');
  await project.run(steps);

  assert.deepEqual(ran, ['steps.s0']);
});

test('rule 2: the whole key record is an object of the store, under the key', async (t) => {
  const project = await makeTestProject(t, { kinds: [joinKind()] });
  project.write('a.txt', 'A');

  const run = await project.run([step('a', { in: ['a.txt'], settings: { text: 't' }, variables: { SEED: '1' } })]);

  const { key } = recordOf(run, 'steps.a');
  assert.ok(key !== null);
  const record = await project.parts.store.readJson(key);
  assert.deepEqual(record, {
    format: 'tidegate.key/1',
    step: 'steps.a',
    kind: 'join',
    kindVersion: 1,
    inputs: { 'a.txt': digestOfBytes('A') },
    settings: { text: 't' },
    variables: { SEED: '1' },
    facts: {},
    outputs: { out: 'made/a.txt' },
    places: {},
    executables: [],
  });
  assert.equal(digestOfBytes(canonicalJson(record)), key);
});

test('rule 3: a variable that nobody declared is no part of a key; removing a declared one leads back to the earlier result', async (t) => {
  const ran: string[] = [];
  const project = await makeTestProject(t, { kinds: [joinKind(ran)] });
  const plain = [step('a')];
  await project.run(plain);

  process.env['TIDEGATE_TEST_UNDECLARED'] = 'staging';
  const undeclared = await project.run(plain);
  delete process.env['TIDEGATE_TEST_UNDECLARED'];
  const empty = await project.run([step('a', { variables: { DEBUG: '' } })]);
  const removed = await project.run(plain);

  assert.deepEqual(
    [undeclared, empty, removed].map((run) => recordOf(run, 'steps.a').status),
    ['hit', 'done', 'hit'],
  );
});

test('rule 4: steps, inputs and settings in another order are the same', async (t) => {
  const project = await makeTestProject(t, { kinds: [joinKind()] });
  project.write('a.txt', 'A');
  project.write('b.txt', 'B');
  await project.run([step('x', { in: ['a.txt', 'b.txt'], settings: { p: 1, q: { r: 2, s: 3 } } }), step('y')]);

  const again = await project.run([step('y'), step('x', { in: ['b.txt', '*.txt', 'a.txt'], settings: { q: { s: 3, r: 2 }, p: 1 } })]);

  assert.deepEqual(outcomes(again), ['steps.x: hit', 'steps.y: hit']);
});

test('rule 7: an input edited while the step runs: the result counts for this run, is not cached, and the file is named', async (t) => {
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

test('rule 8: a step starts without its old outputs, and one that it does not make fails it; nothing is cached', async (t) => {
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

test('rule 10: two runs at once make a shared result once, and both succeed (hostile row 21)', async (t) => {
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

test('rule 13: a result counts only if all its objects are there; a missing one is a miss with its reason (hostile row 3)', async (t) => {
  const ran: string[] = [];
  const project = await makeTestProject(t, { kinds: [joinKind(ran)] });
  const steps = [step('a'), step('b', { in: ['steps.a/out'], settings: { text: 'b' } })];
  const first = await project.run(steps);
  const gone = recordOf(first, 'steps.a').outputs['out']?.digest ?? assert.fail();
  rmSync(await project.parts.store.pathOf(gone));
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
    rmSync(await project.parts.store.pathOf(digest));

    const again = await project.run(steps);

    assert.deepEqual(recordOf(again, 'steps.a').reasons, [{ kind: 'object-missing', digest }]);
    assert.equal(again.status, 'succeeded');
  }
});
