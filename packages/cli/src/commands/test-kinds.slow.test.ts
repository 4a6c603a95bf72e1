import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { callCommandLine } from '../test-command-line.ts';

const houses = resolve(import.meta.dirname, '../../../../e2e/scenarios/02_uncommitted_changes/project');

interface Told {
  readonly suites: readonly { readonly kind: string; readonly suite: string; readonly came: string; readonly verdict: string | null }[];
}

test('test --all has unit, model and API in one summary and one JUnit file, and tests nothing twice', { timeout: 300_000 }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-test-kinds-'));
  const cwd = join(folder, 'houses');
  cpSync(houses, cwd, { recursive: true });
  writeFileSync(join(cwd, 'check.sh'), '#!/bin/sh\nexit 0\n', { mode: 0o755 });
  const yaml = readFileSync(join(cwd, 'tidegate.yaml'), 'utf8');
  writeFileSync(
    join(cwd, 'tidegate.yaml'),
    `${yaml.replace('staging: { target: local }', 'staging: { tests: tests/api/*.yaml }')}tests: { unit: { run: ./check.sh } }\nservices: { prices: { model: price } }\n`,
  );
  mkdirSync(join(cwd, 'tests/api'), { recursive: true });
  writeFileSync(
    join(cwd, 'tests/api/prices.yaml'),
    '- { name: it is alive, request: { method: GET, path: /v2/health/live }, expect: { status: 200 } }\n',
  );
  const variables = { TIDEGATE_HOME: join(folder, 'home'), PATH: process.env['PATH'], HOME: process.env['HOME'] };
  t.after(async () => {
    await callCommandLine(['stop', 'staging'], { cwd, variables });
    rmSync(folder, { recursive: true });
  });
  const run = async (...words: readonly string[]): Promise<readonly string[]> => {
    const { code, stdout, stderr } = await callCommandLine(['test', '--all', '--json', ...words], { cwd, variables });
    assert.equal(code, 0, stderr);
    const { suites } = JSON.parse(stdout) as Told;
    return suites.map(({ kind, suite, came, verdict }) => `${kind} ${suite} ${came} ${verdict}`);
  };

  const first = await run('--junit', 'junit.xml');
  const second = await run();

  assert.deepEqual(first, [
    'unit unit ran pass',
    'model price smoke ran pass',
    'model price smoke.unusual ran fail',
    'api prices ran pass',
  ]);
  assert.deepEqual(
    second,
    first.map((line) => line.replace(' ran ', ' unchanged ')),
  );
  const junit = readFileSync(join(cwd, 'junit.xml'), 'utf8');
  for (const suite of ['tests.unit', 'tests.price smoke', 'tests.prices'])
    assert.match(junit, new RegExp(`<testsuite name="${suite}" tests="\\d+" failures="0"`));
  // what blocks nothing is skipped
  assert.match(junit, /<testsuite name="tests\.price smoke\.unusual" tests="3" failures="0" errors="0"[^>]* skipped="[1-3]"/);

  // a release that runs in staging is asked there, once for each release
  const git = (...words: readonly string[]): void => void execFileSync('git', words, { cwd, stdio: 'ignore' });
  git('init', '-q');
  git('add', '-A');
  git('-c', 'user.name=a', '-c', 'user.email=a@example.com', 'commit', '-qm', 'All');
  const deployed = await callCommandLine(['run', '--to', 'staging'], { cwd, variables });
  assert.equal(deployed.code, 0, deployed.stderr);
  const third = await run('--why', '--junit', 'junit.xml');
  writeFileSync(
    join(cwd, 'tests/api/prices.yaml'),
    '- { name: it is ready, request: { method: GET, path: /v2/health/ready }, expect: { status: 200 } }\n',
  );
  const fourth = await run();

  assert.equal(third.at(-1), 'api prices in staging reused pass');
  assert.match(readFileSync(join(cwd, 'junit.xml'), 'utf8'), /<testsuite name="tests\.prices in staging" tests="2" failures="0"/);
  assert.equal(fourth.at(-1), 'api prices in staging not-run null');
});
