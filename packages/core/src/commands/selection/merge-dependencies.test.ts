import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mergeDependencies } from './merge-dependencies.ts';

test('what two processes told of tests is one list of files, and a test depends on what it did in any of them', () => {
  const file = (path: string): { readonly path: string; readonly outline: string } => ({ path, outline: `of ${path}` });
  const of = (whole: readonly number[], imported: readonly number[], why = ''): object => ({ name: 'a::one', whole, imported, why });

  const merged = mergeDependencies([
    { files: [file('a.py'), file('b.py')], tests: { one: { name: 'a::one', whole: [0], imported: [1], why: '' } } },
    {
      files: [file('b.py'), file('c.py')],
      tests: {
        one: { name: 'a::one', whole: [0], imported: [1], why: 'it starts a process' },
        two: { name: 'a::two', whole: [1, 7], imported: [], why: '' },
      },
    },
  ]);

  assert.deepEqual(merged.files, [file('a.py'), file('b.py'), file('c.py')]);
  assert.deepEqual(merged.tests['one'], of([0, 1], [2], 'it starts a process'));
  assert.deepEqual(merged.tests['two'], { name: 'a::two', whole: [2], imported: [], why: '' });
});
