import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { smallProject } from './test-small-project.ts';

test('a step by name is run with what it needs, and nothing else', async (t) => {
  const { run } = smallProject(t);

  assert.deepEqual(await run('steps.b'), ['a: done', 'b: done']);
});

test('--force runs one step again, or all of them; what comes out as before is not run after it', async (t) => {
  const { run } = smallProject(t);
  await run();

  assert.deepEqual(await run('--force', 'a'), ['a: done', 'b: hit', 'c: hit', 'd: hit']);
  assert.deepEqual(await run('--force', 'all'), ['a: done', 'b: done', 'c: done', 'd: done']);
});

test('a command that was killed is tried again by its policy, in a fresh workspace, and the log has every attempt (hostile 12)', async (t) => {
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
