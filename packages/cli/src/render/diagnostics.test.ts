import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Diagnostic } from '@tidegate/formats';
import { displayWidth } from './display-width.ts';
import { diagnosticLines } from './diagnostics.ts';

const plain = { style: (_: string, text: string) => text };

/** The source line and the squiggle of a mistake at `wrong` in the source. */
function squiggled(source: string, wrong: string): readonly [string, string] {
  const place = { file: 'tidegate.yaml', line: 7, column: source.indexOf(wrong) + 1, length: wrong.length, source };
  const diagnostic: Diagnostic = { code: 'TG-CLI-USAGE', message: 'Cannot', hint: null, place };
  const [, shown = '', squiggle = ''] = diagnosticLines(diagnostic, plain);
  return [shown.slice('  7 | '.length), squiggle.slice('    | '.length)];
}

test('the squiggle is under the mistake', () => {
  assert.deepEqual(squiggled('steps: { train: rnu }', 'rnu'), ['steps: { train: rnu }', '                ~~~']);
});

test('a tab before the mistake moves the squiggle as far as the mistake', () => {
  assert.deepEqual(squiggled('a:\tb\trnu', 'rnu'), ['a:\tb\trnu', '  \t \t~~~']);
});

test('the squiggle is under the mistake after wide characters, marks and pictures, and as wide as the mistake', () => {
  assert.deepEqual(squiggled('東京: rnu', 'rnu'), ['東京: rnu', '      ~~~']);
  assert.deepEqual(squiggled('cafe\u0301: rnu', 'rnu'), ['cafe\u0301: rnu', '      ~~~']);
  assert.deepEqual(squiggled('👩‍🔬: 東京', '東京'), ['👩‍🔬: 東京', '    ~~~~']);
});

test('of a long line the surroundings of the mistake are shown, and the squiggle stays under it', () => {
  const [shown, squiggle] = squiggled(`${'x'.repeat(300)} rnu ${'y'.repeat(300)}`, 'rnu');

  assert.equal(displayWidth(shown), 120);
  assert.equal(squiggle.indexOf('~'), shown.indexOf('rnu'));
  assert.equal(squiggle.trim(), '~~~');
});

test('a mistake at the end of a line or of no length gets a squiggle of one', () => {
  assert.deepEqual(squiggled('steps:', ''), ['steps:', '~']);
});
