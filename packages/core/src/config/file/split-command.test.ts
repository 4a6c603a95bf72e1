import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import fc from 'fast-check';
import { splitCommand } from './split-command.ts';

function words(text: string): readonly string[] {
  const split = splitCommand(text);
  assert.ok(split.ok, split.ok ? '' : split.failure.message);
  return split.value;
}

function refusal(text: string): string {
  const split = splitCommand(text);
  return split.ok ? `taken: ${JSON.stringify(split.value)}` : split.failure.message;
}

test('splitCommand splits at blanks and keeps what is quoted', () => {
  assert.deepEqual(words('python train.py'), ['python', 'train.py']);
  assert.deepEqual(words('  a \t b  '), ['a', 'b']);
  assert.deepEqual(words(`a 'b c' "d e" f" "'g'`), ['a', 'b c', 'd e', 'f g']);
  assert.deepEqual(words(`a '' ""`), ['a', '', '']);
  assert.deepEqual(words(String.raw`a\ b "c\"d\\e\f" 'g\h' \$x \|`), ['a b', 'c"d\\e\\f', 'g\\h', '$x', '|']);
  assert.deepEqual(words('a \\\n  b'), ['a', 'b']);
  assert.deepEqual(words(`echo '$HOME | > && $(x) *'`), ['echo', '$HOME | > && $(x) *']);
  assert.deepEqual(words('a b#c x=1 d~ -k=v'), ['a', 'b#c', 'x=1', 'd~', '-k=v']);
});

test('splitCommand refuses what only a shell could do, and says what', () => {
  for (const sign of ['|', '>', '<', ';', '&', '`', '(', '*', '?', '['])
    assert.equal(refusal(`python a.py ${sign} b`), `Cannot run the command as written: "${sign}" needs a shell, and none is used`);
  assert.match(refusal('a && b'), /"&" needs a shell/);
  assert.match(refusal('a $(b)'), /"\$" needs a shell/);
  assert.match(refusal('a "$HOME"'), /"\$" needs a shell/);
  assert.match(refusal('ls ~/data'), /"~" needs a shell/);
  assert.match(refusal('a # comment'), /"#" needs a shell/);
  assert.match(refusal('a\nb'), /a second line needs a shell/);
  assert.match(refusal('SEED=1 python a.py'), /a shell would set a variable/);
});

test('splitCommand refuses open quotes, a last backslash and nothing', () => {
  assert.match(refusal(`a 'b`), /a single quote is not closed/);
  assert.match(refusal('a "b'), /a double quote is not closed/);
  assert.match(refusal('a "b\\'), /a double quote is not closed/);
  assert.match(refusal('a \\'), /ends with a backslash/);
  assert.match(refusal('  '), /empty command/);
  assert.match(refusal(`'' a`), /empty command/);
});

test('splitCommand gives the words that a POSIX shell gives', () => {
  const piece = fc.constantFrom(
    'a',
    'b c',
    ' ',
    '\t',
    "'x y'",
    '"x \\" y"',
    "''",
    '\\ ',
    "\\'",
    '\\\\',
    '"\\q"',
    '"\'"',
    "'\"'",
    '=',
    '-',
    'é',
    '\\\n',
    '"a\\\nb"',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const text = `w${pieces.join('')}`;
      const split = splitCommand(text);
      if (!split.ok) return;
      const printed = execFileSync('/bin/sh', ['-c', `printf '%s\\0' ${text}`], { encoding: 'utf8' });
      assert.deepEqual(split.value, printed.split('\0').slice(0, -1), text);
    }),
    { numRuns: 60 },
  );
});
