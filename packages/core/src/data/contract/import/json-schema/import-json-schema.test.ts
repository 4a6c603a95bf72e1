import assert from 'node:assert/strict';
import { test } from 'node:test';
import { importJsonSchema } from './import-json-schema.ts';

test('what no column can keep is told with its reason', () => {
  const imported = importJsonSchema(
    {
      type: 'array',
      items: {
        type: 'object',
        if: { required: ['a'] },
        properties: {
          a: { oneOf: [{ type: 'string' }, { type: 'integer' }] },
          b: { $ref: 'https://example.org/other.json' },
          c: { $ref: '#/$defs/round' },
          d: { type: 'string', pattern: '(?<!x)y' },
          e: { type: 'object', properties: { inner: { type: 'string' } } },
          f: { type: ['string', 'integer'] },
        },
      },
      $defs: { round: { $ref: '#/$defs/round' } },
    },
    't',
  );

  assert.deepEqual(
    imported?.notTaken.map(({ column, why }) => [column, why]),
    [
      ['a', 'oneOf of several kinds of values cannot be told for a column'],
      ['b', '"https://example.org/other.json" is in no part of this file'],
      ['c', 'its references lead round in a circle'],
      ['d', 'its pattern "(?<!x)y" has look-around, which RE2 does not have'],
      ['e', 'what properties say of the parts of a value is not checked'],
      ['f', 'a column has one type, not one of string, integer'],
      [null, 'no check of a table says it'],
    ],
  );
});

test('a schema of a list of rows, its references and its dependencies become columns and rules', () => {
  const imported = importJsonSchema(
    {
      type: 'array',
      items: { $ref: '#/$defs/row' },
      $defs: {
        row: {
          type: 'object',
          properties: { a: { type: 'string', format: 'date' }, 'b~/c': { $ref: '#/$defs/b~0~1c' } },
          required: ['a'],
          additionalProperties: false,
          dependentRequired: { a: ['b~/c'] },
        },
        'b~/c': { type: 'integer', description: 'A number' },
      },
    },
    't',
  );

  assert.deepEqual(imported?.objects, [
    {
      name: 't',
      properties: [
        { name: 'a', logicalType: 'date', physicalType: 'string', required: true },
        { name: 'b~/c', description: 'A number', logicalType: 'integer' },
      ],
      quality: [
        { type: 'custom', engine: 'tidegate', implementation: { check: 'columnsAre', columns: ['a', 'b~/c'] } },
        { type: 'custom', engine: 'tidegate', implementation: { check: 'condition', sql: '"a" IS NULL OR "b~/c" IS NOT NULL' } },
      ],
    },
  ]);
});
