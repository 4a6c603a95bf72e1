import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type RunRecord, type StepRecord, stepName } from '@tidegate/formats';
import { digestOfBytes } from '../../platform/index.ts';
import { repetitionsOf } from '../cache/repetitions.ts';
import type { StepKind, StepNode } from '../step-kind.ts';
import { joinKind } from '../test-kinds.ts';
import { makeTestProject, outcomes, step, type TestProject } from '../test-project.ts';

const recordOf = (run: RunRecord, name: string): StepRecord => run.steps.find((record) => record.step === name) ?? assert.fail(name);
const published = (project: TestProject, path: string): string => readFileSync(join(project.root, path), 'utf8');
const force = [stepName('steps.a')];

/** Writes to every output the next of these texts, the last one again and again. */
function saying(texts: readonly string[]): StepKind {
  let turn = 0;
  return {
    ...joinKind([], async ({ store, node }) => {
      const text = texts[Math.min(turn++, texts.length - 1)] ?? '';
      const out = { kind: 'file' as const, files: 1, ...(await store.putBytes(text)) };
      return { outputs: Object.fromEntries(node.outputs.map(({ name }) => [name, out])) };
    }),
    kind: 'say',
  };
}

const reading = step('b', { in: ['steps.a/out'] });
const said = (more: Partial<StepNode> = {}, settings: StepNode['settings'] = {}): StepNode => ({
  ...step('a', { kind: 'say', settings }),
  ...more,
});

test('hostile 7: the same key with other bytes: the first result stays, the difference is recorded with its spread', async (t) => {
  const project = await makeTestProject(t, { kinds: [joinKind(), saying(['{"auc":0.8,"n":4}', '{"auc":0.75,"n":4}'])] });
  const first = await project.run([said(), reading]);

  const again = await project.run([said(), reading], { force });
  const after = await project.run([said(), reading]);

  const [before, now] = ['{"auc":0.8,"n":4}', '{"auc":0.75,"n":4}'].map(digestOfBytes);
  const { key, repetition, outputs, madeBy } = recordOf(again, 'steps.a');
  assert.ok(key !== null && repetition !== undefined && before !== undefined && now !== undefined);
  assert.deepEqual([outputs['out']?.digest, madeBy, published(project, 'made/a.txt')], [before, first.id, '{"auc":0.8,"n":4}']);
  assert.deepEqual(repetition.differences, [
    {
      output: 'out',
      before,
      after: now,
      isStable: false,
      spread: { path: 'auc', before: 0.8, after: 0.75, relative: (0.8 - 0.75) / 0.8, numbers: 1 },
    },
  ]);
  assert.deepEqual([repetition.run, repetition.earlier, repetition.repeats, repetition.counts], [again.id, first.id, 'exactly', 'earlier']);
  assert.deepEqual(repetitionsOf(project.parts.state, key), [repetition]);
  assert.deepEqual(await project.parts.store.has(now), true);
  assert.deepEqual([again, after].flatMap(outcomes), ['steps.a: done', 'steps.b: hit', 'steps.a: hit', 'steps.b: hit']);
});

test('the newer of two different results counts when it is asked for, and what it took the place of is recorded', async (t) => {
  const project = await makeTestProject(t, { kinds: [joinKind(), saying(['one', 'two'])] });
  await project.run([said(), reading]);

  const again = await project.run([said(), reading], { force, replace: true });
  const after = await project.run([said(), reading]);

  assert.deepEqual(outcomes(again), ['steps.a: done', 'steps.b: done']);
  assert.deepEqual(outcomes(after), ['steps.a: hit', 'steps.b: hit']);
  assert.equal(published(project, 'made/a.txt'), 'two');
  const { key, repetition } = recordOf(again, 'steps.a');
  assert.deepEqual(
    [repetition?.counts, repetition?.differences[0]?.before, repetition?.differences[0]?.spread],
    ['newer', digestOfBytes('one'), null],
  );
  assert.equal(repetitionsOf(project.parts.state, key ?? assert.fail()).length, 1);
});

test('a step that repeats exactly has that on record, and one declared to differ is counted', async (t) => {
  const project = await makeTestProject(t, { kinds: [joinKind(), saying(['1', '2', '3'])] });
  const steps = [said({ repeats: 'differently' }), step('c')];
  await project.run(steps);

  const runs = [await project.run(steps, { force: 'all' }), await project.run(steps, { force: 'all' })];

  const [a, c] = ['steps.a', 'steps.c'].map((name) =>
    repetitionsOf(project.parts.state, recordOf(runs[1] ?? assert.fail(), name).key ?? assert.fail()),
  );
  assert.deepEqual(
    a?.map(({ repeats, differences }) => [repeats, differences.length]),
    [
      ['differently', 1],
      ['differently', 1],
    ],
  );
  assert.deepEqual(
    c?.map(({ repeats, differences }) => [repeats, differences.length]),
    [
      ['exactly', 0],
      ['exactly', 0],
    ],
  );
});

test('a kind that measures takes the newer result when it is forced: a test that failed by chance is not held against the project', async (t) => {
  const project = await makeTestProject(t, { kinds: [{ ...saying(['failed', 'passed']), measures: true }] });
  await project.run([said()]);

  await project.run([said()], { force });

  assert.equal(published(project, 'made/a.txt'), 'passed');
});

