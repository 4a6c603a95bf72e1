import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { StepRecord } from '@tidegate/formats';
import { commandRig } from './test-rig.ts';

const hasR = spawnSync('Rscript', ['--version']).status === 0;
if (!hasR && process.env['TIDEGATE_REQUIRE_SERVICES']) throw new Error('Rscript is not installed, and TIDEGATE_REQUIRE_SERVICES is set');
const options = { skip: hasR ? false : 'Rscript is not installed' };

const folder = mkdtempSync(join(tmpdir(), 'tidegate-r-'));
after(() => rmSync(folder, { recursive: true }));

/** A repository with a package that doubles and one that needs it, in two versions. */
function makeRepository(): string {
  const repository = join(folder, 'repository');
  const contrib = join(repository, 'src/contrib');
  for (const made of [contrib, join(contrib, 'Archive/doubling')]) mkdirSync(made, { recursive: true });
  const build = (name: string, version: string, code: string, imports: string, to: string): void => {
    const source = join(folder, `${name}-${version}`, name);
    mkdirSync(join(source, 'R'), { recursive: true });
    const fields = [
      `Package: ${name}`,
      `Version: ${version}`,
      'Title: For A Test',
      'Description: For a test.',
      'License: Apache-2.0',
      'Author: Tidegate',
      'Maintainer: Tidegate <nobody@example.org>',
      ...(imports === '' ? [] : [`Imports: ${imports}`]),
    ];
    writeFileSync(join(source, 'DESCRIPTION'), `${fields.join('\n')}\n`);
    writeFileSync(join(source, 'NAMESPACE'), 'exportPattern("^[a-z]")\n');
    writeFileSync(join(source, 'R/code.R'), code);
    execFileSync('R', ['CMD', 'build', '--no-build-vignettes', source], { cwd: to, stdio: 'ignore' });
  };
  build('doubling', '1.0', 'double <- function(x) 2 * x\n', '', join(contrib, 'Archive/doubling'));
  build('doubling', '2.0', 'double <- function(x) 2 * x + 0.5\n', '', contrib);
  build('fitting', '0.1', 'fit <- function(x) doubling::double(x) + 1\n', 'doubling', contrib);
  return repository;
}

const repository = hasR ? makeRepository() : '';

function lockOf(doubling: string, sha256: string | null = null): string {
  const entry = (name: string, version: string): object => ({ Package: name, Version: version, Source: 'Repository', Repository: 'CRAN' });
  const Packages = {
    fitting: { ...entry('fitting', '0.1'), ...(sha256 !== null && { Sha256: sha256 }) },
    doubling: entry('doubling', doubling),
  };
  return JSON.stringify({ R: { Version: '4.2.2', Repositories: [{ Name: 'CRAN', URL: `file://${repository}` }] }, Packages });
}

const yaml = `r: { lock: renv.lock }
steps:
  fit:
    run: Rscript fit.R
    out: { result: result.txt }
`;
const script = 'cat(fitting::fit(20), file = "result.txt")\n';
const words = (step: StepRecord): string => `${step.status} ${step.failure?.message ?? ''}`;

test('a step in R has the packages of its lock and no other, and runs again when the lock names another version', options, async (t) => {
  const rig = commandRig(t, { 'renv.lock': lockOf('1.0'), 'fit.R': script });

  const first = await rig.step(yaml);
  assert.equal(first.status, 'done', words(first));
  assert.equal(readFileSync(join(rig.root, 'result.txt'), 'utf8'), '41');
  assert.equal((await rig.step(yaml)).status, 'hit');

  writeFileSync(join(rig.root, 'renv.lock'), lockOf('2.0'));
  const second = await rig.step(yaml);
  assert.equal(second.status, 'done', words(second));
  assert.equal(readFileSync(join(rig.root, 'result.txt'), 'utf8'), '41.5');
});

test('an archive of R that is not the one of the lock is refused, and one that is, is taken', options, async (t) => {
  const archive = readFileSync(join(repository, 'src/contrib/fitting_0.1.tar.gz'));
  const right = createHash('sha256').update(archive).digest('hex');
  const rig = commandRig(t, { 'renv.lock': lockOf('1.0', 'ab'.repeat(32)), 'fit.R': script });

  const refused = await rig.step(yaml);
  assert.equal(refused.failure?.code, 'TG-COMMANDS-VIRTUAL-ENVIRONMENT-FAILED');
  assert.match(words(refused), new RegExp(`"fitting" 0\\.1: the archive has the SHA-256 ${right}`));

  writeFileSync(join(rig.root, 'renv.lock'), lockOf('1.0', right));
  assert.equal((await rig.step(yaml)).status, 'done');
  assert.deepEqual(rig.unchecked, [['doubling']], 'the run that used the library said which package nobody could check');
});

test('a package that the repository does not have is told by name with the places that were looked at', options, async (t) => {
  const rig = commandRig(t, { 'renv.lock': lockOf('9.9'), 'fit.R': script });

  assert.match(
    words(await rig.step(yaml)),
    /Cannot download "doubling 9\.9": it is neither at file:.*contrib\/doubling_9\.9\.tar\.gz nor at .*Archive/,
  );
});

test('a shell script that starts R finds the library as well', options, async (t) => {
  const rig = commandRig(t, { 'renv.lock': lockOf('1.0'), 'fit.R': script, 'fit.sh': '#!/bin/sh\nexec Rscript fit.R\n' });

  const step = await rig.step(yaml.replace('run: Rscript fit.R', 'run: ./fit.sh\n    in: [fit.R]'));

  assert.equal(step.status, 'done', words(step));
  assert.equal(readFileSync(join(rig.root, 'result.txt'), 'utf8'), '41');
});
