import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withColumn, withTable } from './query-text.ts';

test('placeholders of queries are names, whatever is before them and however they are quoted', () => {
  for (const from of [
    '{object}',
    '${table}',
    '"{model}"',
    '{schema}.{table}',
    '"${database}"."{schema}"."{object}"',
    '{schema}',
    '{catalog}.{schema}',
  ])
    assert.equal(
      withTable(`SELECT count(*) FROM ${from} WHERE a = '{x}'`, 'my "t"'),
      'SELECT count(*) FROM "my ""t""" WHERE a = \'{x}\'',
      from,
    );
  for (const column of ['{property}', '${column}', '"{field}"'])
    assert.equal(withColumn(`SELECT max(${column})`, 'a b'), 'SELECT max("a b")', column);
});
