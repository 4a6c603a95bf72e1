import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
  t.after(() => rmSync(folder, { recursive: true }));
  const cwd = join(folder, 'houses');
  cpSync(houses, cwd, { recursive: true });
  writeFileSync(join(cwd, 'check.sh'), '#!/bin/sh\nexit 0\n', { mode: 0o755 });
  const yaml = readFileSync(join(cwd, 'tidegate.yaml'), 'utf8');
  writeFileSync(join(cwd, 'tidegate.yaml'), `${yaml}tests: { unit: { run: ./check.sh } }\nservices: { prices: { model: price } }\n`);
  const variables = { TIDEGATE_HOME: join(folder, 'home'), PATH: process.env['PATH'], HOME: process.env['HOME'] };
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
});
