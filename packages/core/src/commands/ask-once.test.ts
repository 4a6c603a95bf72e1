import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askOnce } from './ask-once.ts';

const building = { signal: new AbortController().signal, progress: () => {}, ownProcess: () => {} };

test('a choice of Python is asked about once, each by itself, and again after a failure', async () => {
  const asked: string[] = [];
  const answer = async (interpreter: string): Promise<string> => {
    asked.push(interpreter);
    if (asked.length === 1) throw new Error('not yet');
    return interpreter;
  };
  const { identity, ensure } = askOnce({
    identity: async ({ interpreter }) => ({ python: await answer(interpreter) }),
    ensure: ({ interpreter }) => answer(`${interpreter} at work`),
  });
  const [one, other] = ['python3', 'python3.12'].map((interpreter) => ({ requirements: null, interpreter }));
  assert.ok(one !== undefined && other !== undefined);

  await assert.rejects(identity(one), /not yet/);
  for (const choice of [one, one, other, other]) assert.deepEqual(await identity(choice), { python: choice.interpreter });
  for (const choice of [one, one]) assert.equal(await ensure(choice, building), 'python3 at work');

  assert.deepEqual(asked, ['python3', 'python3', 'python3.12', 'python3 at work']);
});
