import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
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

test('hostile 29: of an endless log the beginning and the end are kept, with a mark that says how much is missing', (t) => {
  const path = join(makeFolder(t), 'step.log');
  const line = 'x'.repeat(9_999);
  {
    using log = openStepLog(path);
    for (let index = 0; index < 2_000; index++) log.write(`${index} ${line}\n`);
  }

  const lines = readFileSync(path, 'utf8').split('\n');
  const mark = lines.findIndex((one) => one.startsWith('['));
  const left = Number(/^\[(\d+) bytes were left out here: /.exec(lines[mark] ?? '')?.[1]);
  assert.ok(statSync(path).size < 10.1 * 2 ** 20);
  assert.deepEqual([lines[0]?.slice(0, 3), lines.at(-2)?.slice(0, 6)], ['0 x', '1999 x']);
  assert.equal(statSync(path).size - (lines[mark] ?? '').length - 1 + left, 2_000 * 10_001 + 10 + 90 * 2 + 900 * 3 + 1_000 * 4);
});

test('a log can be read while its step is at work', async (t) => {
  const path = join(makeFolder(t), 'step.log');
  using log = openStepLog(path);

  log.write('one\n');
  while (!existsSync(path)) await sleep(10);

  assert.equal(readFileSync(path, 'utf8'), 'one\n');
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
