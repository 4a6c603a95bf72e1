import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { code, md, table } from './markdown.ts';

test('text from outside is one line without anything that Markdown or HTML takes for more than text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const shown = md`${text}`.text.replaceAll(/&#\d+;/g, '');

      assert.doesNotMatch(shown, /[\\`*_{}[\]#!|<>&~@$^\n\r]|:\/\/|^[/+=-]|www\./i);
    }),
  );
});

test('a name is shown as it is, whatever it is', () => {
  const shown = code('</details><script>|`@all` #1 ![x](http://x)').text;
  const read = shown.replaceAll(/&#(\d+);/g, (_, number: string) => String.fromCharCode(Number(number)));

  assert.equal(read, '<code></details><script>|`@all` #1 ![x](http://x)</code>');
});

test('a cell never ends its row, and a line never begins with a quick action of GitLab', () => {
  const { text = '' } = table(['Name'], [['a|b\n| c |'], ['/merge']]) ?? {};

  assert.equal(text.split('\n').length, 4);
  assert.match(text, /\| a&#124;b &#124; c &#124; \|/);
  assert.doesNotMatch(md`${'/merge'}`.text, /^\//);
});

test('of many rows the first are shown and the others counted', () => {
  const rows = Array.from({ length: 60 }, (_, index) => [index]);

  assert.match(table(['n'], rows, 50)?.text ?? '', /\| 49 \|\n\n10 more are not shown\.$/);
  assert.equal(table(['n'], []), null);
});
