import assert from 'node:assert/strict';
import { test } from 'node:test';
import { outcomeOf } from './outcome.ts';

test('exit codes come in classes: verdicts are refusals, what the machine lacked may come, the rest would fail again', () => {
  assert.equal(outcomeOf(0, null), 'passed');
  for (const exit of [3, 4, 5]) assert.equal(outcomeOf(exit, 'fail'), 'refused');
  assert.equal(outcomeOf(3, 'TG-DEPLOY-RETURNED'), 'refused');
  assert.equal(outcomeOf(1, 'TG-STORE-DISK-FULL'), 'unavailable');
  assert.equal(outcomeOf(1, 'TG-COMMANDS-FAILED'), 'failed');
  assert.equal(outcomeOf(2, 'TG-CONFIG-SYNTAX'), 'failed');
  assert.equal(outcomeOf(70, 'TG-CLI-BUG'), 'failed');
  assert.equal(outcomeOf(130, null), 'cancelled');
});
