import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../seeded-random.ts';
import { type AssociatedColumn, associationOf } from './association.ts';

const random = seededRandom(5);
const letters = Array.from({ length: 300 }, () => ['a', 'b', 'c'][random.below(3)] ?? '');
const texts = (values: readonly (string | null)[]): AssociatedColumn => ({ kind: 'texts', values });
const numbers = (values: readonly number[]): AssociatedColumn => ({ kind: 'numbers', values: Float64Array.from(values) });
const noise = numbers(letters.map(random.unit));

test('columns that say the same go together entirely, whatever they are', () => {
  const codes = numbers(letters.map((letter) => letter.charCodeAt(0)));
  const near = (found: number | null): void => assert.ok(found !== null && Math.abs(found - 1) < 1e-9, String(found));

  near(associationOf(texts(letters), texts(letters.map((letter) => letter.toUpperCase()))));
  near(associationOf(texts(letters), codes));
  near(associationOf(codes, texts(letters)));
  near(associationOf(codes, numbers(letters.map((letter) => -(letter.charCodeAt(0) ** 3)))));
});

test('columns drawn apart hardly go together', () => {
  const other = texts(letters.map(() => ['x', 'y'][random.below(2)] ?? ''));

  for (const found of [
    associationOf(texts(letters), other),
    associationOf(other, noise),
    associationOf(noise, numbers(letters.map(random.unit))),
  ])
    assert.ok(found !== null && found < 0.2, String(found));
});

test('of two columns that share half of their rows the number is the one of the formula', () => {
  // 2 x 2 table 30, 10, 10, 30: chi squared 20 of 80 rows; less 1/79, over 1 - 1/79
  const one = [...Array(40).fill('a'), ...Array(40).fill('b')] as string[];
  const other = [...Array(30).fill('x'), ...Array(10).fill('y'), ...Array(10).fill('x'), ...Array(30).fill('y')] as string[];

  const found = associationOf(texts(one), texts(other));

  assert.ok(found !== null && Math.abs(found - Math.sqrt((0.25 - 1 / 79) / (1 - 1 / 79))) < 1e-12, String(found));
});

test('a column of one value, and rows that are missing, say nothing', () => {
  assert.equal(associationOf(texts(letters.map(() => 'a')), noise), null);
  assert.equal(associationOf(texts(letters.map(() => null)), texts(letters)), null);
});
