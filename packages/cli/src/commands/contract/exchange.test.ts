import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { callCommandLine, type Printed } from '../../test-command-line.ts';

const suite = JSON.stringify({
  name: 'tides',
  expectations: [
    { type: 'expect_column_values_to_not_be_null', kwargs: { column: 'height' } },
    { type: 'expect_column_values_to_be_increasing', kwargs: { column: 'height' } },
  ],
});

interface Place {
  readonly cwd: string;
  readonly contract: (...words: readonly string[]) => Promise<Printed>;
}

/** `contract` called where these files are. */
function placeOf(t: TestContext, files: { readonly [name: string]: string }): Place {
  const cwd = mkdtempSync(join(tmpdir(), 'tidegate-exchange-'));
  t.after(() => rmSync(cwd, { recursive: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text);
  return { cwd, contract: (...words) => callCommandLine(['contract', ...words], { cwd }) };
}

test('a suite becomes a data contract that is sound, and what is not taken over is told beside it', async (t) => {
  const { cwd, contract } = placeOf(t, { 'tides.json': suite });

  const { code, stdout, stderr } = await contract('import', 'tides.json', '--write', 'tides.odcs.yaml');
  const linted = await contract('lint', 'tides.odcs.yaml');

  assert.deepEqual([code, linted.code], [0, 0]);
  assert.match(stdout, /^Wrote tides\.odcs\.yaml/);
  assert.match(stderr, /^1 statement not taken over as they are:\n {2}✗ tides\.height: expect_column_values_to_be_increasing/);
  assert.match(readFileSync(join(cwd, 'tides.odcs.yaml'), 'utf8'), /Not taken over: expect_column_values_to_be_increasing/);
});

test('with --json the data contract and what is not taken over are one value', async (t) => {
  const { contract } = placeOf(t, { 'tides.json': suite });

  const { code, stdout, stderr } = await contract('import', 'tides.json', '--name', 'sea', '--json');
  const told = JSON.parse(stdout) as {
    readonly from: string;
    readonly contract: string;
    readonly notTaken: readonly object[];
    readonly written: null;
  };

  assert.deepEqual([code, stderr, told.from, told.written], [0, '', 'great-expectations', null]);
  assert.match(told.contract, /name: sea\n/);
  assert.deepEqual(told.notTaken, [
    {
      object: 'sea',
      column: 'height',
      what: 'expect_column_values_to_be_increasing(column="height")',
      why: 'rows of a dataset have no order of their own: write the check "increasing" with "orderBy"',
      isNearly: false,
    },
  ]);
});

test('a data contract becomes what another tool reads, and what it cannot say is told', async (t) => {
  const { contract } = placeOf(t, { 'tides.json': suite });
  await contract('import', 'tides.json', '--write', 'tides.odcs.yaml');

  const sql = await contract('export', 'tides.odcs.yaml', '--to', 'sqlite');
  const again = await contract('export', 'tides.odcs.yaml', '--to', 'great-expectations', '--write', 'again.json');

  assert.deepEqual([sql.code, sql.stdout], [0, 'CREATE TABLE "tides" (\n  "height" TEXT NOT NULL\n);\n']);
  assert.match(sql.stderr, /1 promise not in it:\n {2}✗ height: logicalType/);
  assert.deepEqual([again.code, again.stdout, again.stderr], [0, 'Wrote again.json.\n', '']);
});

const mistakes: readonly (readonly [string, readonly string[], RegExp])[] = [
  [
    'a file that is no document of a tool',
    ['import', 'x.json'],
    /TG-DATA-CONTRACT-FOREIGN: Cannot make a data contract of "x\.json": it is no document of a tool that is known/,
  ],
  ['a document of another tool', ['import', 'tides.json', '--from', 'dbt'], /TG-DATA-CONTRACT-FOREIGN: .*it describes no models/],
  ['broken JSON', ['import', 'broken.json'], /TG-DATA-CONTRACT-FOREIGN: .*it is no JSON/],
  ['a kind that does not exist', ['import', 'tides.json', '--from', 'dbtt'], /TG-CLI-USAGE: .*there is no such kind\n.*Did you mean "dbt"/],
  ['a Python file without a name', ['import', 's.py', '--from', 'pandera'], /TG-CLI-USAGE: .*nothing says which schema/],
  ['a file that is not there', ['import', 'no.json'], /TG-CONFIG-FILE-MISSING/],
  ['no kind to make', ['export', 'x.json'], /TG-CLI-USAGE: .*"--to KIND" is missing/],
  ['a data contract that is none', ['export', 'x.json', '--to', 'sqlite'], /TG-CONFIG-/],
];

for (const [what, words, message] of mistakes)
  test(`a mistake is told, and nothing is written: ${what}`, async (t) => {
    const { cwd, contract } = placeOf(t, { 'tides.json': suite, 'x.json': '{"a": 1}', 'broken.json': '{"expectations": [', 's.py': '' });

    const { code, stdout, stderr } = await contract(...words, '--write', 'made');

    assert.deepEqual([code, stdout], [2, '']);
    assert.match(stderr, message);
    assert.equal(existsSync(join(cwd, 'made')), false);
  });
