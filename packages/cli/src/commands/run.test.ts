import assert from 'node:assert/strict';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { smallProject } from './test-small-project.ts';

test('--from runs a step, what comes after it, and what those need', async (t) => {
  const { run, write } = smallProject(t);
  await run();
  write('in.txt', 'two\n');
  write('d.txt', 'two\n');

  assert.deepEqual(await run('--from', 'b'), ['a: done', 'b: done', 'c: done']);
});

test('--only runs a step alone on what earlier runs made, and fails when they made nothing for the project as it is', async (t) => {
  const { run, write, call } = smallProject(t);
  const early = await call('run', '--only', 'c');
  await run('b');

  assert.equal(early.code, 1);
  assert.match(early.stdout, /TG-PIPELINE-NOT-CACHED/);
  assert.deepEqual(await run('--only', 'c'), ['a: hit', 'b: hit', 'c: done']);
  write('in.txt', 'two\n');
  assert.deepEqual(await run('--only', 'c'), ['a: failed', 'b: blocked', 'c: blocked']);
});

test('after a failure nothing more is begun; --keep-going runs what does not need it; --failed and the plain rerun resume', async (t) => {
  const { run, write, path, call } = smallProject(t);
  write('broken.yaml', '');
  rmSync(path('in.txt'));
  mkdirSync(path('in.txt')); // cp refuses a folder
  writeFileSync(join(path('in.txt'), 'x'), '');
  const stopped = await run('-j', '1');
  const gone = await run('-j', '1', '--keep-going');
  rmSync(path('in.txt'), { recursive: true });
  write('in.txt', 'one\n');

  assert.deepEqual(stopped, ['a: failed', 'b: blocked', 'c: blocked', 'd: cancelled']);
  assert.deepEqual(gone, ['a: failed', 'b: blocked', 'c: blocked', 'd: done']);
  assert.deepEqual(await run('--failed'), ['a: done', 'b: done', 'c: done']);
  const again = await call('run', '--failed');
  assert.equal(again.code, 2);
  assert.match(again.stderr, /Cannot run what failed: nothing failed and nothing was left out in run r-/);
  assert.deepEqual(await run(), ['a: hit', 'b: hit', 'c: hit', 'd: hit']);
});

test('--dry-run says word for word what plan says, and runs nothing', async (t) => {
  const { call, path } = smallProject(t);

  const [dry, plan] = [await call('run', '--dry-run'), await call('plan')];
  const part = await call('run', '--from', 'b', '--force', 'd', '--dry-run', '--json');

  assert.equal(dry.code, 0, dry.stderr);
  assert.equal(dry.stdout, plan.stdout);
  assert.ok(!existsSync(path('a.txt')));
  const { steps } = JSON.parse(part.stdout) as { readonly steps: readonly { readonly step: string }[] };
  assert.deepEqual(
    steps.map(({ step }) => step),
    ['steps.a', 'steps.b', 'steps.c'],
  );
});

test('two parts at once, and steps that are not there, are refused', async (t) => {
  const { call } = smallProject(t);

  const [two, unknown] = [await call('run', 'a', '--failed'), await call('run', '--from', 'steps.bb')];

  assert.deepEqual([two.code, unknown.code], [2, 2]);
  assert.match(two.stderr, /Cannot run two parts at once/);
  assert.match(unknown.stderr, /Did you mean "steps.b"\?/);
});
