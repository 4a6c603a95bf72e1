import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shownOutput } from './shown-output.ts';

test('hostile 29: of a step that prints without end a thousand lines a second are shown, and of another one all', () => {
  const shown: string[] = [];
  const clock = { ms: 0 };
  const show = shownOutput(
    (step, line) => shown.push(`${step} ${line}`),
    () => clock.ms,
  );

  for (let chunk = 0; chunk < 100; chunk++) show('noisy', 'y\n'.repeat(32_768));
  show('quiet', 'one\ntwo\n');
  clock.ms = 1_000;
  show('noisy', 'last\n');

  assert.equal(shown.length, 1_000 + 2 + 2);
  assert.deepEqual(shown.slice(-4), [
    'quiet one',
    'quiet two',
    'noisy [3275800 lines are not shown; all of it: tidegate log noisy]',
    'noisy last',
  ]);
});
