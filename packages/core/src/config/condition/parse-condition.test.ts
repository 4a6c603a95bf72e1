import assert from 'node:assert/strict';
import { test } from 'node:test';
import { knownIn } from './condition.ts';
import { parseCondition } from './parse-condition.ts';

function messageOf(text: string): string {
  const parsed = parseCondition(text);
  assert.ok(!parsed.ok, text);
  return parsed.failure.message;
}

test('a condition is read as comparisons, "and" before "or" and "not" before both', () => {
  const parsed = parseCondition('data.flights.rows > 1e3 or not models.delay.verdict != pass and (steps.a.ready == true)');

  assert.ok(parsed.ok && parsed.value.test !== 'always');
  const { test: expression } = parsed.value;
  assert.equal(expression.kind, 'or');
  assert.deepEqual(expression.kind === 'or' && expression.left, {
    kind: 'compare',
    sign: '>',
    left: { kind: 'known', step: 'data.flights', member: 'rows' },
    right: { kind: 'value', value: 1000 },
  });
  assert.equal(expression.kind === 'or' && expression.right.kind, 'and');
  assert.deepEqual(knownIn(parsed.value), [
    { step: 'data.flights', member: 'rows' },
    { step: 'models.delay', member: 'verdict' },
    { step: 'steps.a', member: 'ready' },
  ]);
});

test('"always" is a condition of its own, which reads nothing', () => {
  const parsed = parseCondition('always');

  assert.ok(parsed.ok);
  assert.equal(parsed.value.test, 'always');
  assert.deepEqual(knownIn(parsed.value), []);
});

for (const [text, message] of [
  ['', 'Cannot read the condition: its end is no value and no name'],
  ['data.flights.rows', 'Cannot read the condition: a comparison (== != < <= > >=) is missing before its end'],
  ['data.flights.rows = 3', 'Cannot read the condition: a comparison (== != < <= > >=) is missing before "=" (character 19)'],
  ['data.flights > 3', 'Cannot read the condition: "data.flights" (character 1) is no value and no name'],
  ['(1 < 2', 'Cannot read the condition: a ")" is missing before its end'],
  ['1 < 2 3', 'Cannot read the condition: "3" (character 7) does not belong there'],
  ['process.exit(1) == 1', 'Cannot read the condition: "process.exit" (character 1) is no value and no name'],
  ["1 == '", 'Cannot read the condition: "\'" (character 6) is no value and no name'],
  [`${'('.repeat(400)}1 < 2`, 'Cannot read the condition: it is nested more than 20 deep'],
  [`1 < ${'9'.repeat(2_000)}`, 'Cannot read the condition: it is longer than 1000 characters'],
] as const)
  test(`a condition that cannot be read says where: ${text.slice(0, 30)}`, () => {
    assert.equal(messageOf(text), message);
  });
