import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shape } from '@tidegate/formats';
import { parseYaml } from './parse-yaml.ts';

/** CPU seconds, which other work on the machine does not change much. */
function cpuSeconds(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

test('hostile 24: no text of a megabyte takes long, whatever it repeats', () => {
  const units = [
    'a',
    ' ',
    '\n',
    '#\n',
    ':',
    ': ',
    '-',
    '"',
    '\\',
    '}',
    ']',
    '*a ',
    '&a ',
    '|\n ',
    '? ',
    ',',
    "'",
    '%A\n',
    '---\n',
    '!a ',
    'a: b\n ',
    '<<: ',
  ];
  for (const unit of units)
    for (const times of [3_000, Math.floor(1_000_000 / unit.length)]) {
      const taken = cpuSeconds(() => parseYaml('tidegate.yaml', unit.repeat(times), shape.anything()));
      assert.ok(taken < 5, `${times} times ${JSON.stringify(unit)} took ${taken} s`);
    }
});

test('hostile 24: a hundred thousand names that nobody knows are told in linear time', () => {
  const text = Array.from({ length: 100_000 }, (_, index) => `k${index}: 1\n`).join('');
  const taken = cpuSeconds(() => {
    const parsed = parseYaml('tidegate.yaml', text, shape.object({ version: shape.optional(shape.number()) }));
    assert.equal(parsed.ok ? 'taken' : parsed.failure.at(-1)?.message, 'Cannot show every mistake of the file: 99900 more were found');
  });
  assert.ok(taken < 10, `it took ${taken} s`);
});
