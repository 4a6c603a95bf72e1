import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { TestReport } from '@tidegate/formats';
import { commandRig } from './test-rig.ts';

const hasPytest = spawnSync('python3', ['-m', 'pytest', '--version']).status === 0;
const options = hasPytest ? {} : { skip: 'python3 on PATH has no pytest' };

interface Suite {
  readonly verdict: string | undefined;
  readonly reason: string | undefined;
  readonly blocking: boolean | undefined;
  readonly report: TestReport;
}

async function suite(t: TestContext, files: { readonly [path: string]: string }, run = 'pytest -q tests', more = ''): Promise<Suite> {
  const rig = commandRig(t, files);
  const record = await rig.step(`tests: { unit: { run: ${run}${more} } }`);
  assert.deepEqual([record.status, record.failure], ['done', null]);
  assert.equal(existsSync(join(rig.root, '.tidegate-junit.xml')), false);
  const { digest } = record.outputs['report'] ?? {};
  assert.ok(digest);
  const [evidence] = record.evidence;
  const report = (await rig.store.readJson(digest)) as unknown as TestReport;
  return { verdict: evidence?.verdict, reason: evidence?.reason, blocking: evidence?.blocking, report };
}

test('a suite of pytest that passes is a pass, case by case', options, async (t) => {
  const { verdict, reason, blocking, report } = await suite(t, {
    'tests/test_a.py':
      'import pytest\n@pytest.mark.parametrize("n", [1, 2])\ndef test_one(n): assert n\n@pytest.mark.skip(reason="no GPU")\ndef test_two(): pass\n',
  });

  assert.deepEqual([verdict, reason, blocking], ['pass', '2 tests of "unit" passed, 1 skipped', true]);
  assert.deepEqual(
    report.cases.map(({ name, outcome }) => [name, outcome]),
    [
      ['tests.test_a::test_one[1]', 'passed'],
      ['tests.test_a::test_one[2]', 'passed'],
      ['tests.test_a::test_two', 'skipped'],
    ],
  );
  assert.deepEqual([report.suite, report.passed, report.failed, report.skipped], ['unit', 2, 0, 1]);
});

test('a failing test is a fail with its name, not an error', options, async (t) => {
  const { verdict, reason, report } = await suite(
    t,
    { 'tests/test_a.py': 'def test_one(): assert 1 == 2\ndef test_two(): pass\n' },
    'python -m pytest tests',
  );

  assert.deepEqual([verdict, reason], ['fail', '1 of 2 tests of "unit" failed: tests.test_a::test_one']);
  assert.match(report.cases[0]?.message ?? '', /assert 1 == 2/);
});

test('no test found is invalid', options, async (t) => {
  const { verdict, reason } = await suite(t, { 'tests/test_a.py': 'x = 1\n' });

  assert.deepEqual([verdict, reason], ['invalid', 'No test of "unit" was found']);
});

test('every test skipped is inconclusive: nothing was measured', options, async (t) => {
  const { verdict, reason } = await suite(t, { 'tests/test_a.py': 'import pytest\n@pytest.mark.skip\ndef test_one(): pass\n' });

  assert.deepEqual([verdict, reason], ['inconclusive', 'Every test of "unit" was skipped: nothing was measured']);
});

test('tests that cannot run are invalid, with what pytest said and the file that is missing', options, async (t) => {
  const { verdict, reason } = await suite(t, { 'tests/test_a.py': 'import train\ndef test_one(): pass\n', 'train.py': '' });

  assert.equal(verdict, 'invalid');
  assert.equal(
    reason,
    'The tests of "unit" could not run: ModuleNotFoundError: No module named \'train\': Add "train.py" to "in:" of tests.unit: it sees only what it declares',
  );
});

test('wrong arguments of pytest are invalid', options, async (t) => {
  const { verdict, reason } = await suite(t, { 'tests/test_a.py': 'def test_one(): pass\n' }, 'pytest --no-such-option tests');

  assert.equal(verdict, 'invalid');
  assert.match(reason ?? '', /could not run/);
});

test('a run that ends well without a report is invalid, never a pass', options, async (t) => {
  const { verdict } = await suite(t, { 'tests/test_a.py': 'import os\ndef test_one(): os._exit(0)\n' });

  assert.equal(verdict, 'invalid');
});

test('a report that the tests themselves write is no pass', options, async (t) => {
  const planted = '<testsuites><testsuite><testcase name="planted"/></testsuite></testsuites>';
  const { verdict } = await suite(t, {
    'tests/test_a.py': `import os\ndef test_one():\n    open(".tidegate-junit.xml", "w").write('${planted}')\n    assert False\n`,
  });

  assert.equal(verdict, 'fail');
});

test('another command is one case, by its exit code', async (t) => {
  const good = await suite(t, { 'check.sh': '#!/bin/sh\nexit 0\n' }, './check.sh');
  const bad = await suite(t, { 'check.sh': '#!/bin/sh\necho 3 rows too many\nexit 4\n' }, './check.sh');

  assert.deepEqual([good.verdict, good.reason, good.report.passed], ['pass', 'The command of "unit" succeeded', 1]);
  assert.deepEqual([bad.verdict, bad.reason], ['fail', 'The command of "unit" ended with exit code 4: 3 rows too many']);
  assert.equal(bad.report.cases[0]?.message, '3 rows too many');
});

test('a suite that takes too long fails', async (t) => {
  const { verdict, reason } = await suite(t, { 'check.sh': '#!/bin/sh\nsleep 60\n' }, './check.sh', ', timeout: 200ms');

  assert.deepEqual([verdict, reason], ['fail', 'The tests of "unit" did not end in the time they are given']);
});
