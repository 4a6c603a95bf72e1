import { test } from 'node:test';
import { checkRefreshes } from './test-arrivals.ts';

test('whatever arrives in whatever order, a refresh gives what computing everything gives', () => checkRefreshes(true, 2));
