import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Experiment } from '@tidegate/core';
import { callCommandLine, type Printed } from '../test-command-line.ts';

test('runs are experiments: parameters out of the files that steps read, metrics out of those they write, and a page with plots', async (t) => {
  const place = mkdtempSync(join(tmpdir(), 'tidegate-cli-'));
  t.after(() => rmSync(place, { recursive: true }));
  const cwd = join(place, 'project');
  mkdirSync(cwd);
  const write = (rate: number): void => {
    writeFileSync(join(cwd, 'params.yaml'), `train: { rate: ${rate}, depth: 3 }\n`);
    writeFileSync(join(cwd, 'made.json'), JSON.stringify({ loss: { final: rate / 2 }, note: 'text' }));
  };
  const step = 'run: cp made.json report.json, in: [made.json, params.yaml], out: { report: report.json }, variables: { SEED: "7" }';
  writeFileSync(join(cwd, 'tidegate.yaml'), `version: 1\nproject: rates\nsteps:\n  train: { ${step} }\n`);
  const variables = { ...process.env, TIDEGATE_HOME: join(place, 'home') };
  const call = (line: string): Promise<Printed> => callCommandLine(line.split(' '), { cwd, variables });
  const git = (...words: readonly string[]): unknown =>
    execFileSync('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', ...words], { cwd });
  git('init', '-q', '-b', 'main');
  write(0.1);
  git('add', '.');
  git('commit', '-qm', 'Slowly');
  await call('run');
  write(0.5);
  await call('run');

  const experiments = JSON.parse((await call('runs experiments --json')).stdout) as readonly Experiment[];
  const shown = await call('runs experiments');
  const page = await call('runs compare last-1 last --page compared.html');

  assert.deepEqual(experiments[0]?.parameters, {
    'made.json loss.final': 0.25,
    'made.json note': 'text',
    'params.yaml train.rate': 0.5,
    'params.yaml train.depth': 3,
    'steps.train SEED': '7',
  });
  assert.deepEqual(
    experiments.map(({ metrics }) => metrics.map(({ name, value }) => [name, value])),
    [[['steps.train/report loss.final', 0.25]], [['steps.train/report loss.final', 0.05]]],
  );
  assert.match(
    shown.stdout,
    /^run +verdict +made.json loss.final +params.yaml train.rate +steps.train\/report loss.final\nr-\S+ +\S+ +0.25 +0.5 +0.2500\n/,
  );
  assert.equal(page.stdout, 'Written: compared.html\n');
  const html = readFileSync(join(cwd, 'compared.html'), 'utf8');
  assert.match(html, /params\.yaml train\.rate<\/th><td>0\.1<\/td><td>0\.5<\/td>/);
  assert.match(html, /<figure class="forest"[^]*steps\.train\/report loss\.final/);
});
