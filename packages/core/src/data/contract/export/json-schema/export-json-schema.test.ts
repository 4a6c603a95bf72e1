import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json } from '@tidegate/formats';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { writeYaml } from '../../../../config/index.ts';
import { contractDocument } from '../../import/contract-document.ts';
import { importJsonSchema } from '../../import/json-schema/import-json-schema.ts';
import { exportContract } from '../export-contract.ts';

const values: readonly Json[] = [
  null,
  true,
  0,
  1,
  2,
  2.5,
  3,
  5,
  9,
  10,
  -4,
  '',
  ' ',
  'a',
  'ab',
  'abc',
  'xa',
  'ax',
  'x',
  'y',
  [],
  [1],
  [1, 1],
  [1, 2, 3],
];

/** Schemas of a property; each is made a data contract and a schema again. */
const schemas: readonly Json[] = [
  { type: 'string' },
  { type: ['string', 'null'], maxLength: 2 },
  { type: 'integer', minimum: 2, exclusiveMaximum: 5 },
  { type: 'number', multipleOf: 0.5, maximum: 5 },
  { type: 'string', pattern: '^a', minLength: 2 },
  { type: 'string', enum: ['x', 'y'] },
  { type: ['integer', 'null'], enum: [1, 2, null] },
  { type: 'integer', const: 3 },
  { type: 'string', not: { pattern: '^x' } },
  { type: 'number', not: { enum: [2, 3] } },
  { type: 'array', minItems: 1, uniqueItems: true },
  { type: 'integer', allOf: [{ enum: [1, 2, 3] }, { not: { enum: [2] } }] },
  { type: 'boolean' },
];

test('a schema that was a data contract takes the same values', () => {
  for (const schema of schemas)
    for (const isRequired of [true, false]) {
      const before = { type: 'object', properties: { p: schema }, ...(isRequired && { required: ['p'] }) };
      const text = writeYaml(contractDocument(importJsonSchema(before, 't') ?? assert.fail()) as Json, 'imported');
      const { text: after, notSaid } = exportContract({ file: 't.yaml', text, dataset: 't' }, 'json-schema');
      const [first, second] = [before, JSON.parse(after) as object].map((one) => new Ajv2020({ strict: false }).compile(one));
      // a column without a value is one that a property not required may be
      const wanted = values.filter((value) => first?.({ p: value }) === true || (value === null && first?.({}) === true));

      assert.deepEqual(
        values.filter((value) => second?.({ p: value }) === true),
        wanted,
        `${JSON.stringify(schema)} became ${after}`,
      );
      assert.deepEqual(notSaid, []);
    }
});

test('checks by name become keywords that take the same texts', () => {
  const head = 'apiVersion: v3.1.0\nkind: DataContract\nid: t\nversion: 1.0.0\nstatus: active\nschema:\n  - name: t\n    properties:\n';
  const taken = (implementation: string): readonly Json[] => {
    const rule = `      - { name: p, logicalType: string, required: true, quality: [{ type: custom, engine: tidegate, implementation: ${implementation} }] }\n`;
    const { text } = exportContract({ file: 't.yaml', text: `${head}${rule}`, dataset: 't' }, 'json-schema');
    const validate = new Ajv2020({ strict: false }).compile(JSON.parse(text) as object);
    return values.filter((value) => validate({ p: value }) === true);
  };

  assert.deepEqual(taken('{ check: startsWith, texts: [a, "x"] }'), ['a', 'ab', 'abc', 'xa', 'ax', 'x']);
  assert.deepEqual(taken('{ check: endsWith, texts: [c] }'), ['abc']);
  assert.deepEqual(taken('{ check: doesNotContain, texts: [a] }'), ['', ' ', 'x', 'y']);
  assert.deepEqual(taken('{ check: notBlank }'), ['a', 'ab', 'abc', 'xa', 'ax', 'x', 'y']);
  assert.deepEqual(taken('{ check: matchesAny, patterns: ["^x$", b] }'), ['ab', 'abc', 'x']);
  assert.deepEqual(taken('{ check: lengthBetween, min: 3 }'), ['abc']);
});
