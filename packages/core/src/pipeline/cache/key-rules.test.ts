import assert from 'node:assert/strict';
import { test } from 'node:test';
import { canonicalJson, type RunRecord, type StepRecord } from '@tidegate/formats';
import { digestOfBytes } from '../../platform/index.ts';
import type { StepKind } from '../step-kind.ts';
import { joinKind, shellKind } from '../test-kinds.ts';
import { makeTestProject, outcomes, step } from '../test-project.ts';

const recordOf = (run: RunRecord, name: string): StepRecord => run.steps.find((record) => record.step === name) ?? assert.fail(name);

test('rule 1: the key has the digests of outputs, not of keys, of what a step needs, so a change that comes to nothing stops there', async (t) => {
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

test('rule 1: the key is the digest of a canonical record: argv, inputs, variables, interpreter and platform, resources that matter, and salt', async (t) => {
  const interpreter: StepKind = { ...joinKind(), facts: async () => ({ python: '3.11.7', machine: 'linux-x64' }) };
  const project = await makeTestProject(t, { kinds: [interpreter] });
  project.write('train.py', 'print(1)');
  const node = step('train', { in: ['train.py'], settings: { run: ['python', 'train.py'] }, variables: { SEED: '1' }, cpus: 2 });

  const run = await project.run([{ ...node, variesWith: ['cpus'], salt: { project: 'spring', step: '2' } }]);

  const text =
    '{"executables":[],"facts":{"machine":"linux-x64","python":"3.11.7"},"format":"tidegate.key/2",' +
    `"inputs":{"train.py":"${digestOfBytes('print(1)')}"},"kind":"join","kindVersion":1,"outputs":{"out":"made/train.txt"},"places":{},` +
    '"resources":{"cpus":2},"salt":{"project":"spring","step":"2"},"settings":{"run":["python","train.py"]},"step":"steps.train","variables":{"SEED":"1"}}';
  assert.equal(recordOf(run, 'steps.train').key, digestOfBytes(text));
});

test('rule 1: another salt runs the work again, the earlier one leads back to the earlier result', async (t) => {
  const project = await makeTestProject(t, { kinds: [joinKind()] });
  const salted = (salt: string) => [{ ...step('a'), salt: { step: salt } }];
  await project.run([step('a')]);

  const runs = [await project.run(salted('1')), await project.run(salted('2')), await project.run([step('a')])];

  assert.deepEqual(
    runs.map((run) => recordOf(run, 'steps.a').status),
    ['done', 'done', 'hit'],
  );
});

test('rule 2: the whole key record is an object of the store, under the key', async (t) => {
  const project = await makeTestProject(t, { kinds: [joinKind()] });
  project.write('a.txt', 'A');

  const run = await project.run([step('a', { in: ['a.txt'], settings: { text: 't' }, variables: { SEED: '1' } })]);

  const { key } = recordOf(run, 'steps.a');
  assert.ok(key !== null);
  const record = await project.parts.store.readJson(key);
  assert.deepEqual(record, {
    format: 'tidegate.key/2',
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

test('rule 3: a variable that nobody declared is no part of a key; removing a declared one leads back to the earlier result (hostile 5)', async (t) => {
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

test('rule 4: names are ordered by code unit, not as a language would', async (t) => {
  const project = await makeTestProject(t, { kinds: [joinKind()] });
  for (const name of ['ä', 'z', 'B', '😀', '｡']) project.write(name, name);

  const { key } = recordOf(await project.run([step('a', { in: ['ä', 'z', 'B', '😀', '｡'] })]), 'steps.a');

  assert.ok(key !== null);
  assert.deepEqual(Object.keys(JSON.parse(Buffer.from(await project.parts.store.readBytes(key)).toString()).inputs), [
    'B',
    'z',
    'ä',
    '😀',
    '｡',
  ]);
});

test('rule 5: what lies outside the project is asked in every run what it is, and only another answer runs the step', async (t) => {
  let etag = 'v1';
  const query: StepKind = { ...joinKind(), facts: async () => ({ etag }) };
  const project = await makeTestProject(t, { kinds: [query] });
  const steps = [step('source')];
  await project.run(steps);

  const same = await project.run(steps);
  etag = 'v2';
  const other = await project.run(steps);

  assert.deepEqual([same, other].flatMap(outcomes), ['steps.source: hit', 'steps.source: done']);
  assert.deepEqual(recordOf(other, 'steps.source').reasons, [
    { kind: 'setting-changed', setting: 'facts.etag', before: 'v1', after: 'v2' },
  ]);
});
