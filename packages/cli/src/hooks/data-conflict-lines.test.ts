import assert from 'node:assert/strict';
import { test } from 'node:test';
import { settlingLine } from './data-conflict-lines.ts';

test('a preference is offered for files and rows, and not for columns of two types', () => {
  const file = { kind: 'file', path: 'a.csv', ours: 'changed', theirs: 'removed' } as const;
  const column = { kind: 'column', column: 'price', ours: 'DOUBLE', theirs: 'BIGINT' } as const;
  const of = { kind: 'conflict', dataset: 'houses', count: 1 } as const;
  assert.match(
    settlingLine({ ...of, conflicts: [file] }, ['--from', 'more']),
    /Run "tidegate data merge houses --from more --prefer ours" or/,
  );
  assert.match(
    settlingLine({ ...of, conflicts: [file, column] }),
    /^No preference settles that: .* run "tidegate data merge houses" again/,
  );
});
