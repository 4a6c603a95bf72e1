import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Annotation } from '@tidegate/core';
import { codeQualityFile, workflowCommands } from './line-annotations.ts';
import { sarifFile } from './sarif.ts';

const annotation = (more: Partial<Annotation> = {}): Annotation => ({
  level: 'error',
  rule: 'test',
  subject: 'tests.unit',
  name: 'test_one',
  file: 'tests/test_a.py',
  line: 3,
  message: 'test_one failed: 100 % wrong\nsecond line',
  ...more,
});

test('workflowCommands are one line each, and a text in them begins no command', () => {
  const hostile = annotation({ file: 'a,b:c.py', subject: 'tests.a,b', message: 'x\n::set-env name=A::b\r\n::error::c %0A' });

  assert.deepEqual(workflowCommands([annotation(), hostile]), [
    '::error file=tests/test_a.py,line=3,title=Tidegate%3A tests.unit::test_one failed: 100 %25 wrong%0Asecond line',
    '::error file=a%2Cb%3Ac.py,line=3,title=Tidegate%3A tests.a%2Cb::x%0A::set-env name=A::b%0D%0A::error::c %250A',
  ]);
});

test('workflowCommands are ten of a level, which is what is shown', () => {
  const many = [...Array(12)].flatMap(() => [annotation(), annotation({ level: 'warning' })]);
  const lines = workflowCommands(many);

  assert.deepEqual(
    ['::error ', '::warning '].map((level) => lines.filter((line) => line.startsWith(level)).length),
    [10, 10],
  );
});

test('codeQualityFile has the members that GitLab reads, and a fingerprint of its own for each entry that stays when lines move', () => {
  const read = (some: readonly Annotation[]) => JSON.parse(codeQualityFile(some)) as readonly { readonly fingerprint: string }[];
  const [first, second, warning] = read([annotation(), annotation({ line: 9 }), annotation({ level: 'warning', rule: 'check' })]);

  assert.deepEqual(
    { ...first, fingerprint: '' },
    {
      description: 'test_one failed: 100 % wrong\nsecond line',
      check_name: 'tidegate/test',
      fingerprint: '',
      severity: 'major',
      location: { path: 'tests/test_a.py', lines: { begin: 3 } },
    },
  );
  assert.equal(new Set([first, second, warning].map((entry) => entry?.fingerprint)).size, 3);
  assert.equal(read([annotation({ line: 77, message: 'other words' })])[0]?.fingerprint, first?.fingerprint);
});

test('sarifFile names each rule once, and a result has a fingerprint that stays when lines move', () => {
  const read = (some: readonly Annotation[]) =>
    JSON.parse(sarifFile(some, '1.2.3')) as {
      readonly runs: readonly [
        {
          readonly tool: { readonly driver: { readonly version: string; readonly rules: readonly { readonly id: string }[] } };
          readonly results: readonly { readonly ruleIndex: number; readonly partialFingerprints: unknown }[];
        },
      ];
    };
  const [run] = read([annotation(), annotation({ rule: 'check' }), annotation({ name: 'other' })]).runs;

  assert.deepEqual([run.tool.driver.version, run.tool.driver.rules.map(({ id }) => id)], ['1.2.3', ['test', 'check']]);
  assert.deepEqual(
    run.results.map(({ ruleIndex }) => ruleIndex),
    [0, 1, 0],
  );
  assert.deepEqual(read([annotation({ line: 50 })]).runs[0].results[0]?.partialFingerprints, run.results[0]?.partialFingerprints);
});
