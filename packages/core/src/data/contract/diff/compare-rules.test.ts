import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RuleText } from '../contract-shape.ts';
import { ruleChanges } from './compare-rules.ts';

const place = { object: 't', property: 'shop', column: 'shop' };
const valid = (...validValues: readonly string[]): RuleText => ({ metric: 'invalidValues', arguments: { validValues }, mustBe: 0 });
const told = (before: readonly RuleText[], after: readonly RuleText[]): readonly unknown[] =>
  ruleChanges(before, after, place).map(({ level, direction, check }) => [level, direction, check]);

test('a rule without a name is followed by the way it measures, and goes by the name of its check', () => {
  assert.deepEqual(told([valid('a', 'b')], [valid('a')]), [['minor', 'stronger', 'shop.valid_values']]);
  assert.deepEqual(told([valid('a')], [valid('a', 'b')]), [['major', 'weaker', 'shop.valid_values']]);
  const pattern = (text: string): RuleText => ({ metric: 'invalidValues', arguments: { pattern: text }, mustBe: 0 });
  assert.deepEqual(told([pattern('a')], [pattern('b')]), [['major', 'other', 'shop.valid_pattern']]);
  const between = (max: number): RuleText => ({ type: 'custom', engine: 'tidegate', implementation: { check: 'between', min: 0, max } });
  assert.deepEqual(told([between(1)], [between(2)]), [['major', 'other', null]]);
});

test('where several measure in the same way nobody can say which was which', () => {
  assert.deepEqual(told([valid('a'), valid('b')], [valid('c')]), [
    ['major', 'weaker', 'shop.valid_values'],
    ['major', 'weaker', 'shop.valid_values'],
    ['minor', 'stronger', 'shop.valid_values'],
  ]);
  assert.deepEqual(told([{ ...valid('a'), id: 'one' }], [{ ...valid('b'), id: 'two' }]), [
    ['major', 'weaker', 'shop.one'],
    ['minor', 'stronger', 'shop.two'],
  ]);
});
