import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { RunRecord } from '@tidegate/formats';
import { callCommandLine, type Printed } from '../test-command-line.ts';

interface Small {
  readonly call: (...words: readonly string[]) => Promise<Printed>;
  /** Runs with these words; what became of each step, as `a: done`. */
  readonly run: (...words: readonly string[]) => Promise<readonly string[]>;
  readonly write: (path: string, text: string) => void;
  readonly path: (name: string) => string;
}

/** a → b → c, and d beside them; every step copies one file. */
function smallProject(t: TestContext): Small {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-cli-run-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const cwd = join(folder, 'project');
  mkdirSync(cwd);
  const path = (name: string): string => join(cwd, name);
  const write = (name: string, text: string): void => writeFileSync(path(name), text);
  write('in.txt', 'one\n');
  write('d.txt', 'one\n');
  write(
    'tidegate.yaml',
    `version: 1
steps:
  a: { run: cp in.txt a.txt, out: { made: a.txt } }
  b: { run: cp a.txt b.txt, out: { made: b.txt } }
  c: { run: cp b.txt c.txt, out: { made: c.txt } }
  d: { run: cp d.txt e.txt, out: { made: e.txt } }
`,
  );
  const variables = { TIDEGATE_HOME: join(folder, 'home'), TIDEGATE_GPUS: '4,7', PATH: process.env['PATH'] };
  const call = (...words: readonly string[]): Promise<Printed> => callCommandLine(words, { cwd, variables });
  return {
    call,
    write,
    path,
    run: async (...words) => {
      const { stdout } = await call('run', ...words, '--json');
      const { run } = JSON.parse(stdout) as { readonly run: RunRecord };
      return run.steps.map(({ step, status }) => `${step.replace('steps.', '')}: ${status}`);
    },
  };
}

test('a step by name is run with what it needs, and nothing else', async (t) => {
  const { run } = smallProject(t);

  assert.deepEqual(await run('steps.b'), ['a: done', 'b: done']);
});

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

test('--force runs one step again, or all of them; what comes out as before is not run after it', async (t) => {
  const { run } = smallProject(t);
  await run();

  assert.deepEqual(await run('--force', 'a'), ['a: done', 'b: hit', 'c: hit', 'd: hit']);
  assert.deepEqual(await run('--force', 'all'), ['a: done', 'b: done', 'c: done', 'd: done']);
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

test('a command that was killed is tried again by its policy, in a fresh workspace, and the log has every attempt (hostile row 12)', async (t) => {
  const { call, run, write, path } = smallProject(t);
  write(
    'flaky.sh',
    'echo try; ls left.txt 2>/dev/null; echo x > left.txt; [ -e "$1" ] || { touch "$1"; kill -9 $$; }; echo made > out.txt\n',
  );
  write(
    'tidegate.yaml',
    `version: 1
sandbox: false
steps:
  flaky: { run: sh flaky.sh ${path('../tried')}, out: { made: out.txt }, retries: { times: 1, on: [signal], wait: 1ms } }
`,
  );

  const ends = await run('-v');
  const [log, explained] = [await call('log', 'steps.flaky'), await call('explain', 'steps.flaky')];

  assert.deepEqual(ends, ['flaky: done']);
  assert.equal(log.stdout, 'try\ntry\n');
  assert.match(explained.stdout, /Attempt 1 was ended by SIGKILL after/);
});

test('what a step asks for reaches it, and what is not there is refused before anything runs', async (t) => {
  const { call, write, path } = smallProject(t);
  const project = (gpus: number): string =>
    `version: 1\nsteps: { gpu: { run: sh gpu.sh, out: { seen: seen.txt }, gpus: ${gpus} }, other: { run: cp in.txt a.txt, out: { made: a.txt } } }\n`;
  write('gpu.sh', 'echo "$CUDA_VISIBLE_DEVICES" > seen.txt\n');
  write('tidegate.yaml', project(3));

  const refused = await call('run');
  write('tidegate.yaml', project(2));
  const ran = await call('run', 'gpu');

  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /TG-PIPELINE-RESOURCES: Cannot run the steps: "steps.gpu" asks for 3 GPUs, and there are 2/);
  assert.ok(!existsSync(path('a.txt')));
  assert.equal(ran.code, 0, ran.stdout);
  assert.equal(readFileSync(path('seen.txt'), 'utf8'), '4,7\n');
});
