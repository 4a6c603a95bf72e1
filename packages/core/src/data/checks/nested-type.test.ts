import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nestedType } from './nested-type.ts';

test('types of the engine are taken apart at their own commas only', () => {
  const of = (type: string): unknown => {
    const found = nestedType(type);
    return found?.kind === 'fields' ? [...found.fields] : (found?.item ?? null);
  };

  assert.deepEqual(of('STRUCT(a INTEGER, "b, ""c(" VARCHAR[], d STRUCT(x DECIMAL(6,2), y TIMESTAMP WITH TIME ZONE))'), [
    ['a', 'INTEGER'],
    ['b, "c(', 'VARCHAR[]'],
    ['d', 'STRUCT(x DECIMAL(6,2), y TIMESTAMP WITH TIME ZONE)'],
  ]);
  assert.equal(of('STRUCT(a INTEGER)[]'), 'STRUCT(a INTEGER)');
  assert.equal(of('DOUBLE[3]'), 'DOUBLE');
  assert.equal(of('MAP(VARCHAR, INTEGER)'), null);
});
