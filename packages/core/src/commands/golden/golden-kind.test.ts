import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { StepRecord, TestReport } from '@tidegate/formats';
import { type CommandRig, commandRig } from '../test-rig.ts';

interface Judged {
  readonly record: StepRecord;
  readonly verdict: string | undefined;
  readonly reason: string | undefined;
  readonly failed: readonly (readonly [name: string, message: string])[];
  readonly made: string;
}

const small = 'id,price\n1,10\n2,20\n3,30\n';

/** A step that passes its input through `command`, and a suite with its golden rows. */
function cleaning(
  t: TestContext,
  command: string,
  expected: string | null,
): { readonly rig: CommandRig; readonly judge: (more?: string) => Promise<Judged> } {
  const rig = commandRig(t, {
    'clean.sh': `#!/bin/sh\nmkdir -p build\n(head -n 1 data/raw.csv; tail -n +2 data/raw.csv | ${command}) > build/clean.csv\n`,
    'data/raw.csv': 'id,price\n7,70\n',
    'tests/small.csv': small,
    ...(expected !== null && { 'tests/clean.csv': expected }),
  });
  const judge = async (more = ', key: id'): Promise<Judged> => {
    const run = await rig.run(`
steps: { clean: { run: ./clean.sh, in: [data/raw.csv], out: { table: build/clean.csv } } }
tests: { clean: { golden: steps.clean/table, given: { data/raw.csv: tests/small.csv }, expect: tests/clean.csv${more} } }`);
    const record = run.steps.find(({ step }) => step === 'tests.clean') ?? assert.fail();
    assert.deepEqual(record.failure, null);
    const report = record.evidence[0]?.details as unknown as TestReport;
    return {
      record,
      verdict: record.evidence[0]?.verdict,
      reason: record.evidence[0]?.reason,
      failed: report.cases.flatMap(({ name, outcome, message }) => (outcome === 'failed' ? [[name, message] as const] : [])),
      made: Buffer.from(await rig.store.readBytes(record.outputs['made']?.digest ?? assert.fail())).toString(),
    };
  };
  return { rig, judge };
}

test('a step on its small input makes the rows that are expected, in whatever order', async (t) => {
  const { judge } = cleaning(t, 'sort -r', small);

  const [byKey, whole] = [await judge(), await judge('')];

  assert.deepEqual([byKey.verdict, byKey.reason, byKey.failed], ['pass', 'steps.clean/table has the rows of tests/clean.csv', []]);
  assert.deepEqual([whole.verdict, whole.failed], ['pass', []]);
});

test('every difference is told by its key: rows that are missing or added, and each column', async (t) => {
  const { judge } = cleaning(t, "sed -e 's/^1,10/1,11/' -e 's/^2,/9,/'", small);

  const { verdict, reason, failed, made } = await judge();
  const whole = await judge('');

  assert.equal(verdict, 'fail');
  assert.deepEqual(failed, [
    ['no row is missing', '1 row of those expected: id 2'],
    ['no row is added', '1 row not expected: id 9'],
    ['price is as expected', '1 row differs: id 1: expected 10, found 11'],
  ]);
  assert.match(reason ?? '', /^steps\.clean\/table has other rows than tests\/clean\.csv: no row is missing: .*; and 2 more$/);
  assert.deepEqual(whole.failed, [
    ['no row is missing', '2 rows of those expected: id 1, price 10; id 2, price 20'],
    ['no row is added', '2 rows not expected: id 1, price 11; id 9, price 20'],
  ]);
  assert.equal(made, 'id,price\n1,11\n3,30\n9,20\n');
});

test('numbers may differ within the tolerance, and columns may not', async (t) => {
  const near = await cleaning(t, 'cat', 'id,price\n1,10.0000001\n2,20\n3,29.9999999\n').judge(', key: id, tolerance: 1e-6');
  const far = await cleaning(t, 'cat', 'id,price\n1,10.001\n2,20\n3,30\n').judge(', key: id, tolerance: 1e-6');
  const empty = await cleaning(t, "sed 's/^2,20/2,/'", 'id,price\n1,10\n2,\n3,30\n').judge(', key: id, tolerance: 1e-6');
  const filled = await cleaning(t, 'cat', 'id,price\n1,10\n2,\n3,30\n').judge(', key: id, tolerance: 1');
  const columns = await cleaning(t, 'cat', 'id,cost\n1,10\n2,20\n3,30\n').judge();

  assert.deepEqual([near.verdict, far.verdict, empty.verdict, filled.verdict], ['pass', 'fail', 'pass', 'fail']);
  assert.deepEqual(filled.failed, [['price is as expected', '1 row differs: id 2: expected nothing, found 20']]);
  assert.deepEqual(columns.failed, [['the columns are those that are expected', 'It lacks cost; it has price besides']]);
});

test('a key that does not tell rows apart, a step that fails and expected rows that are not there are never a pass', async (t) => {
  const repeated = await cleaning(t, 'cat', 'id,price\n1,10\n1,10\n2,20\n3,30\n').judge();
  const failing = await cleaning(t, 'cat; exit 5', small).judge();
  const missing = await cleaning(t, 'cat', null).judge();

  assert.deepEqual(
    [repeated.verdict, repeated.failed],
    ['fail', [['id tells rows apart', 'Of the rows that are expected several have id 1']]],
  );
  assert.equal(failing.verdict, 'invalid');
  assert.equal(failing.made, '');
  assert.equal(missing.verdict, 'invalid');
  assert.match(missing.failed[0]?.[1] ?? '', /write it with "tidegate test clean --accept"$/);
  assert.equal(missing.made, small);
});

test('the test does not depend on the data that it is given something for', async (t) => {
  const { rig, judge } = cleaning(t, 'cat', small);
  await judge();

  writeFileSync(join(rig.root, 'data/raw.csv'), 'id,price\n8,80\n');
  const same = await judge();
  writeFileSync(join(rig.root, 'clean.sh'), `${readFileSync(join(rig.root, 'clean.sh'), 'utf8')}# another step\n`);
  const changed = await judge();

  assert.deepEqual([same.record.status, changed.record.status], ['hit', 'done']);
});
