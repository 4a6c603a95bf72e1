import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { TestCase, TestReport } from '@tidegate/formats';
import { parseJunit } from '../junit.ts';
import { commandRig } from '../test-rig.ts';
import { mutated, randomOf } from './test-mutations.ts';
import { shop } from './test-shop.ts';

const python = process.env['TIDEGATE_PYTEST_COV'] ?? 'python3';
const hasPytest = spawnSync(python, ['-c', 'import pytest']).status === 0;
const isNeeded = process.env['TIDEGATE_REQUIRE_SERVICES'] === '1';
const options = { skip: !hasPytest && !isNeeded && 'no Python with pytest is here: name one in TIDEGATE_PYTEST_COV', timeout: 900_000 };

type Outcomes = { readonly [name: string]: string };

interface Ran {
  readonly verdict: string | undefined;
  readonly reason: string | undefined;
  readonly outcomes: Outcomes;
  /** Tests that were run, sorted, without their module. */
  readonly ran: readonly string[];
  readonly report: TestReport;
}

/** When a fixture does not end well, that is blamed on whichever test is the last: only the verdict of the suite is the same then. */
function outcomesOf(cases: readonly TestCase[]): Outcomes {
  return Object.fromEntries(
    cases.map(({ name, outcome, message }) => [name, message.startsWith('failed on teardown') ? 'passed' : outcome]),
  );
}

interface Project {
  readonly root: string;
  readonly run: (more?: string) => Promise<Ran>;
  readonly read: (path: string) => string;
  readonly write: (path: string, text: string) => void;
  readonly change: (path: string, from: string, to: string) => void;
}

const short = (name: string): string => name.replace(/^.*::/, '');

function projectOf(t: TestContext): Project {
  const rig = commandRig(t, shop);
  const run: Project['run'] = async (more = '') => {
    const record = await rig.step(
      `python: { interpreter: ${python} }\ntests: { unit: { run: pytest -q tests, in: [src, params.json], select: affected${more} } }`,
    );
    assert.equal(record.failure, null);
    const report = (await rig.store.readJson(record.outputs['report']?.digest ?? assert.fail())) as unknown as TestReport;
    return {
      verdict: record.evidence[0]?.verdict,
      reason: record.evidence[0]?.reason,
      outcomes: outcomesOf(report.cases),
      ran: report.cases.flatMap(({ name, reused }) => (reused === undefined ? [short(name)] : [])).toSorted(),
      report,
    };
  };
  const write: Project['write'] = (path, text) => {
    mkdirSync(dirname(join(rig.root, path)), { recursive: true });
    writeFileSync(join(rig.root, path), text);
  };
  const read: Project['read'] = (path) => readFileSync(join(rig.root, path), 'utf8');
  const change: Project['change'] = (path, from, to) => {
    assert.ok(read(path).includes(from), `${path} has no "${from}"`);
    write(path, read(path).replace(from, to));
  };
  return { root: rig.root, run, read, write, change };
}

test('only tests that a change concerns are run, and the others keep what came of them', options, async (t) => {
  const { run, change } = projectOf(t);
  const first = await run();
  const all = Object.keys(first.outcomes).map(short).toSorted();
  assert.deepEqual([first.verdict, first.ran], ['pass', all]);

  change('src/shop/texts.py', 'text.split()', 'text.split(None)');
  const body = await run();
  change('src/shop/texts.py', 'LONGEST = 5', 'LONGEST = 6');
  const constant = await run();
  change('src/shop/rates.py', 'return 2.0', 'return 3.0');
  const failing = await run();
  change('src/shop/rates.py', 'return 3.0 * FACTORS[name]', 'return 2.0 * FACTORS[name]  # mended');
  const mended = await run();

  // "import shop.makers" makes all of the package reachable, which those of test_makers.py may make use of
  assert.deepEqual(body.ran, [
    'test_count[-0]',
    'test_count[a b-2]',
    'test_counted',
    'test_counted_again',
    'test_made',
    'test_names',
    'test_process',
    'test_words',
  ]);
  assert.deepEqual([body.verdict, body.reason], ['pass', `${all.length} tests of "unit" passed, ${all.length - 8} of them reused`]);
  assert.deepEqual(
    [body.report.selection?.left, body.report.selection?.reasons],
    [
      all.length - 8,
      [
        { why: 'src/shop/texts.py changed', tests: 7 },
        { why: 'it starts a process', tests: 1 },
      ],
    ],
  );
  // what a module does when it is loaded concerns whoever loads it
  assert.deepEqual([constant.ran.includes('test_other'), body.ran.includes('test_other')], [true, false]);
  // the second of two tests that share a cache or a fixture ran none of what it depends on
  const failed = Object.entries(failing.outcomes).flatMap(([name, outcome]) => (outcome === 'failed' ? [short(name)] : []));
  assert.equal(failing.verdict, 'fail');
  assert.deepEqual(failed.toSorted(), [
    'test_kept',
    'test_kept_again',
    'test_model',
    'test_model_again',
    'test_price',
    'test_price_again',
    'test_weight',
  ]);
  assert.deepEqual([mended.verdict, failed.filter((name) => !mended.ran.includes(name))], ['pass', []]);
});

