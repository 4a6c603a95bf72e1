import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { JudgedContract } from '@tidegate/core';
import { callCommandLine, type Printed } from '../../test-command-line.ts';

const contract = `apiVersion: v3.1.0
kind: DataContract
id: tides
version: 1.2.0
status: active
servers:
  - { server: files, type: local, path: "data/{object}-*.csv", format: csv }
slaProperties:
  - { property: latency, value: 2, unit: d, element: tides.at }
  - { property: retention, value: 1, unit: y, element: tides.at }
schema:
  - name: tides
    properties:
      - { name: id, logicalType: integer, primaryKey: true }
      - { name: at, logicalType: timestamp }
      - { name: height, logicalType: number, logicalTypeOptions: { maximum: 9 } }
      - name: who
        logicalType: string
        customProperties: [{ property: tidegate.personal, value: true }]
        quality: [{ metric: invalidValues, arguments: { validValues: [Ann] }, mustBe: 0 }]
`;

const rows = 'id,at,height,who\n1,2026-01-01 10:00:00,4.5,Ann\n2,2026-01-02 10:00:00,8,Ann\n';

function callerIn(
  t: TestContext,
  files: { readonly [path: string]: string },
): { readonly cwd: string; readonly call: (line: string) => Promise<Printed> } {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-contract-test-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const cwd = join(folder, 'project');
  mkdirSync(join(cwd, 'data'), { recursive: true });
  for (const [path, text] of Object.entries(files)) writeFileSync(join(cwd, path), text);
  const variables = { PATH: process.env['PATH'], TIDEGATE_HOME: join(folder, 'home') };
  return { cwd, call: (line) => callCommandLine(line.split(' '), { cwd, variables }) };
}

function failing(printed: Printed): readonly string[] {
  const { contracts } = JSON.parse(printed.stdout) as { readonly contracts: readonly JudgedContract[] };
  return contracts.flatMap(({ checks }) => checks.filter(({ verdict }) => verdict !== 'pass').map(({ reason }) => reason));
}

test('files are judged by a data contract outside a project, ages against the moment that is given', async (t) => {
  const { call } = callerIn(t, { 'c.yaml': contract, 'data/tides-1.csv': rows });
  const line = 'contract test c.yaml --data data/*.csv --as-of';

  const sound = await call(`${line} 2026-01-03`);
  const late = await call(`${line} 2027-01-02T10:00:00Z --json`);

  assert.equal(sound.code, 0, sound.stdout + sound.stderr);
  assert.match(sound.stdout, /^pass "data\/\*\.csv" by c\.yaml \("tides" 1\.2\.0, object "tides"\): 2 rows, \d+ checks, 0 not passed\n/);
  assert.equal(late.code, 3);
  assert.deepEqual(failing(late), [
    'the age of the newest at, in days, is at most 2: it is 365',
    'no at is more than 1 year old: 1 of 2 rows is older, for instance "2026-01-01 10:00:00"',
  ]);
});

test('what breaks the promises is told, and no value of a person', async (t) => {
  const { call } = callerIn(t, { 'c.yaml': contract, 'data/tides-1.csv': `${rows}2,2026-01-02 11:00:00,12,Bob\n` });

  const { code, stdout } = await call('contract test c.yaml --server files --as-of 2026-01-03');

  assert.equal(code, 3);
  assert.match(stdout, /✗ id, the primary key, is unique: 1 of 3 rows repeats another/);
  assert.match(stdout, /✗ height is at most 9: 1 of 3 rows is above, largest 12\n {4}for instance id 2, height 12, in data\/tides-1\.csv/);
  assert.match(stdout, /✗ who is one of Ann: 1 of 3 rows is not/);
  assert.doesNotMatch(stdout, /Bob/);
});

test('a dataset is judged by its data contract as it is now, without a run', async (t) => {
  const { cwd, call } = callerIn(t, {
    'c.yaml': contract.replace('maximum: 9', 'maximum: 20'),
    'data/tides-1.csv': rows,
    'tidegate.yaml': 'version: 1\nproject: sea\ndata: { tides: { from: { files: data/*.csv }, contract: c.yaml } }\n',
  });
  await call('run data.tides');

  const before = await call('contract test tides --as-of 2026-01-03');
  writeFileSync(join(cwd, 'c.yaml'), contract.replace('maximum: 9', 'maximum: 5'));
  const after = await call('contract test tides --as-of 2026-01-03 --json');

  assert.equal(before.code, 0, before.stdout + before.stderr);
  assert.equal(after.code, 3);
  assert.deepEqual(failing(after), ['height is at most 5: 1 of 2 rows is above, largest 8']);
});

test('without data, and with too much said of it, it says what to give', async (t) => {
  const { call } = callerIn(t, { 'c.yaml': contract, 'data/tides-1.csv': rows });

  for (const [line, says] of [
    ['c.yaml', /nothing says which data\n {2}fix: Name files with "--data", or a server with "--server": files/],
    ['c.yaml --data data --server files', /both say which data/],
    ['c.yaml --data data --service api', /"--service" and "--at" say what data to look at/],
    ['c.yaml --data data --window 2d', /"--window" is about a live service\n {2}fix: Name it with "--service"/],
    ['c.yaml --service api --window soon', /"soon" is not a duration/],
    ['c.yaml --data nothing/*.csv', /TG-DATA-NO-FILES: Cannot read the data: no file matches "nothing\/\*\.csv"/],
    [
      'c.yaml --data data --object tidess',
      /TG-DATA-CONTRACT-OBJECT: Cannot tell which object of "c\.yaml" the data is: it describes "tides"/,
    ],
  ] as const) {
    const { code, stderr } = await call(`contract test ${line}`);
    assert.equal(code, 2, stderr);
    assert.match(stderr, says);
  }
});
