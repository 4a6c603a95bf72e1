import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Limit } from '../contract/data-contract.ts';
import { holds, limitInWords } from './limit.ts';

const cases: readonly (readonly [Limit['operator'], Limit['values'], readonly number[], string])[] = [
  ['mustBe', [2], [2], 'exactly 2'],
  ['mustNotBe', [2], [0, 1, 3, 4], 'not 2'],
  ['mustBeGreaterThan', [2], [3, 4], 'more than 2'],
  ['mustBeGreaterOrEqualTo', [2], [2, 3, 4], 'at least 2'],
  ['mustBeLessThan', [2], [0, 1], 'less than 2'],
  ['mustBeLessOrEqualTo', [2], [0, 1, 2], 'at most 2'],
  ['mustBeBetween', [1, 3], [2], 'between 1 and 3, both excluded'],
  ['mustNotBeBetween', [1, 3], [0, 1, 3, 4], 'not between 1 and 3'],
];

for (const [operator, values, holding, words] of cases)
  test(`${operator} ${values.join(' and ')} holds of ${holding.join(', ')}`, () => {
    const limit: Limit = { operator, values, unit: 'rows' };

    assert.deepEqual(
      [0, 1, 2, 3, 4].filter((number) => holds(limit, number)),
      holding,
    );
    assert.equal(limitInWords(limit), words);
  });
