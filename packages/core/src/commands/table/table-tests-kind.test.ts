import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { Evidence, TestReport } from '@tidegate/formats';
import { type CommandRig, commandRig } from '../test-rig.ts';

const houses =
  'id,price,seen,sold\n1,10,2026-01-01,2026-02-01\n2,,2026-01-02,2026-01-02\n3,30,2026-03-05,2026-03-04\n3,40,2026-01-01,2026-01-09\n';

interface Judged {
  readonly verdict: string | undefined;
  readonly reason: string | undefined;
  readonly cases: readonly (readonly [name: string, outcome: string, message: string])[];
}

/** A step that copies its input with what `command` does to the lines after the first, and a suite that tests what it made. */
function cleaning(t: TestContext, command: string): { readonly rig: CommandRig; readonly judge: (properties: string) => Promise<Judged> } {
  const script = `#!/bin/sh\nmkdir -p build\n(head -n 1 raw.csv; tail -n +2 raw.csv | ${command}) > build/clean.csv\n`;
  const rig = commandRig(t, { 'clean.sh': script, 'raw.csv': houses });
  const judge = async (properties: string): Promise<Judged> => {
    const record = await rig.step(`
steps: { clean: { run: ./clean.sh, in: [raw.csv], out: { table: build/clean.csv } } }
tests: { clean: { table: steps.clean/table, properties: { ${properties} } } }`);
    assert.deepEqual([record.status, record.failure], ['done', null]);
    const [evidence] = record.evidence as readonly [Evidence];
    const report = evidence.details as unknown as TestReport;
    return {
      verdict: evidence.verdict,
      reason: evidence.reason,
      cases: report.cases.map(({ name, outcome, message }) => [name, outcome, message]),
    };
  };
  return { rig, judge };
}

test('each property of a table is a case, and tells in how many rows it does not hold', async (t) => {
  const { judge } = cleaning(t, 'cat');

  const { verdict, reason, cases } = await judge(
    'rows: { at_least: 5, at_most: 4 }, unique: id, not_null: [id, price], never_after: { seen: sold }, never: { "no price above 35": "price > 35", "no id below 0": "id < 0" }',
  );

  assert.equal(verdict, 'fail');
  assert.equal(reason, '5 of 8 properties of steps.clean/table do not hold: "at least 5 rows": It has 4 rows');
  assert.deepEqual(cases, [
    ['at least 5 rows', 'failed', 'It has 4 rows'],
    ['at most 4 rows', 'passed', ''],
    ['id tells rows apart', 'failed', '1 key is there more than once'],
    ['id has a value in every row', 'passed', ''],
    ['price has a value in every row', 'failed', 'It does not hold in 1 row of 4'],
    ['seen is never after sold', 'failed', 'It does not hold in 1 row of 4'],
    ['no price above 35', 'failed', 'It does not hold in 1 row of 4'],
    ['no id below 0', 'passed', ''],
  ]);
});

test('a step that makes the same rows of its own output is idempotent, and one that adds to them is not', async (t) => {
  const sorting = await cleaning(t, 'sort -u').judge('idempotent: raw.csv');
  const adding = await cleaning(t, 'sed p').judge('idempotent: raw.csv');
  const failing = await cleaning(t, "sed 's/^1,/x,/'; grep -q x, raw.csv && exit 7; true").judge('idempotent: raw.csv');

  const name = 'with its own rows in place of raw.csv, the step makes the same rows';
  assert.deepEqual([sorting.verdict, sorting.cases], ['pass', [[name, 'passed', '']]]);
  assert.deepEqual([adding.verdict, adding.cases], ['fail', [[name, 'failed', '8 rows are other ones']]]);
  assert.equal(failing.verdict, 'invalid');
  assert.match(failing.cases[0]?.[2] ?? '', /^The step could not be run on them: it ended with 7/);
});

test('what cannot be found out is invalid, never a pass', async (t) => {
  const { rig, judge } = cleaning(t, 'cat');

  const column = await judge('unique: [ident]');
  const sql = await judge('never: { "no such thing": "price >" }');
  const outside = await judge(`never: { "no file": "price > (SELECT count(*) FROM read_csv('/etc/passwd'))" }`);
  writeFileSync(join(rig.root, 'raw.csv'), '');

  assert.deepEqual([column.verdict, sql.verdict, outside.verdict], ['invalid', 'invalid', 'invalid']);
  assert.match(column.cases[0]?.[2] ?? '', /^It could not be found out: .*ident/);
  assert.match(outside.cases[0]?.[2] ?? '', /^It could not be found out: .*(Permission|disabled)/);
});

test('times that are texts are compared as times, and other texts are not compared', async (t) => {
  const rig = commandRig(t, {
    'rows.json':
      '[{"known":"2026-01-01T23:00:00-05:00","decided":"2026-01-02T01:00:00Z","word":"9 May"},{"known":null,"decided":"2026-01-01","word":"10 May"}]',
    'copy.sh': '#!/bin/sh\nsed "s/x/x/" rows.json > copied.json\n',
  });
  const judge = async (columns: string): Promise<readonly unknown[]> => {
    const { evidence } = await rig.step(`
steps: { copy: { run: ./copy.sh, in: [rows.json], out: { rows: copied.json } } }
tests: { time: { table: steps.copy/rows, properties: { never_after: { ${columns} } } } }`);
    const [one] = evidence as readonly [Evidence];
    return [one.verdict, (one.details as unknown as TestReport).cases[0]?.message];
  };

  // five hours west of Greenwich it is three hours later than it looks
  assert.deepEqual(await judge('known: decided'), ['fail', 'It does not hold in 1 row of 2']);
  assert.deepEqual(await judge('decided: known'), ['pass', '']);
  assert.deepEqual(await judge('word: decided'), [
    'invalid',
    'It could not be found out: "word" has "9 May", which is neither a time (ISO 8601) nor a number',
  ]);
});

test('an output that is no table is invalid', async (t) => {
  const rig = commandRig(t, { 'make.sh': '#!/bin/sh\necho x > model.bin\n' });
  const record = await rig.step(`
steps: { make: { run: ./make.sh, out: { model: model.bin } } }
tests: { model: { table: steps.make/model, properties: { unique: id } } }`);

  assert.deepEqual(
    record.evidence.map(({ verdict, reason }) => [verdict, reason]),
    [
      [
        'invalid',
        '1 of 1 property of steps.make/model does not hold: "steps.make/model is a table": It could not be read: "model.bin" is no CSV, Parquet or JSON',
      ],
    ],
  );
});

test('the number of rows is compared with that of another table', async (t) => {
  const rig = commandRig(t, { 'raw.csv': houses, 'head.sh': '#!/bin/sh\nhead -n 3 raw.csv > head.csv\ncp raw.csv all.csv\n' });
  const judge = async (table: string): Promise<readonly unknown[]> => {
    const { evidence } = await rig.step(`
steps: { head: { run: ./head.sh, in: [raw.csv], out: { head: head.csv, all: all.csv } } }
tests: { rows: { table: steps.head/${table}, properties: { rows: { same_as: steps.head/all } } } }`);
    return evidence.map(({ verdict, reason }) => [verdict, reason]);
  };

  assert.deepEqual(await judge('all'), [['pass', '1 property of steps.head/all holds']]);
  assert.deepEqual(await judge('head'), [
    ['fail', '1 of 1 property of steps.head/head does not hold: "as many rows as steps.head/all": It has 2 rows, and steps.head/all has 4'],
  ]);
});
