import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type FeatureColumn, TidegateError } from '@tidegate/formats';
import fc from 'fast-check';
import { entityKeyCodec } from './entity-key.ts';

const text = (name: string): FeatureColumn => ({ name, type: 'string' });
const whole = (name: string): FeatureColumn => ({ name, type: 'integer' });

test('different keys have different texts, whatever their values', () => {
  const encode = entityKeyCodec([text('a'), text('b')]);
  const pair = fc.tuple(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }));

  fc.assert(
    fc.property(pair, pair, (one, other) => {
      assert.equal(encode(one) === encode(other), one[0] === other[0] && one[1] === other[1]);
    }),
  );
});

test('keys whose concatenations are equal stay apart', () => {
  const encode = entityKeyCodec([whole('a'), whole('b')]);

  assert.notEqual(encode([1, 11]), encode([11, 1]));
  assert.notEqual(entityKeyCodec([text('a')])(['1']), entityKeyCodec([whole('a')])([1]));
});

test('a NULL among the key values means no entity', () => {
  const encode = entityKeyCodec([text('a'), whole('b')]);

  assert.equal(encode(['x', null]), null);
  assert.equal(encode([undefined, 1]), null);
});

test('whole numbers beyond 2^53 are taken as text and only then', () => {
  const encode = entityKeyCodec([whole('a')]);

  assert.equal(encode(['9007199254740993']), '["i9007199254740993"]');
  assert.equal(encode(['-9223372036854775808']), '["i-9223372036854775808"]');
  assert.equal(encode([9007199254740991]), '["i9007199254740991"]');
});

test('a view without keys has one entity', () => {
  assert.equal(entityKeyCodec([])([]), '[]');
});

test('a value of another type is refused, never silently not found', () => {
  const cases: readonly [FeatureColumn, boolean | number | string][] = [
    [whole('a'), '01'],
    [whole('a'), '1'],
    [whole('a'), 1.5],
    [whole('a'), 9007199254740992],
    [text('a'), 1],
    [{ name: 'a', type: 'boolean' }, 1],
    [{ name: 'a', type: 'date' }, '1.2.2013'],
  ];
  for (const [key, value] of cases) {
    assert.throws(
      () => entityKeyCodec([key])([value]),
      (error: unknown) => error instanceof TidegateError && error.diagnostics[0].code === 'TG-FEATURES-KEY-TYPE',
      `${key.type} ${JSON.stringify(value)}`,
    );
  }
});
