import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { canOverlap, isPattern } from './overlap.ts';

const both = (one: string, other: string): readonly boolean[] => [canOverlap(one, other), canOverlap(other, one)];

test('canOverlap tells what can mean the same file', () => {
  for (const [one, other] of [
    ['houses.csv', 'houses.csv'],
    ['data', 'data/flights/*.parquet'],
    ['data/flights/a.parquet', 'data/flights/*.parquet'],
    ['data/**', 'data/flights/*.parquet'],
    ['data/**/*.parquet', 'data/flights/2013-*.parquet'],
    ['data/flights', 'data/**/*.csv'],
    ['**/*.csv', 'data/a.csv'],
    ['data/[ab].csv', 'data/a.csv'],
    ['data/{a,b}/*.csv', 'data/a/x.csv'],
    ['data/?.csv', 'data/*'],
  ] as const)
    assert.deepEqual(both(one, other), [true, true], `${one} and ${other}`);
});

test('canOverlap tells what cannot', () => {
  for (const [one, other] of [
    ['houses.csv', 'house.csv'],
    ['data/lookup.json', 'data/*.csv'],
    ['data/*.json', 'data/*.csv'],
    ['data/*', 'data/flights/*.csv'],
    ['src', 'data/**'],
    ['a/b', 'a/c/**'],
    ['data.csv', 'data/csv'],
  ] as const)
    assert.deepEqual(both(one, other), [false, false], `${one} and ${other}`);
});

test('canOverlap is true whenever a pattern matches a file that a name means', () => {
  const asRegex = (pattern: string): RegExp => new RegExp(`^${pattern.replaceAll('*', '[^/]*').replaceAll('?', '[^/]')}$`);
  const pattern = fc.stringMatching(/^[ab?*]{1,3}(\/[ab?*]{1,3}){0,2}$/).filter((text) => isPattern(text) && !text.includes('**'));
  const file = fc.stringMatching(/^[ab]{1,2}(\/[ab]{1,2}){0,2}$/);

  fc.assert(
    fc.property(pattern, file, fc.nat(2), (text, path, depth) => {
      fc.pre(asRegex(text).test(path));
      const name = path
        .split('/')
        .slice(0, depth + 1)
        .join('/');
      assert.deepEqual(both(text, name), [true, true], `${text} ${name}`);
    }),
  );
});

test('hostile 24: no pattern makes canOverlap slow', () => {
  const before = process.cpuUsage();

  assert.equal(canOverlap(`${'*a'.repeat(120)}b`, 'a'.repeat(250)), false);
  assert.equal(canOverlap(`${'**/a/'.repeat(50)}b`, `${'a/'.repeat(100)}c*.csv`), false);

  assert.ok(process.cpuUsage(before).user < 2e6);
});