test(
  'a change of anything but Python sources, of a conftest.py, or of a source that no test is known to use concerns every test',
  options,
  async (t) => {
    const { run, change, write } = projectOf(t);
    const all = Object.keys((await run()).outcomes)
      .map(short)
      .toSorted();

    change('params.json', '7', '8');
    const data = await run();
    change('tests/conftest.py', '(scope="session")', '( scope="session" )');
    const conftest = await run();
    const variables = await run(', variables: { MODE: "2" }');
    change('src/tool.py', '+ 1', '+ 1 ');
    const unknown = await run(', variables: { MODE: "2" }');
    write('src/shop/more.py', 'X = 1\n');
    const added = await run(', variables: { MODE: "2" }');

    for (const { ran } of [data, conftest, variables, unknown, added]) assert.deepEqual(ran, all);
  },
);

test('a new module of tests is run, and it alone', options, async (t) => {
  const { run, write } = projectOf(t);
  const all = Object.keys((await run()).outcomes).length;

  write('tests/test_new.py', 'def test_new():\n    assert True\n');
  const { ran, verdict, reason } = await run();

  assert.deepEqual(ran, ['test_new', 'test_process']);
  assert.deepEqual([verdict, reason], ['pass', `${all + 1} tests of "unit" passed, ${all - 1} of them reused`]);
});

test('with random faults in the sources a run of selected tests finds what a run of all finds', options, async (t) => {
  const seed = Number(process.env['TIDEGATE_SEED'] ?? Date.now() % 100_000);
  const rounds = Number(process.env['TIDEGATE_ROUNDS'] ?? 25);
  t.diagnostic(`seed ${seed}`);
  const random = randomOf(seed);
  const project = projectOf(t);
  const paths = Object.keys(shop).filter((path) => path.endsWith('.py'));
  const counts = { failing: 0, run: 0, all: 0 };
  await project.run();

  for (let round = 0; round < rounds; round++) {
    const path = paths[Math.floor(random() * paths.length)] ?? '';
    const before = project.read(path);
    // half of the time a fault that was there is mended
    project.write(path, before !== shop[path] && random() < 0.7 ? (shop[path] ?? '') : mutated(before, random));
    const what = `seed ${seed}, round ${round}: ${path}\n${project.read(path)}`;
    if (project.read(path) === before) continue;

    const selected = await project.run();
    const { code, outcomes } = runAll(project.root);

    assert.equal(selected.verdict === 'pass', code === 0, what);
    if (code > 1) continue; // nothing was run
    assert.deepEqual(selected.outcomes, outcomes, what);
    counts.failing += code;
    counts.run += selected.ran.length;
    counts.all += Object.keys(outcomes).length;
  }

  t.diagnostic(`${counts.failing} of ${rounds} changes fail; ${counts.run} of ${counts.all} tests were run`);
  assert.ok(counts.run < counts.all, 'nothing was left out');
});

/** What pytest itself says of the project as it is. */
function runAll(root: string): { readonly code: number; readonly outcomes: Outcomes } {
  const copy = `${root}-all`;
  cpSync(root, copy, { recursive: true });
  try {
    const { status } = spawnSync(python, ['-m', 'pytest', '-q', 'tests', '--junitxml=all.xml'], {
      cwd: copy,
      env: { PATH: process.env['PATH'] },
    });
    const report = join(copy, 'all.xml'); // a conftest.py that cannot be loaded leaves none
    const cases = existsSync(report) ? (parseJunit(readFileSync(report, 'utf8')) ?? []) : [];
    return { code: status ?? -1, outcomes: outcomesOf(cases) };
  } finally {
    rmSync(copy, { recursive: true });
  }
}
