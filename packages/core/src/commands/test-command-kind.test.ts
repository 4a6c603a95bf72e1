import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { Evidence, TestReport } from '@tidegate/formats';
import { commandRig } from './test-rig.ts';

const hasPytest = spawnSync('python3', ['-m', 'pytest', '--version']).status === 0;
const options = hasPytest ? {} : { skip: 'python3 on PATH has no pytest' };

interface Suite {
  readonly verdict: string | undefined;
  readonly reason: string | undefined;
  readonly blocking: boolean | undefined;
  readonly report: TestReport;
  readonly evidence: readonly Evidence[];
  readonly facts: { readonly [name: string]: unknown };
  /** What of `coverage` is in the store; null for none. */
  readonly coverage: string | null;
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
  const { coverage } = record.outputs;
  return {
    verdict: evidence?.verdict,
    reason: evidence?.reason,
    blocking: evidence?.blocking,
    report,
    evidence: record.evidence,
    facts: record.facts,
    coverage: coverage === undefined ? null : Buffer.from(await rig.store.readBytes(coverage.digest)).toString(),
  };
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

/** A file outside of every workspace, where tries can be counted. */
function counter(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-tries-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return join(folder, 'tries');
}

test('a suite that takes too long fails', async (t) => {
  const { verdict, reason } = await suite(t, { 'check.sh': '#!/bin/sh\nsleep 60\n' }, './check.sh', ', timeout: 200ms');

  assert.deepEqual([verdict, reason], ['fail', 'The tests of "unit" did not end in the time they are given']);
});

/** A suite of two cases, of which the second fails in the tries whose number is in `failing`. It counts its tries in the file `tries`. */
const counting = (failing: string, tries = 'tries'): string => `#!/bin/sh
echo x >> ${tries}
n=$(wc -l < ${tries} | tr -d ' ')
outcome='' ; code=0
case " ${failing} " in *" $n "*) outcome='<failure message="try '$n'"/>'; code=1;; esac
echo "<testsuite><testcase classname='a' name='one'/><testcase classname='a' name='two'>$outcome</testcase></testsuite>" > junit.xml
exit $code
`;

test('any command may leave JUnit XML, case by case', async (t) => {
  const good = await suite(t, { 'check.sh': counting('') }, './check.sh', ', report: junit.xml');
  const bad = await suite(t, { 'check.sh': counting('1') }, './check.sh', ', report: junit.xml');

  assert.deepEqual([good.verdict, good.reason], ['pass', '2 tests of "unit" passed']);
  assert.deepEqual([bad.verdict, bad.reason], ['fail', '1 of 2 tests of "unit" failed: a::two']);
});

test('a declared report that is not there, or from before the run, is invalid, and a failure that the report does not have is one', async (t) => {
  const script = (rest: string): string => `#!/bin/sh\n${rest}\n`;
  const more = ', report: junit.xml';
  const none = await suite(t, { 'check.sh': script('exit 0') }, './check.sh', more);
  const stale = await suite(
    t,
    { 'check.sh': script('exit 0'), 'junit.xml': '<testsuite><testcase name="a"/></testsuite>' },
    './check.sh',
    `${more}, in: [junit.xml]`,
  );
  const crashed = await suite(
    t,
    { 'check.sh': script('echo \'<testsuite><testcase name="a"/></testsuite>\' > junit.xml; exit 3') },
    './check.sh',
    more,
  );

  assert.deepEqual(
    [none.verdict, none.reason],
    ['invalid', 'The tests of "unit" could not run: the report "junit.xml" was not written; the command ended with 0'],
  );
  assert.equal(stale.verdict, 'invalid');
  assert.deepEqual(
    [crashed.verdict, crashed.reason],
    ['fail', 'The command of "unit" ended with exit code 3, though its report has no failure'],
  );
});

test('a test that fails and then passes on the same is flaky: inconclusive, with what to do', async (t) => {
  const more = ', report: junit.xml, sandbox: false, reruns: ';
  const flaky = await suite(t, { 'check.sh': counting('1', counter(t)) }, './check.sh', `${more}3`);
  const steady = await suite(t, { 'check.sh': counting('1 2 3', counter(t)) }, './check.sh', `${more}2`);

  assert.deepEqual(
    [flaky.verdict, flaky.reason],
    [
      'inconclusive',
      '1 of 2 tests of "unit" failed and passed on the same: a::two: mend it, or name an owner and a day under "quarantine:" of tests.unit',
    ],
  );
  assert.deepEqual([flaky.facts['tries'], flaky.facts['flaky']], [2, 1]);
  assert.deepEqual(
    flaky.report.cases.map(({ name, outcome, message }) => [name, outcome, message]),
    [
      ['a::one', 'passed', ''],
      ['a::two', 'flaky', 'Failed in 1 of 2 tries on the same\ntry 1'],
    ],
  );
  assert.deepEqual([steady.verdict, steady.reason, steady.facts['tries']], ['fail', '1 of 2 tests of "unit" failed: a::two', 3]);
});

test('a try finds nothing of what the one before it wrote, so what fails by that is not flaky', async (t) => {
  const { verdict, facts, reason } = await suite(
    t,
    { 'check.sh': '#!/bin/sh\n[ -e seen ] && exit 0\nmkdir -p sub && touch seen sub/more\nls | tr "\\n" " "\nexit 1\n', 'a.txt': 'a' },
    './check.sh',
    ', in: [a.txt], reruns: 2',
  );

  assert.deepEqual([verdict, facts['tries']], ['fail', 3]);
  assert.match(reason ?? '', /: a\.txt check\.sh seen sub$/);
});

test('a flaky test of pytest is found by its rerun', options, async (t) => {
  const seen = counter(t);
  const { verdict, report, facts } = await suite(
    t,
    {
      'tests/test_a.py': `import os\ndef test_one():\n    first = not os.path.exists("${seen}")\n    open("${seen}", "w").close()\n    assert not first\n`,
    },
    'pytest -q tests',
    ', sandbox: false, reruns: 2',
  );

  assert.deepEqual([verdict, facts['tries'], report.cases[0]?.outcome], ['inconclusive', 2, 'flaky']);
  assert.deepEqual(report.cases[0]?.place, { file: 'tests/test_a.py', line: 5 });
});

test('a test in quarantine has no say until its day, and is told with its owner', async (t) => {
  const quarantine = (test: string, until: string): string =>
    `, report: junit.xml, quarantine: [{ test: "${test}", owner: anna, until: ${until} }]`;
  const hidden = await suite(t, { 'check.sh': counting('1') }, './check.sh', quarantine('a::t*', '2999-12-31'));
  const ended = await suite(t, { 'check.sh': counting('1') }, './check.sh', quarantine('a::two', '2020-01-31'));
  const idle = await suite(t, { 'check.sh': counting('') }, './check.sh', quarantine('a::gone', '2999-12-31'));
  const all = await suite(t, { 'check.sh': counting('1') }, './check.sh', quarantine('*', '2999-12-31'));

  assert.deepEqual([hidden.verdict, hidden.reason], ['pass', '1 test of "unit" passed, 1 in quarantine']);
  assert.deepEqual(
    hidden.evidence.slice(1).map(({ name, verdict, blocking, reason }) => [name, verdict, blocking, reason]),
    [['quarantine.unit', 'inconclusive', false, 'a::two fails, and counts again after 2999-12-31 (anna)']],
  );
  assert.deepEqual(hidden.report.cases[1]?.quarantine, { owner: 'anna', until: '2999-12-31' });
  assert.deepEqual(
    [ended.verdict, ended.evidence[1]?.reason],
    ['fail', 'The quarantine of "a::two" ended on 2020-01-31: anna is to mend it, or to name a later day'],
  );
  assert.equal(idle.evidence[1]?.reason, 'No test is named "a::gone" any more: take it out of the quarantine');
  assert.deepEqual([all.verdict, all.reason], ['inconclusive', 'Every test of "unit" is in quarantine: nothing was measured']);
});

test('coverage is kept with its share of lines, and said when it is not there', async (t) => {
  const lcov = 'SF:a.py\nLF:8\nLH:6\nend_of_record\n';
  const kept = await suite(
    t,
    { 'check.sh': `#!/bin/sh\nprintf '${lcov.replaceAll('\n', '\\n')}' > build/lcov.info\n` },
    './check.sh',
    ', coverage: build/lcov.info',
  );
  const none = await suite(t, { 'check.sh': '#!/bin/sh\n' }, './check.sh', ', coverage: lcov.info');

  assert.deepEqual([kept.verdict, kept.coverage, kept.facts['coverage']], ['pass', lcov, 0.75]);
  assert.deepEqual([kept.evidence[1]?.name, kept.evidence[1]?.reason], ['coverage.unit', 'The tests of "unit" ran 75 % of 8 lines']);
  assert.deepEqual([none.verdict, none.coverage], ['pass', '']);
  assert.deepEqual(
    [none.evidence[1]?.verdict, none.evidence[1]?.blocking, none.evidence[1]?.reason],
    ['invalid', false, 'The command of "unit" did not write its coverage file "lcov.info"'],
  );
});

test('a suite is run again when a quarantine of it has ended, and not before', async (t) => {
  let now = Date.parse('2026-03-30T10:00:00Z');
  const clock = { now: () => now, elapsed: () => performance.now() };
  const rig = commandRig(t, { 'check.sh': counting('1') }, undefined, clock);
  const yaml = 'tests: { unit: { run: ./check.sh, report: junit.xml, quarantine: [{ test: "a::two", owner: anna, until: 2026-03-31 }] } }';

  const [first, second] = [await rig.step(yaml), await rig.step(yaml)];
  now = Date.parse('2026-04-01T00:00:00Z');
  const third = await rig.step(yaml);

  assert.deepEqual(
    [first, second, third].map(({ status, evidence }) => [status, evidence[0]?.verdict]),
    [
      ['done', 'pass'],
      ['hit', 'pass'],
      ['done', 'fail'],
    ],
  );
});
