import assert from 'node:assert/strict';
import { test } from 'node:test';
import { placeInMessage } from './place-in-message.ts';

test('placeInMessage finds the last place of pytest, and the first of testthat', () => {
  assert.deepEqual(placeInMessage('def test_one():\n>       helper()\n\ntests/test_a.py:4: \n_ _ _\nsrc/helper.py:9: ValueError'), {
    file: 'src/helper.py',
    line: 9,
  });
  assert.deepEqual(placeInMessage('Failure (test-rows.R:3:1): rows are kept\nx not equal to y'), { file: 'test-rows.R', line: 3 });
});

test('placeInMessage takes no place outside of the project and nothing that is none', () => {
  for (const text of ['', 'assert 1 == 2', '/usr/lib/a.py:3: Error', '../a.py:3: Error', 'http://a.b:80: no', 'a.py:0: Error'])
    assert.equal(placeInMessage(text), null, text);
});
