import assert from 'node:assert/strict';
import { test } from 'node:test';
import { digestOfBytes } from '../platform/index.ts';
import { emptyLock, type Lock, lockText, parseLock } from './lock.ts';
import { mergeLocks, settleConflict } from './merge-locks.ts';

const [a, b, c] = ['a', 'b', 'c'].map(digestOfBytes);

const dataOf = (data: { readonly [name: string]: string | undefined }): Lock => parseLock(lockText({ ...emptyLock, data } as Lock));

test('what one side moved, added or took away counts, also on lines beside each other', () => {
  const base = dataOf({ flights: a, weather: a, planes: a });

  const { text, conflicts } = mergeLocks({
    base,
    ours: dataOf({ flights: b, weather: a, planes: a, airports: a }),
    theirs: dataOf({ flights: a, weather: c, airlines: c }),
  });

  assert.deepEqual(conflicts, []);
  assert.deepEqual({ ...parseLock(text).data }, { airlines: c, airports: a, flights: b, weather: c });
});

test('a pin that both sides moved to the same version is no conflict', () => {
  const side = dataOf({ flights: b });

  assert.deepEqual(mergeLocks({ base: dataOf({ flights: a }), ours: side, theirs: side }), { text: lockText(side), conflicts: [] });
});

test('a pin that both sides moved elsewhere is marked, and nothing reads the file before that is resolved', () => {
  const { text, conflicts } = mergeLocks({
    base: dataOf({ flights: a, '1 odd: name': a }),
    ours: dataOf({ flights: b, '1 odd: name': a, weather: a }),
    theirs: dataOf({ flights: c, '1 odd: name': b }),
  });

  assert.deepEqual(conflicts, [{ section: 'data', name: 'flights', base: a, ours: b, theirs: c }]);
  assert.deepEqual(text.split('\n').slice(2), [
    'data:',
    `  "1 odd: name": ${b}`,
    '<<<<<<< ours',
    `  flights: ${b}`,
    '=======',
    `  flights: ${c}`,
    '>>>>>>> theirs',
    `  weather: ${a}`,
    '',
  ]);
  assert.throws(() => parseLock(text), /TG-CONFIG-LOCK-CONFLICT/);
});

test('a conflict over one dataset is settled and all others stay; one that Git has marked with more in it is not touched', () => {
  const base = dataOf({ flights: a, weather: a });
  const { text } = mergeLocks({ base, ours: dataOf({ flights: b, weather: b }), theirs: dataOf({ flights: c, weather: c }) });

  const [settled, other] = [digestOfBytes('settled'), digestOfBytes('other')];
  const half = settleConflict(text, 'flights', settled) ?? '';
  const whole = settleConflict(half, 'weather', other) ?? '';

  assert.match(half, /^data:\n {2}flights: sha256:\w+\n<<<<<<< ours\n {2}weather: /m);
  assert.deepEqual({ ...parseLock(whole).data }, { flights: settled, weather: other });
  assert.equal(settleConflict(half, 'flights', settled), null);
  const byGit = `data:\n<<<<<<< ours\n  flights: ${b}\n  weather: ${b}\n=======\n  flights: ${c}\n>>>>>>> theirs\n`;
  assert.equal(settleConflict(byGit, 'flights', settled), null);
});

test('a pin that one side moved and the other took away is a conflict with an empty side', () => {
  const base = { ...emptyLock, features: { 'origin delays': a } } as Lock;
  const moved = { ...emptyLock, features: { 'origin delays': b } } as Lock;

  const [gone, kept] = [mergeLocks({ base, ours: emptyLock, theirs: moved }), mergeLocks({ base, ours: moved, theirs: emptyLock })];

  assert.deepEqual(gone.text.split('\n').slice(2), [
    'features:',
    '<<<<<<< ours',
    '=======',
    `  "origin delays": ${b}`,
    '>>>>>>> theirs',
    '',
  ]);
  assert.deepEqual(kept.text.split('\n').slice(2), [
    'features:',
    '<<<<<<< ours',
    `  "origin delays": ${b}`,
    '=======',
    '>>>>>>> theirs',
    '',
  ]);
  assert.deepEqual(kept.conflicts, [{ section: 'features', name: 'origin delays', base: a, ours: b, theirs: null }]);
});
