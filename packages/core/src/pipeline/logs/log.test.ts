import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { harmless, openStepLog } from './log.ts';

function makeFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-log-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

test('lines are kept as they were printed', (t) => {
  const path = join(makeFolder(t), 'run/step.log');
  {
    using log = openStepLog(path);
    log.write('one');
    log.write('\u001b[31mtwo');
  }

  assert.equal(readFileSync(path, 'utf8'), 'one\n\u001b[31mtwo\n');
});

test('a step that prints nothing has no file', (t) => {
  const path = join(makeFolder(t), 'run/step.log');
  openStepLog(path)[Symbol.dispose]();

  assert.equal(existsSync(path), false);
});

test('an endless log is cut at 10 MB with a mark that says how much is missing (hostile row 29)', (t) => {
  const path = join(makeFolder(t), 'step.log');
  const line = 'x'.repeat(9_999);
  {
    using log = openStepLog(path);
    for (let index = 0; index < 2_000; index++) log.write(line);
  }

  assert.ok(statSync(path).size < 10.1 * 2 ** 20);
  assert.match(
    readFileSync(path, 'utf8').slice(-200),
    /x\n\[9520000 more bytes were printed; Tidegate keeps the first 10485760 of a step\]\n$/,
  );
});

test('a place that cannot be written to does not fail the step', (t) => {
  const folder = makeFolder(t);
  writeFileSync(join(folder, 'file'), '');
  {
    using log = openStepLog(join(folder, 'file/step.log'));
    for (let index = 0; index < 10; index++) log.write('x'.repeat(10_000));
  }

  assert.equal(readFileSync(join(folder, 'file'), 'utf8'), '');
});

test('what a terminal would obey is shown instead', () => {
  assert.equal(harmless('\u001b]0;title\u0007 \u009b31m a\tb \r\u007f'), '␛]0;title␇ \\x9b31m a\tb ␍␡');
  assert.equal(harmless('a\u202eb\u2066c'), 'a\\u202eb\\u2066c');
  assert.equal(harmless('Grüße, 日本, 😀'), 'Grüße, 日本, 😀');
});
