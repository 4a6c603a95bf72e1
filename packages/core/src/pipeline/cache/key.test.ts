import assert from 'node:assert/strict';
import { test } from 'node:test';
import { canonicalJson, type Json, type KeyRecord, type SecretHash, stepName } from '@tidegate/formats';
import fc from 'fast-check';
import { digestOfBytes } from '../../platform/index.ts';
import { differences } from './differences.ts';
import { keyOf, keyRecordOf } from './key.ts';
import type { ResolvedInput, StepNode } from '../step-kind.ts';

const digests = fc.string().map(digestOfBytes);
const names = fc.oneof(fc.string({ maxLength: 4 }), fc.constantFrom('__proto__', 'constructor', 'toString', '10', '9', 'ä', '😀'));
const settings = fc.dictionary(names, fc.jsonValue({ maxDepth: 3 }), { maxKeys: 4 });
const texts = fc.dictionary(names, fc.string({ maxLength: 3 }), { maxKeys: 4 });

const always: fc.Arbitrary<KeyRecord> = fc.record({
  format: fc.constant('tidegate.key/2' as const),
  step: fc.constant(stepName('steps.a')),
  kind: fc.constantFrom('command', 'dataset'),
  kindVersion: fc.nat({ max: 3 }),
  inputs: fc.dictionary(names, digests, { maxKeys: 4 }),
  settings: settings as fc.Arbitrary<{ readonly [name: string]: Json }>,
  variables: texts,
  facts: settings as fc.Arbitrary<{ readonly [name: string]: Json }>,
  outputs: fc.dictionary(names, fc.option(fc.string({ maxLength: 3 })), { maxKeys: 4 }),
  places: texts,
  executables: fc.array(fc.string({ maxLength: 3 }), { maxLength: 3 }),
});
const optional = fc.record(
  {
    secrets: fc.dictionary(
      names,
      fc.nat({ max: 3 }).map((value): SecretHash => `hmac-sha256:${value}`),
      { maxKeys: 2 },
    ),
    resources: fc.dictionary(names, fc.nat({ max: 3 }), { maxKeys: 2 }),
    salt: fc.record({ project: fc.constantFrom('1', '2'), step: fc.constantFrom('1', '2') }, { requiredKeys: [] }),
  },
  { requiredKeys: [] },
);
const records = fc.tuple(always, optional).map(([members, more]): KeyRecord => ({ ...members, ...more }));

/** The same value with the members of every object in another order. */
function shuffled(value: Json, turn: () => number): Json {
  if (Array.isArray(value)) return value.map((item: Json) => shuffled(item, turn));
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([name, member]) => [turn(), name, shuffled(member, turn)] as const);
  return Object.fromEntries(members.toSorted((a, b) => a[0] - b[0]).map(([, name, member]) => [name, member]));
}

test('the order in which anything was written never matters to a key', () => {
  fc.assert(
    fc.property(records, fc.infiniteStream(fc.nat()), (record, stream) => {
      const other = shuffled(JSON.parse(JSON.stringify(record)), () => stream.next().value ?? 0);

      assert.equal(keyOf(other as unknown as KeyRecord), keyOf(record));
    }),
  );
});

test('any difference between two records matters to the key, and is found and named', () => {
  fc.assert(
    fc.property(records, records, (one, other) => {
      const isSame = keyOf(one) === keyOf(other);

      assert.equal(isSame, canonicalJson(one) === canonicalJson(other));
      assert.equal(differences(one, other).length === 0, isSame);
    }),
    { numRuns: 300 },
  );
});

const node: StepNode = {
  name: stepName('steps.train'),
  kind: 'command',
  inputs: [],
  outputs: [
    { name: 'model', path: 'm.onnx', publish: true },
    { name: 'record', path: null, publish: false },
  ],
  settings: { run: ['python', 'train.py'] },
  variables: { SEED: '1' },
  cpus: 1,
};
const file = (name: string): ResolvedInput => ({
  name,
  artifact: { kind: 'file', digest: digestOfBytes(name), bytes: 1, files: 1 },
  place: name,
  source: `/project/${name}`,
});
const artifact = (name: string, place: string | null): ResolvedInput => ({ ...file(name), place, source: null });

const keyed = (more: {
  readonly node?: Partial<StepNode>;
  readonly inputs?: readonly ResolvedInput[];
  readonly executables?: readonly string[];
  readonly version?: number;
  readonly facts?: { readonly [name: string]: Json };
}): string =>
  keyOf(
    keyRecordOf({
      node: { ...node, ...more.node },
      kind: { kind: 'command', version: more.version ?? 1 },
      inputs: more.inputs ?? [],
      executables: more.executables ?? [],
      facts: more.facts ?? {},
    }),
  );

test('the key of a record that was made once stays what it was', () => {
  assert.equal(
    keyed({ inputs: [file('train.py'), artifact('steps.a/out', 'in/a')], executables: ['train.py'], facts: { python: '3.11' } }),
    'sha256:63c0f1e4a24b0152e1908a7b607b1757291da9603f2c222c24af1039fdef77c4',
  );
});

for (const [what, other] of [
  ['a setting', keyed({ node: { settings: { run: ['python', 'fit.py'] } } })],
  ['a variable', keyed({ node: { variables: { SEED: '2' } } })],
  ['a variable that is empty instead of absent', keyed({ node: { variables: { SEED: '1', DEBUG: '' } } })],
  ['the name of the step', keyed({ node: { name: stepName('steps.fit') } })],
  ['the path of an output', keyed({ node: { outputs: [{ name: 'model', path: 'n.onnx', publish: true }] } })],
  ['the version of the kind', keyed({ version: 2 })],
  ['a fact', keyed({ facts: { python: '3.12' } })],
  ['an input', keyed({ inputs: [file('a')] })],
  ['the mode of a file', keyed({ inputs: [file('a')], executables: ['a'] })],
  ['an artifact', keyed({ inputs: [artifact('steps.a/out', null)] })],
  ['the place of an artifact', keyed({ inputs: [artifact('steps.a/out', 'in/a')] })],
] as const)
  test(`${what} is part of the key`, () => {
    assert.notEqual(other, keyed({}));
  });

test('how many cores a step gets and whether an output is published are no part of the key', () => {
  const outputs = node.outputs.map((output) => ({ ...output, publish: false }));

  assert.equal(keyed({ node: { cpus: 8, outputs } }), keyed({}));
});

test('the number of cores is part of the key of a step that varies with it', () => {
  assert.notEqual(keyed({ node: { cpus: 8, variesWith: ['cpus'] } }), keyed({ node: { variesWith: ['cpus'] } }));
});

test('a key record of the version before is compared with: the change of the form is the reason', () => {
  const now = keyRecordOf({ node, kind: { kind: 'command', version: 1 }, inputs: [], executables: [], facts: {} });

  assert.deepEqual(differences({ ...now, format: 'tidegate.key/1' }, now), [
    { kind: 'setting-changed', setting: 'format', before: 'tidegate.key/1', after: 'tidegate.key/2' },
  ]);
});
