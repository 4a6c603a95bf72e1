import assert from 'node:assert/strict';
import { test } from 'node:test';
import { goalOfBranch, routeTo } from './goal.ts';

test('the first pattern that fits says how far a branch goes; a star stands for anything', () => {
  const branches = { main: 'production', 'release/*': 'staging', '*.x': 'staging', '*': 'gate' };

  const goals = ['main', 'release/2', 'release/a/b', '1.x', '1yx', 'mains'].map((branch) => goalOfBranch(branches, branch));

  assert.deepEqual(goals, ['production', 'staging', 'staging', 'staging', 'gate', 'gate']);
});

test('a branch that no pattern fits goes to the gate', () => {
  assert.equal(goalOfBranch({ main: 'production' }, 'other'), 'gate');
});

test('the route to an environment goes through those it comes after', () => {
  const environment = { target: 'local', tests: [], port: 0, variables: {} } as const;
  const environments = { production: { ...environment, after: 'staging' }, staging: { ...environment, after: null } };

  assert.deepEqual(routeTo(environments, 'production'), ['staging', 'production']);
  assert.deepEqual(routeTo(environments, 'gate'), []);
});
