import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openTerminal } from './terminal.ts';

function written(options: { readonly isTTY: boolean; readonly columns?: number }): {
  readonly text: () => string;
  readonly terminal: ReturnType<typeof openTerminal>;
} {
  let text = '';
  const stdout = { ...options, write: (part: string) => (text += part), pour: async () => {} };
  return { text: () => text, terminal: openTerminal({ stdout, stderr: stdout, variables: {}, json: false }) };
}

test('on a terminal a block takes the place of the one before, and no line of it needs two', () => {
  const { text, terminal } = written({ isTTY: true, columns: 10 });

  terminal.block(['one', terminal.style('red', 'a line that is too long')]);
  terminal.block([terminal.style('red', 'two')]);

  const [first = '', second = ''] = text().split('\x1b[2F\x1b[0J');
  const lines = first.trimEnd().split('\n');
  assert.equal(lines.length, 2);
  assert.ok(
    lines.every((line) => line.length < 10 && !line.includes('\x1b')),
    first,
  );
  assert.equal(second, '\x1b[31mtwo\x1b[39m\n');
});

test('what is written between two blocks stays above the second', () => {
  const { text, terminal } = written({ isTTY: true });

  terminal.block(['one']);
  terminal.line('said');
  terminal.block(['two']);

  assert.equal(text(), 'one\nsaid\ntwo\n');
});

test('where there is no terminal, blocks follow one another', () => {
  const { text, terminal } = written({ isTTY: false });

  terminal.block(['one']);
  terminal.block(['two']);

  assert.equal(text(), 'one\n\ntwo\n\n');
});
