import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TidegateError } from './failure.ts';
import { storedRecord } from './stored-record.ts';

const refused = (value: unknown) => {
  try {
    storedRecord('tidegate.release/1', value, 'sha256:12');
  } catch (error) {
    if (error instanceof TidegateError) return error.diagnostics[0];
    throw error;
  }
  return assert.fail('it was believed');
};

test('a record of the format is given as it is', () => {
  const record = { format: 'tidegate.release/1', project: 'shop' };

  assert.equal(storedRecord('tidegate.release/1', record, 'x'), record);
});

test('a record that a newer version has written is told with what to do', () => {
  assert.deepEqual(refused({ format: 'tidegate.release/2' }), {
    code: 'TG-STORE-RECORD',
    message: 'Cannot read "sha256:12" as "tidegate.release/1": it is "tidegate.release/2"',
    hint: 'A newer Tidegate has written it: install the newest, "npm install -g tidegate@latest"',
    place: null,
  });
});

test('what is another record, or none, is refused', () => {
  for (const value of [null, 1, 'text', [], {}, { format: 1 }, { format: 'tidegate.run/7' }]) {
    const { code, hint } = refused(value);

    assert.deepEqual([code, hint], ['TG-STORE-RECORD', 'Make it again with "tidegate run"'], JSON.stringify(value));
  }
});
