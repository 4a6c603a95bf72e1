import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openLogFile } from './log-file.ts';

test('a full log gives way to a new one, three former ones are kept, and no line is torn', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-log-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'sub/up.log');
  const log = openLogFile(path, 100);
  const line = (number: number): string => `${String(number).padStart(3, '0')} ${'x'.repeat(20)}`;

  for (let number = 0; number < 40; number++) log.write(line(number));

  assert.deepEqual(readdirSync(join(folder, 'sub')).toSorted(), ['up.log', 'up.log.1', 'up.log.2', 'up.log.3']);
  const kept = [3, 2, 1, 0].flatMap((age) =>
    readFileSync(age === 0 ? path : `${path}.${age}`, 'utf8')
      .trimEnd()
      .split('\n'),
  );
  assert.deepEqual(
    kept,
    Array.from({ length: kept.length }, (_, index) => line(40 - kept.length + index)),
  );
  for (const age of ['', '.1', '.2', '.3']) assert.ok(readFileSync(`${path}${age}`).length <= 101);
});

test('a log that cannot be written stops nothing', () => {
  openLogFile('/dev/null/up.log').write('lost');
});
