import { test } from 'node:test';
import { checkRefreshes } from './test-arrivals.ts';

for (const hasKnown of [false, true])
  test(`a refresh gives what computing everything gives in many histories${hasKnown ? ' of values that are known late' : ''}`, () =>
    checkRefreshes(hasKnown, 25));
