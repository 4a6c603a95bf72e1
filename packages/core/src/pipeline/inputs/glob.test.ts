import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseGlob } from './glob.ts';

/** Whether a one-part pattern matches a name. */
function matches(pattern: string, name: string): boolean {
  const alternatives = parseGlob(pattern) ?? [];
  return alternatives.some(([part]) => (part?.kind === 'name' ? part.name === name : part?.kind === 'wild' && part.matches(name)));
}

for (const [pattern, yes, no] of [
  ['*.csv', ['a.csv', '-.csv', 'a.b.csv'], ['.csv', 'a.csvx', 'a', '.hidden.csv']],
  ['a?c', ['abc', 'a-c', 'aäc', 'a😀c'], ['ac', 'abbc']],
  ['[a-c]x', ['ax', 'bx'], ['dx', 'x']],
  ['[!a-c]x', ['dx', '!x'], ['ax', 'x']],
  ['[]x]', [']', 'x'], ['[', 'a']],
  ['{a,b{1,2}}.txt', ['a.txt', 'b1.txt', 'b2.txt'], ['b.txt', 'a,b.txt']],
  ['{a}', ['{a}'], ['a']],
  ['.*', ['.x'], ['x']],
  ['a*b*c', ['abc', 'a--b--c', 'abcbc'], ['ab', 'acb']],
  ['[', ['['], ['a']],
  ['a.c', ['a.c'], ['abc']],
] as const)
  test(`"${pattern}" matches what a shell would match`, () => {
    for (const name of yes) assert.ok(matches(pattern, name), name);
    for (const name of no) assert.ok(!matches(pattern, name), name);
  });

test('a pattern of stars and letters matches as its regular expression does', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 8 });
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), minLength: 1, maxLength: 8 }), letters, (pattern, name) => {
      fc.pre(pattern !== '**');
      const oracle = new RegExp(`^${pattern.replaceAll('*', '.*').replaceAll('?', '.')}$`);

      assert.equal(matches(pattern, name), oracle.test(name));
    }),
  );
});

test('a pattern made to blow up is answered all the same', () => {
  assert.equal(matches(`${'*a'.repeat(60)}b`, 'a'.repeat(5_000)), false); // trying every way would outlast the universe
});

test('braces that stand for too much are no pattern', () => {
  assert.equal(parseGlob('{a,b}'.repeat(12)), null);
});
