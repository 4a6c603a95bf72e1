import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestReport } from '@tidegate/formats';
import { commandRig } from '../test-rig.ts';

const python = process.env['TIDEGATE_PYTEST_COV'] ?? 'python3';
const hasCoverage = spawnSync(python, ['-c', 'import pytest, pytest_cov']).status === 0;
const isNeeded = process.env['TIDEGATE_REQUIRE_SERVICES'] === '1';

test("the JUnit and LCOV files of Node's own test runner are read", { timeout: 120_000 }, async (t) => {
  const rig = commandRig(t, {
    'sum.mjs': 'export function sum(a, b) {\n  return a + b;\n}\n\nexport function never() {\n  return 1;\n}\n',
    'sum.test.mjs':
      "import assert from 'node:assert/strict';\nimport { describe, test } from 'node:test';\nimport { sum } from './sum.mjs';\n\ndescribe('sums', () => {\n  test('of small numbers', () => assert.equal(sum(1, 2), 3));\n  test('of others', () => assert.equal(sum(1, 1), 3));\n  test('later', { skip: 'no time' }, () => {});\n});\n",
    'run.sh': `#!/bin/sh\nexec ${process.execPath} --test --experimental-test-coverage --test-reporter=junit --test-reporter-destination=junit.xml --test-reporter=lcov --test-reporter-destination=lcov.info sum.test.mjs\n`,
  });

  const record = await rig.step(
    'tests: { node: { run: ./run.sh, in: [sum.mjs, sum.test.mjs], sandbox: false, report: junit.xml, coverage: lcov.info } }',
  );

  assert.deepEqual([record.status, record.failure], ['done', null]);
  const [tests, coverage] = record.evidence;
  const report = tests?.details as unknown as TestReport;
  assert.equal(tests?.verdict, 'fail');
  assert.deepEqual([report.passed, report.failed, report.skipped], [1, 1, 1]);
  assert.match(tests?.reason ?? '', /^1 of 3 tests of "node" failed: .*of others$/);
  assert.deepEqual([coverage?.name, coverage?.verdict], ['coverage.node', 'pass']);
  assert.match(coverage?.reason ?? '', /^The tests of "node" ran \d+(\.\d+)? % of \d+ lines$/);
});

const hasTestthat = spawnSync('Rscript', ['-e', 'library(testthat); library(xml2)']).status === 0;

test(
  'a suite of testthat tells its cases one by one, each at its line',
  { skip: !hasTestthat && !isNeeded && 'no R with testthat and xml2 is here', timeout: 120_000 },
  async (t) => {
    const rig = commandRig(t, {
      'R/sums.R': 'sum_of <- function(a, b) a + b\n',
      'tests/testthat/test-sums.R':
        'source("../../R/sums.R")\n\ntest_that("sums are right", {\n  expect_equal(sum_of(1, 2), 3)\n})\n\ntest_that("sums of others", {\n  expect_equal(sum_of(1, 1), 3)\n})\n\ntest_that("later", {\n  skip("no time")\n})\n\ntest_that("it stops", {\n  stop("no such thing")\n})\n',
      'tests/run.R':
        'library(testthat)\ntest_dir("tests/testthat", reporter = JunitReporter$new(file = file.path(getwd(), "junit.xml")))\n',
    });
    const yaml = 'tests: { r: { run: Rscript tests/run.R, in: [R, tests/testthat], report: junit.xml } }';

    const failing = await rig.step(yaml);
    writeFileSync(join(rig.root, 'R/sums.R'), 'sum_of <- function(a, b) 3\n');
    writeFileSync(
      join(rig.root, 'tests/testthat/test-sums.R'),
      'source("../../R/sums.R")\n\ntest_that("sums", {\n  expect_equal(sum_of(1, 2), 3)\n})\n',
    );
    const passing = await rig.step(yaml);
    const same = await rig.step(yaml);

    const report = failing.evidence[0]?.details as unknown as TestReport;
    assert.deepEqual([failing.failure, failing.evidence[0]?.verdict], [null, 'fail']);
    assert.deepEqual(
      report.cases.map(({ name, outcome, place }) => [name, outcome, place?.file, place?.line]),
      [
        ['sums::sums_of_others', 'failed', 'tests/testthat/test-sums.R', 8],
        ['sums::it_stops', 'failed', 'tests/testthat/test-sums.R', 16],
        ['sums::later', 'skipped', undefined, undefined],
        ['sums::sums_are_right', 'passed', undefined, undefined],
      ],
    );
    assert.deepEqual([passing.evidence[0]?.verdict, passing.evidence[0]?.reason], ['pass', '1 test of "r" passed']);
    assert.equal(same.status, 'hit');
  },
);

test(
  'the Cobertura file of coverage.py is read',
  { skip: !hasCoverage && !isNeeded && 'no Python with pytest-cov is here: name one in TIDEGATE_PYTEST_COV', timeout: 120_000 },
  async (t) => {
    const rig = commandRig(t, {
      'sums.py': 'def sum_of(a, b):\n    return a + b\n\n\ndef never():\n    return 1\n',
      'tests/test_sums.py':
        'import sys\nsys.path.insert(0, ".")\nfrom sums import sum_of\n\n\ndef test_sum():\n    assert sum_of(1, 2) == 3\n',
    });

    const record = await rig.step(
      `python: { interpreter: ${python} }\ntests: { unit: { run: pytest -q --cov=sums --cov-report=xml:coverage.xml tests, in: [sums.py], coverage: coverage.xml } }`,
    );

    assert.deepEqual(
      record.evidence.map(({ verdict, reason }) => [verdict, reason]),
      [
        ['pass', '1 test of "unit" passed'],
        ['pass', 'The tests of "unit" ran 75 % of 4 lines'],
      ],
    );
  },
);
