import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { lineMatcher } from './line-matcher.ts';

test('a text is searched for as it is, a pattern between slashes as one', () => {
  for (const [pattern, line, isFound] of [
    ['a.c', 'xa.cx', true],
    ['a.c', 'abc', false],
    ['/a.c/', 'xabcx', true],
    ['/^loss = \\d+\\.\\d*$/', 'loss = 0.25', true],
    ['/^loss = \\d+\\.\\d*$/', 'the loss = 0.25', false],
    ['/err(or)?s?: [^ ]+ (lost|gone)/', 'errors: x gone', true],
    ['/[a-c_\\]-]+!/', 'zz]-_b!', true],
    ['/()x|y/', 'y', true],
    ['/\\//', 'a/b', true],
  ] as const)
    assert.equal(lineMatcher(pattern)(line), isFound, `${pattern} in ${line}`);
});

test('a pattern finds what the one of the language finds', () => {
  const part = fc
    .constantFrom('a', 'b', '.', '[ab]', '[^a]', '\\d', '(a|b)', '(ab)', '^', '$')
    .chain((one) => (one === '^' || one === '$' ? fc.constant(one) : fc.constantFrom('', '*', '+', '?').map((sign) => one + sign)));
  const pattern = fc.array(
    fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('')),
    { minLength: 1, maxLength: 3 },
  );
  fc.assert(
    fc.property(pattern, fc.string({ unit: fc.constantFrom('a', 'b', '1'), maxLength: 8 }), (alternatives, line) => {
      const text = alternatives.join('|');
      return lineMatcher(`/${text}/`)(line) === new RegExp(text).test(line);
    }),
    { numRuns: 500 },
  );
});

test('a pattern that a backtracking matcher would never finish is done at once', () => {
  assert.equal(lineMatcher('/^(a*)*(a|aa)+(a*)*$/')(`${'a'.repeat(5_000)}!`), false);
});

test('a pattern that is none is refused with why', () => {
  for (const [pattern, message] of [
    ['/(a/', /a "\)" is missing/],
    ['/a)/', /a "\)" is too many/],
    ['/[a/', /a "\]" is missing/],
    ['/*a/', /has nothing to repeat/],
    ['/a**/', /stands at character/],
    ['/a\\/', /ends with/],
    ['/\\b/', /is not known/],
    [`/${'a'.repeat(300)}/`, /longer than 200/],
    [`/${'('.repeat(50)}${')'.repeat(50)}/`, /nested too deep/],
  ] as const)
    assert.throws(() => lineMatcher(pattern), message, pattern);
});
