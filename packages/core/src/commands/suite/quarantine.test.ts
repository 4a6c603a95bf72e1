import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestCase } from '@tidegate/formats';
import { activeAt, idleEntries, withQuarantine } from './quarantine.ts';

const entry = (named: string, until = '2026-03-31') => ({ test: named, owner: 'anna', until, why: null });
const caseOf = (name: string): TestCase => ({ name, outcome: 'failed', durationMs: 1, message: '' });
const hides = (pattern: string, name: string): boolean => withQuarantine([caseOf(name)], [entry(pattern)])[0]?.quarantine !== undefined;

test('a quarantine holds to the end of its last day, UTC', () => {
  const at = (time: string): number => activeAt([entry('a')], Date.parse(time)).length;

  assert.deepEqual([at('2026-03-31T23:59:59.999Z'), at('2026-04-01T00:00:00Z'), at('2020-01-01T00:00:00Z')], [1, 0, 1]);
});

test('a name is taken as it is, and a star stands for any characters', () => {
  assert.ok(hides('t::a[x.y]', 't::a[x.y]'));
  assert.ok(!hides('t::a[x.y]', 't::a[xzy]'));
  assert.ok(!hides('t::a', 't::ab'));
  assert.ok(hides('t::*', 't::') && hides('*b', 'ab') && hides('a*b*c', 'axbxbc') && hides('*', ''));
  assert.ok(!hides('a*a', 'a') && !hides('a*b*b', 'ab') && !hides('ab*bc', 'abc'));
});

test('a pattern of many stars is judged in no time', () => {
  const before = process.cpuUsage();

  assert.ok(!hides(`${'a*'.repeat(50)}b`, 'a'.repeat(5_000)));
  assert.ok(process.cpuUsage(before).user < 1e6);
});

test('entries that name no test are told', () => {
  assert.deepEqual(
    idleEntries([caseOf('a')], [entry('a'), entry('b'), entry('a*')]).map((one) => one.test),
    ['b'],
  );
});
