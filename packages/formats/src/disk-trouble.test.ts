import assert from 'node:assert/strict';
import { test } from 'node:test';
import { diskTrouble } from './disk-trouble.ts';

const told = (more: object): readonly string[] => {
  const found = diskTrouble(Object.assign(new Error('as the system says it'), more));
  return found === null ? [] : found.diagnostics.flatMap(({ code, message }) => [code, message]);
};

test('a full and a failing disk are told with the path that was written, and of SQLite as the state', () => {
  assert.deepEqual(told({ code: 'ENOSPC', path: '/a', dest: '/b' }), ['TG-STORE-DISK-FULL', 'Cannot write "/b": no space is left there']);
  assert.deepEqual(told({ code: 'EIO', path: '/a' }), ['TG-STORE-DISK-FAULT', 'Cannot use "/a": the disk reports an error (EIO)']);
  assert.deepEqual(told({ errcode: 13 }), ['TG-STORE-DISK-FULL', 'Cannot write the state: no space is left there']);
  assert.deepEqual(told({ errcode: 4874 }), ['TG-STORE-DISK-FULL', 'Cannot write the state: no space is left there']);
  assert.deepEqual(told({ errcode: 10 + (4 << 8) }), [
    'TG-STORE-DISK-FAULT',
    'Cannot use the state: the disk reports an error (as the system says it)',
  ]);
});

test('a damaged state is told with the command that replaces it', () => {
  assert.deepEqual(told({ errcode: 11 }), ['TG-STORE-STATE-BROKEN', 'Cannot use the state: the file is damaged (as the system says it)']);
});

test('a state that could be opened for reading alone is told as such', () => {
  const found = ['TG-STORE-NOT-WRITABLE', 'Cannot write the state: it could be opened for reading alone (as the system says it)'];
  assert.deepEqual(told({ errcode: 8 }), found);
});

test('other errors of the system are not taken for trouble with the disk', () => {
  assert.deepEqual(told({ code: 'ENOENT', syscall: 'open', path: '/a' }), []);
  assert.deepEqual(told({ errcode: 19 }), []);
  assert.equal(diskTrouble('EIO'), null);
});
