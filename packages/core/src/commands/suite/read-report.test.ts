import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readReport } from './read-report.ts';

test('a report that cannot be read is told with what is wrong with it', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-report-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'junit.xml');
  const faultOf = async (text: string): Promise<string> => {
    writeFileSync(path, text);
    const read = await readReport(path);
    return read.ok ? `${read.value.length} cases` : read.failure;
  };
  const bomb = '<!DOCTYPE a [<!ENTITY b "bbb"><!ENTITY c "&b;&b;&b;">]><testsuite><testcase name="&c;"/></testsuite>';

  const missing = await readReport(path);
  const told = [
    await faultOf('<testsuite><testcase name="a"/></testsuite>'),
    await faultOf(''),
    await faultOf(bomb),
    await faultOf('<testsuite><testcase name="a"/><testca'),
    await faultOf('{"tests": 3}'),
    await faultOf(`<testsuite>${'<testcase/>'.repeat(100_000)}</testsuite>`),
    await faultOf(`<testsuite>${'<testcase/>'.repeat(100_001)}</testsuite>`),
  ];
  truncateSync(path, 200_000_000);
  const large = await readReport(path);
  rmSync(path);
  mkdirSync(path);
  const isFolder = await readReport(path);

  assert.deepEqual(told, [
    '1 cases',
    'is empty',
    'has a document type, which is not read: it may make a small file endless',
    'is cut off or not well-formed',
    'is no JUnit XML',
    '100000 cases',
    'has more than 100000 cases: cut the suite',
  ]);
  assert.deepEqual(
    [missing, isFolder, large].map((read) => (read.ok ? '' : read.failure)),
    ['was not written', 'is no file', 'has 200 MB, and at most 100 MB are read: let tests print less, or cut the suite'],
  );
});
