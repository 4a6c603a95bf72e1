import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cursorWindow, glanceOf, readUpTo } from './cursor-window.ts';

const hourMs = 3_600_000;
const zoned = 'TIMESTAMP WITH TIME ZONE';

/** As the servers write it, so many milliseconds from now. */
function moment(fromNowMs: number, zone = ''): string {
  return `${new Date(Date.now() + fromNowMs).toISOString().replace('T', ' ').replace('Z', '')}${zone}`;
}

/** Where a reading begins that goes on from one which saw this as the newest value, in milliseconds from now. */
function beginsMs(type: string, value: string, nowMs = Date.now()): number {
  const { cursor } = readUpTo('at', type, { value, nowMs });
  const window = cursorWindow({ column: 'at', overlap: null }, type, { origin: '', columns: [], cursor, log: null });
  return Date.parse(`${window?.from.replace(' ', 'T').padEnd(11, 'T').padEnd(16, '00:00')}Z`) - Date.now();
}

test('a reading goes on from the newest value, or from now where that is ahead of the clock', () => {
  assert.ok(Math.abs(beginsMs(zoned, moment(-hourMs, '+00')) + hourMs * (7 / 6)) < 5_000);
  for (const ahead of [moment(hourMs, '+00'), moment(1000 * 24 * hourMs, '+00'), '294276-12-31 23:59:59+00', 'infinity'])
    assert.ok(Math.abs(beginsMs(zoned, ahead) + hourMs / 6) < 5_000, ahead);
  assert.ok(Math.abs(beginsMs('TIMESTAMP', moment(hourMs)) + hourMs / 6) < 5_000);
  for (const [type, ahead] of [
    ['DATE', '2999-01-01'],
    ['VARCHAR', '2999-01-01T00:00:00Z'],
  ] as const)
    assert.ok(beginsMs(type, ahead) < 0 && beginsMs(type, ahead) > -50 * hourMs, type);
});

test('of two clocks the one that is behind counts', () => {
  assert.ok(Math.abs(beginsMs(zoned, moment(hourMs, '+00'), Date.now() + 2 * hourMs) + hourMs / 6) < 5_000);
  assert.ok(Math.abs(beginsMs(zoned, moment(-hourMs, '+00'), Date.now() - 2 * hourMs) + 2 * hourMs + hourMs / 6) < 5_000);
});

test('a value ahead of the clock is told, and says nothing of whether there is something new', () => {
  const nowMs = Date.now();
  const noticed = (type: string, value: string): number => readUpTo('at', type, { value, nowMs }).notices.length;

  assert.match(
    readUpTo('at', zoned, { value: moment(hourMs, '+00'), nowMs }).notices[0] ?? '',
    /^The newest "at" is \S+ \S+, which is ahead of the clock: rows after 2\S+ \S+ are read each time$/,
  );
  assert.equal(noticed('TIMESTAMP', moment(2 * hourMs)), 0, 'the time of a place east of Greenwich');
  assert.equal(noticed('TIMESTAMP', moment(48 * hourMs)), 1);
  assert.deepEqual([glanceOf({ value: moment(hourMs), nowMs }), glanceOf({ value: '17', nowMs })], [null, '17']);
});

test('numbers and texts that are no times are gone on from as they are', () => {
  for (const [type, value] of [
    ['BIGINT', '99991231'],
    ['VARCHAR', '2999'],
    ['VARCHAR', 'Oslo'],
    ['DECIMAL(8,0)', '29990101'],
  ] as const)
    assert.deepEqual(readUpTo('at', type, { value, nowMs: Date.now() }), { cursor: value, notices: [] });
});
