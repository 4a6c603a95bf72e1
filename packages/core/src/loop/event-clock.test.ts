import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { eventClock } from './event-clock.ts';

const system = { now: () => 42, elapsed: () => 0 };

test('without a file the event clock is that of the system', async () => {
  assert.equal(await eventClock(null, system).nowMs(), 42);
});

test('a file is read at each question, so the clock may jump forth and back', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-clock-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'clock');
  const clock = eventClock(file, system);
  const at = async (text: string): Promise<number> => {
    writeFileSync(file, text);
    return clock.nowMs();
  };

  assert.equal(await at('2013-10-01T00:00:00Z\n'), Date.UTC(2013, 9, 1));
  assert.equal(await at('2014-01-01T01:00+01:00'), Date.UTC(2014, 0, 1));
  assert.equal(await at('2013-09-30T23:59:59.5Z'), Date.UTC(2013, 8, 30, 23, 59, 59, 500));
  rmSync(file);
  assert.equal(await clock.nowMs(), Date.UTC(2013, 8, 30, 23, 59, 59, 500), 'what it held last counts');
});

test('a file that never held a moment is refused', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-clock-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'clock');

  await assert.rejects(eventClock(file, system).nowMs(), /TG-LOOP-CLOCK: .*it is not there/);
  for (const text of ['', 'yesterday', '2013-10-01T00:00:00', '2013-10-01', '2013-13-01T00:00:00Z']) {
    writeFileSync(file, text);
    await assert.rejects(eventClock(file, system).nowMs(), /TG-LOOP-CLOCK/, text);
  }
});
