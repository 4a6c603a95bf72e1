import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cutToWidth, displayWidth } from './display-width.ts';
import { table } from './table.ts';

test('a text is as wide as the columns that it takes: wide characters two, marks and colours none', () => {
  assert.equal(displayWidth('Ulm'), 3);
  assert.equal(displayWidth('東京'), 4);
  assert.equal(displayWidth('ｗｉｄｅ'), 8);
  assert.equal(displayWidth('e\u0301te\u0301'), 3);
  assert.equal(displayWidth('👩‍🔬 ok'), 5);
  assert.equal(displayWidth('\x1b[32mgreen\x1b[39m'), 5);
});

test('a text is cut where it no longer fits, never within a character', () => {
  assert.equal(cutToWidth('東京都', 5), '東京');
  assert.equal(cutToWidth('cafe\u0301s', 4), 'cafe\u0301');
  assert.equal(cutToWidth('short', 80), 'short');
});

test('columns of a table stand under each other whatever their characters', () => {
  assert.deepEqual(
    table([
      ['東京', '1'],
      ['Ulm', '2'],
    ]),
    ['東京  1', 'Ulm   2'],
  );
});
