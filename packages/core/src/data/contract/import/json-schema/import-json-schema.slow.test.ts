import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json } from '@tidegate/formats';
import { Ajv } from 'ajv';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { writeYaml } from '../../../../config/index.ts';
import { testDataset } from '../../../test-dataset.ts';
import { contractDocument } from '../contract-document.ts';
import { importJsonSchema } from './import-json-schema.ts';

const validators = {
  'http://json-schema.org/draft-07/schema#': Ajv,
  'https://json-schema.org/draft/2019-09/schema': Ajv2019,
  'https://json-schema.org/draft/2020-12/schema': Ajv2020,
};

/** Schemas of a property that a column can keep, and values of which some keep them and some do not. */
const cases: readonly { readonly schema: Json; readonly values: readonly Json[] }[] = [
  { schema: { type: 'string' }, values: ['a', null] },
  { schema: { type: ['string', 'null'] }, values: ['a', null] },
  { schema: { type: 'integer', minimum: 2, exclusiveMaximum: 5 }, values: [1, 2, 4, 5, null] },
  { schema: { type: 'number', exclusiveMinimum: 0.5, maximum: 2.5, multipleOf: 0.5 }, values: [0.5, 1, 1.2, 2.5, 3] },
  { schema: { type: 'string', minLength: 2, maxLength: 3 }, values: ['a', 'ab', 'abc', 'abcd', '𝒳𝒳𝒳'] },
  { schema: { type: 'string', pattern: 'b.d' }, values: ['abcde', 'bd', 'b\u{1d4b3}d'] },
  { schema: { type: 'string', enum: ['x', 'y'] }, values: ['x', 'y', 'z', null] },
  { schema: { enum: ['x', null] }, values: ['x', null, 'y'] },
  { schema: { const: 3 }, values: [3, 4] },
  { schema: { type: 'boolean' }, values: [true, false, null] },
  { schema: { anyOf: [{ type: 'integer', minimum: 3 }, { type: 'null' }] }, values: [2, 3, null] },
  { schema: { oneOf: [{ const: 'a' }, { const: 'b' }] }, values: ['a', 'b', 'c', null] },
  { schema: { anyOf: [{ type: 'integer' }, { type: 'number' }] }, values: [1.5, 2, null] },
  { schema: { allOf: [{ type: 'integer' }, { minimum: 3 }, { $ref: '#/definitions/small' }] }, values: [2, 3, 9, 10, null] },
  { schema: { $ref: '#/definitions/small' }, values: [9, 10, null] },
  { schema: { not: { enum: ['x'] }, type: 'string' }, values: ['x', 'y', null] },
  { schema: { not: { pattern: '^x' }, type: 'string' }, values: ['xa', 'ax'] },
  { schema: { type: 'array', minItems: 1, maxItems: 2, uniqueItems: true }, values: [[1], [1, 2], [1, 1], [1, 2, 3], []] },
  { schema: { minimum: 5 }, values: [4, 5, null] },
];

/** A JSON value in SQL, of the type that a column of such values has. */
function sqlOf(value: Json): string {
  if (Array.isArray(value)) return `[${(value as readonly Json[]).map(sqlOf).join(', ')}]::INTEGER[]`;
  return typeof value === 'string' ? `'${value}'` : String(value);
}

const asked = cases.flatMap(({ schema, values }, index) =>
  values.flatMap((value, at) =>
    [true, false].map((isRequired) => ({ schema, value, isRequired, name: `c${index}_${at}${isRequired ? '_r' : ''}` })),
  ),
);

for (const [draft, Validator] of Object.entries(validators))
  test(`a column is as good as its row is to another validator: ${draft}`, async () => {
    await using dataset = await testDataset();
    const head = { $schema: draft, definitions: { small: { type: 'integer', maximum: 9 } }, type: 'object' };
    const imported = importJsonSchema(
      {
        ...head,
        properties: Object.fromEntries(asked.map(({ name, schema }) => [name, schema])),
        required: asked.flatMap(({ name, isRequired }) => (isRequired ? [name] : [])),
      },
      't',
    );
    assert.deepEqual(imported?.notTaken, []);
    await dataset.writeParquet('t.parquet', `SELECT ${asked.map(({ value, name }) => `${sqlOf(value)} AS ${name}`).join(', ')}`);
    const { version } = await dataset.run({ contract: writeYaml(contractDocument(imported) as Json, 'imported') });

    const differing = asked.flatMap(({ schema, value, isRequired, name }) => {
      const validate = new Validator({ strict: false }).compile({
        ...head,
        properties: { a: schema },
        ...(isRequired && { required: ['a'] }),
      });
      // a row of a table has no value where one of JSON lacks the property
      const theirs = validate({ a: value }) === true || (value === null && validate({}) === true);
      const checks = version.checks.filter(({ column }) => column === name);
      const isGood = checks.every((check) => check.verdict === 'pass' || (value === null && !check.name.endsWith('.required')));
      return isGood === theirs ? [] : [{ schema, value, isRequired, theirs, ours: isGood }];
    });
    assert.deepEqual(differing, []);
  });