test('rule 5: a volatile step runs in every run, and what reads it is cut off as long as it comes out as before', async (t) => {
  const project = await makeTestProject(t, { kinds: [joinKind(), saying(['one', 'one', 'two'])] });
  const steps = [said({ volatile: true }), reading];
  await project.run(steps);

  const planned = await project.plan(steps);
  const runs = [await project.run(steps), await project.run(steps)];

  assert.deepEqual(
    planned.map(({ action, reasons }) => [action, reasons[0]?.kind]),
    [
      ['run', 'volatile'],
      ['decide-later', 'upstream-runs'],
    ],
  );
  assert.deepEqual(runs.flatMap(outcomes), ['steps.a: done', 'steps.b: hit', 'steps.a: done', 'steps.b: done']);
  assert.deepEqual(recordOf(runs[1] ?? assert.fail(), 'steps.a').reasons, [{ kind: 'volatile' }]);
  assert.equal(recordOf(runs[1] ?? assert.fail(), 'steps.a').repetition, undefined);
  assert.equal(published(project, 'made/a.txt'), 'two');
});

const tolerant = (version: string): StepNode =>
  said({ stable: { out: { kind: 'json', round: { digits: 2, counted: 'decimals' }, ignore: ['seconds'] } } }, { version });

test('what reads an output with a stable digest runs only when what is stable changes; the first bytes are passed on', async (t) => {
  const [first, near, far] = ['{"auc":0.801,"seconds":3}', '{"auc":0.799,"seconds":9}', '{"auc":0.81,"seconds":3}'];
  const project = await makeTestProject(t, { kinds: [joinKind(), saying([first ?? '', near ?? '', far ?? ''])] });
  const one = await project.run([tolerant('1'), reading]);

  const two = await project.run([tolerant('2'), reading]);
  const afterTwo = [published(project, 'made/a.txt'), published(project, 'made/b.txt')];
  const three = await project.run([tolerant('3'), reading]);

  assert.deepEqual([two, three].flatMap(outcomes), ['steps.a: done', 'steps.b: hit', 'steps.a: done', 'steps.b: done']);
  assert.deepEqual(afterTwo, [first, `|${first}`]);
  assert.equal(published(project, 'made/b.txt'), `|${far}`);
  assert.equal(recordOf(two, 'steps.a').outputs['out']?.stable?.run, one.id);
});

test('hits agree: going back to a variant whose bytes were not the first gives the first bytes again, to a new reader as well', async (t) => {
  const project = await makeTestProject(t, { kinds: [joinKind(), saying(['{"auc":0.801}', '{"auc":0.799}'])] });
  const plain = (version: string): StepNode => said({}, { version });
  await project.run([plain('1')]);
  await project.run([plain('2')]); // both are in the cache before the rule is declared

  await project.run([tolerant('2')]);
  const back = await project.run([tolerant('1'), step('c', { in: ['steps.a/out'] })]);

  assert.deepEqual(outcomes(back), ['steps.a: hit', 'steps.c: done']);
  assert.equal(published(project, 'made/c.txt'), '|{"auc":0.799}');
});

test('another rule needs no run of the step that declares it; the rule taken away, every byte counts again', async (t) => {
  const project = await makeTestProject(t, { kinds: [joinKind(), saying(['{"auc":0.801}'])] });
  const rule = (digits: number): StepNode =>
    said({ stable: { out: { kind: 'json', round: { digits, counted: 'significant' }, ignore: [] } } });
  await project.run([rule(2), reading]);

  const runs = [await project.run([rule(3), reading]), await project.run([said(), reading]), await project.run([rule(2), reading])];

  assert.deepEqual(
    runs.map((run) => run.steps.map(({ status }) => status)),
    [
      ['hit', 'done'],
      ['hit', 'done'],
      ['hit', 'hit'],
    ],
  );
});

test('the bytes of another output can say what is stable', async (t) => {
  const kind = joinKind([], async ({ node, store }) => {
    const made = async (text: string) => ({ kind: 'file' as const, files: 1, ...(await store.putBytes(text)) });
    return node.name === 'steps.a' ? { outputs: { out: await made(String(node.settings['version'])), digest: await made('same') } } : {};
  });
  const project = await makeTestProject(t, { kinds: [kind] });
  const outputs = ['out', 'digest'].map((name) => ({ name, path: `made/${name}`, publish: true }));
  const versioned = (version: string): StepNode => ({
    ...step('a', { outputs, settings: { version } }),
    stable: { out: { kind: 'output', output: 'digest' } },
  });
  await project.run([versioned('1'), reading]);

  assert.deepEqual(outcomes(await project.run([versioned('2'), reading])), ['steps.a: done', 'steps.b: hit']);
});

test('an output that is no JSON fails the step that declares its numbers stable', async (t) => {
  const project = await makeTestProject(t, { kinds: [saying(['{"auc": NaN}'])] });

  const { failure } = recordOf(await project.run([tolerant('1')]), 'steps.a');

  assert.equal(failure?.code, 'TG-PIPELINE-STABLE');
  assert.match(failure?.message ?? '', /^Cannot tell what is stable in the output "out" of "steps.a": it is no JSON \(/);
});

test('what differs within the declared tolerance is on record as such', async (t) => {
  const project = await makeTestProject(t, { kinds: [saying(['{"auc":0.801,"seconds":3}', '{"auc":0.799,"seconds":9}'])] });
  await project.run([tolerant('1')]);

  const { repetition } = recordOf(await project.run([tolerant('1')], { force }), 'steps.a');

  assert.deepEqual([repetition?.differences[0]?.isStable, repetition?.differences[0]?.spread?.path], [true, 'seconds']);
});
