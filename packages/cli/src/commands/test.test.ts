import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { callCommandLine, type Printed } from '../test-command-line.ts';

interface Suites {
  readonly test: (...words: readonly string[]) => Promise<Printed>;
  readonly write: (path: string, text: string) => void;
  readonly read: (path: string) => string;
}

/** Two suites that read one file each: the first word of it is how they end, `ok`, `bad` or `flaky`. */
function twoSuites(t: TestContext): Suites {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-cli-test-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const cwd = join(folder, 'project');
  mkdirSync(cwd);
  const write = (path: string, text: string): void => writeFileSync(join(cwd, path), text, { mode: text.startsWith('#!') ? 0o755 : 0o644 });
  const tries = join(folder, 'tries');
  write(
    'check.sh',
    `#!/bin/sh
echo x >> ${tries}
outcome=''; code=0
case "$(cat $1) $(wc -l < ${tries} | tr -d ' ')" in
  bad*|"flaky 1") outcome='<failure message="not so">check.sh:4: no</failure>'; code=1;;
esac
echo "<testsuite><testcase classname='$1' name='one'/><testcase classname='$1' name='two'>$outcome</testcase></testsuite>" > junit.xml
exit $code
`,
  );
  write('a.txt', 'ok');
  write('b.txt', 'ok');
  write(
    'tidegate.yaml',
    `version: 1
sandbox: false
tests:
  a: { run: ./check.sh a.txt, report: junit.xml, reruns: 1 }
  b: { run: ./check.sh b.txt, report: junit.xml }
`,
  );
  const variables = { TIDEGATE_HOME: join(folder, 'home'), PATH: process.env['PATH'] };
  return {
    test: (...words) => callCommandLine(['test', ...words], { cwd, variables }),
    write,
    read: (path) => readFileSync(join(cwd, path), 'utf8'),
  };
}

test('test --why tells which suites ran, which are not affected and which were tested like this before', async (t) => {
  const project = twoSuites(t);

  const first = await project.test('--why');
  const second = await project.test('--why');
  project.write('a.txt', 'ok again');
  const third = await project.test('--why');
  project.write('a.txt', 'ok');
  const fourth = await project.test('--why');

  assert.deepEqual(
    [first, second, third, fourth].map(({ stdout }) => stdout.trim().split('\n').at(-1)),
    [
      '2 suites: 2 ran, 0 reused, 0 not affected.',
      '2 suites: 0 ran, 0 reused, 2 not affected.',
      '2 suites: 1 ran, 0 reused, 1 not affected.',
      '2 suites: 0 ran, 1 reused, 1 not affected.',
    ],
  );
  assert.match(first.stdout, /✓ {2}unit {2}a {2}2 passed {2}ran\n {6}It ran: it has never run \(what was tested: [0-9a-f]{12}\)\n/);
  assert.match(
    second.stdout,
    /a {2}2 passed {2}not affected\n {6}Nothing that it reads has changed since the run before: evidence of run r-/,
  );
  assert.match(third.stdout, /a {2}2 passed {2}ran\n {6}It ran: a\.txt changed/);
  assert.match(fourth.stdout, /a {2}2 passed {2}reused\n {6}What it reads has changed to what was tested before: evidence of run r-/);
});

test('test --junit and --sarif write what came of it, with the lines', async (t) => {
  const project = twoSuites(t);
  project.write('a.txt', 'bad');

  const { code, stdout } = await project.test('--junit', 'out/junit.xml', '--sarif', 'out/tests.sarif');

  const sarif = JSON.parse(project.read('out/tests.sarif')) as {
    readonly version: string;
    readonly runs: readonly {
      readonly results: readonly {
        readonly ruleId: string;
        readonly level: string;
        readonly message: { readonly text: string };
        readonly locations: readonly unknown[];
      }[];
    }[];
  };
  assert.equal(code, 3);
  assert.match(stdout, /✗ {2}unit {2}a {2}1 passed, 1 failed {2}ran\n/);
  assert.match(project.read('out/junit.xml'), /<testsuite name="tests\.a" tests="2" failures="1"/);
  assert.match(project.read('out/junit.xml'), /<testsuite name="tests\.b" tests="2" failures="0"/);
  assert.equal(sarif.version, '2.1.0');
  assert.deepEqual(
    sarif.runs[0]?.results.map(({ ruleId, level, message, locations }) => [ruleId, level, message.text.split('\n')[0], locations]),
    [
      [
        'test',
        'error',
        'a.txt::two failed: not so',
        [{ physicalLocation: { artifactLocation: { uri: 'check.sh', uriBaseId: 'SRCROOT' }, region: { startLine: 4 } } }],
      ],
    ],
  );
});

test('test --flaky tells what failed and passed on the same, in one run or in several', async (t) => {
  const project = twoSuites(t);
  const none = await project.test('--flaky');
  project.write('a.txt', 'flaky');

  const run = await project.test('a');
  const told = await project.test('--flaky');

  assert.match(none.stdout, /^No test has failed and passed on the same in the runs that are kept\.\n$/);
  assert.equal(run.code, 4);
  assert.match(run.stdout, /a {2}1 passed, 1 flaky {2}ran/);
  assert.match(
    told.stdout,
    /^\? tests\.a: a\.txt::two\n {6}failed and passed in tries of one run, in 1 run; the newest: r-[^\n]*\n {6}not in quarantine: mend it, or add it under "quarantine:" of tests\.a\n$/,
  );
});

test('a suite that another run on the same had pass is flaky by history', async (t) => {
  const project = twoSuites(t);
  // what the suite reads is the same each time; where it finds out how often it ran is nothing that it declares
  const counter = join(mkdtempSync(join(tmpdir(), 'tidegate-counter-')), 'runs');
  t.after(() => rmSync(join(counter, '..'), { recursive: true }));
  project.write(
    'check.sh',
    `#!/bin/sh
echo x >> ${counter}
if [ "$(wc -l < ${counter} | tr -d ' ')" = 1 ]; then exit 1; fi
`,
  );
  project.write('tidegate.yaml', 'version: 1\nsandbox: false\ntests: { a: { run: ./check.sh } }\n');

  const [first, second] = [await project.test(), await project.test('--force')];
  const { stdout } = await project.test('--flaky', '--json');

  assert.deepEqual([first.code, second.code], [3, 0]);
  const { flaky } = JSON.parse(stdout) as { readonly flaky: readonly { readonly test: string; readonly passedIn: readonly string[] }[] };
  assert.deepEqual(
    flaky.map(({ test: name, passedIn }) => [name, passedIn.length]),
    [['./check.sh', 1]],
  );
});

test('a suite that is not there is refused with those that are', async (t) => {
  const { code, stderr } = await twoSuites(t).test('c');

  assert.equal(code, 2);
  assert.match(stderr, /Cannot run the tests "c": the project has none of that name[^]*Tests: a, b/);
});
