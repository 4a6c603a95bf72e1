import assert from 'node:assert/strict';
import { test } from 'node:test';
import { retryAfter } from './retry.ts';

const policy = { times: 3, on: [75, 'timeout'] as const, waitMs: 1_000, mostWaitMs: 3_000 };
const never = { hex: () => '00000000' };
const always = { hex: () => 'ffffffff' };
const named = { kind: 'exit', code: 75 } as const;

test('the wait doubles up to the longest, and chance takes at most half of it', () => {
  const waits = [1, 2, 3].map((failed) => [
    retryAfter(policy, { failed, end: named }, never),
    retryAfter(policy, { failed, end: named }, always),
  ]);

  assert.deepEqual(waits, [
    [500, 1_000],
    [1_000, 2_000],
    [1_500, 3_000],
  ]);
});

test('there are no more retries than the policy says', () => {
  assert.equal(retryAfter(policy, { failed: 4, end: named }, never), null);
});

test('only the named ends are tried again: exit codes by number, time-outs and signals by word', () => {
  assert.equal(retryAfter(policy, { failed: 1, end: { kind: 'exit', code: 1 } }, never), null);
  assert.equal(retryAfter(policy, { failed: 1, end: { kind: 'signal', signal: 'SIGKILL' } }, never), null);
  assert.equal(retryAfter(policy, { failed: 1, end: { kind: 'timeout' } }, never), 500);
  assert.equal(retryAfter({ ...policy, on: null }, { failed: 1, end: { kind: 'signal', signal: 'SIGKILL' } }, never), 500);
});

test('a failure in which the program had no part is never tried again, nor one of a step without a policy', () => {
  assert.equal(retryAfter({ ...policy, on: null }, { failed: 1, end: null }, never), null);
  assert.equal(retryAfter(undefined, { failed: 1, end: named }, never), null);
});
