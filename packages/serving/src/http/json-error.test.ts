import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { findJsonError } from './json-error.ts';

test('a JSON error is found at its line and column', () => {
  assert.deepEqual(findJsonError('{"rows": [{"a": NaN}]}'), { line: 1, column: 17, found: 'NaN' });
  assert.deepEqual(findJsonError('{\n  "a": 1,\n}'), { line: 3, column: 1, found: '}' });
  assert.deepEqual(findJsonError('{"a": [1, 2'), { line: 1, column: 12, found: '' });
  assert.deepEqual(findJsonError(''), { line: 1, column: 1, found: '' });
  assert.deepEqual(findJsonError("{'a': 1}"), { line: 1, column: 2, found: "'" });
  assert.deepEqual(findJsonError('[1] x'), { line: 1, column: 5, found: 'x' });
  assert.deepEqual(findJsonError('[01]'), { line: 1, column: 2, found: '01' });
  assert.deepEqual(findJsonError('["a\u0001"]'), { line: 1, column: 2, found: '"' });
});

test('a JSON error in a text nested a million deep is found without exhausting the stack', () => {
  assert.equal(findJsonError('['.repeat(1_000_000)).column, 1_000_001);
});

test('a JSON error behind a text of ten million characters is found', () => {
  assert.equal(findJsonError(`["${'x'.repeat(10_000_000)}" 1]`).column, 10_000_005);
});

test('what stands before the place found can still become JSON, and with what stands there it cannot', () => {
  fc.assert(
    fc.property(fc.json(), fc.nat(), fc.constantFrom(',', '}', ']', '"', 'NaN', '\\', '\n', ':', '-'), (valid, where, planted) => {
      const at = where % (valid.length + 1);
      const broken = valid.slice(0, at) + planted + valid.slice(at);
      if (refusedAt(broken) === null) return;

      const { line, column, found } = findJsonError(broken);
      const lines = broken.split('\n');
      const offset = lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0) + column - 1;

      assert.ok(canGoOn(broken.slice(0, offset)), `${JSON.stringify(broken)} is wrong before ${offset}`);
      if (found !== '' && found !== '"')
        // a text that does not end is told where it begins
        assert.ok(isRefused(`${broken.slice(0, offset + found.length)} `), `${JSON.stringify(broken)} is right at ${offset}`);
    }),
    { numRuns: 500 },
  );
});

/** Refused before its end: more text would not help. */
function isRefused(text: string): boolean {
  const at = refusedAt(text);
  return at !== null && at < text.length;
}

function canGoOn(text: string): boolean {
  const at = refusedAt(text);
  return at === null || at >= text.trimEnd().length;
}

/** Where V8 refuses the text; its end when V8 names no place; null when it is JSON. */
function refusedAt(text: string): number | null {
  try {
    JSON.parse(text);
    return null;
  } catch (error) {
    assert.ok(error instanceof SyntaxError);
    if (error.message.startsWith('Unexpected end')) return text.length;
    return Number(/at position (\d+)/.exec(error.message)?.[1] ?? 0);
  }
}
