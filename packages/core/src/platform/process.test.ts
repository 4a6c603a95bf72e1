import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { eachLine, maxLine } from './lines.ts';
import { type CommandOptions, identityOf, isRunning, runCommand } from './process.ts';

const options = (more: Partial<CommandOptions> = {}): CommandOptions => ({
  cwd: '/',
  variables: { PATH: process.env['PATH'] ?? '' },
  onText: () => undefined,
  signal: new AbortController().signal,
  timeoutMs: null,
  ...more,
});

const shell = (script: string): readonly string[] => ['sh', '-c', script];

/** Runs a script and collects what it says on stdout. */
async function linesOf(script: string, more: Partial<CommandOptions> = {}): Promise<readonly string[]> {
  const lines: string[] = [];
  await runCommand(
    shell(script),
    options({ ...more, onText: (stream, text) => stream === 'stdout' && eachLine(text, (line) => lines.push(line)) }),
  );
  return lines;
}

test('a command tells its exit code and its lines, by stream and without line ends', async () => {
  const lines: string[] = [];

  const result = await runCommand(
    shell('echo one; printf "two\\r\\nlast"; echo err >&2; exit 3'),
    options({ onText: (stream, text) => eachLine(text, (line) => lines.push(`${stream}: ${line}`)) }),
  );

  assert.deepEqual(result, { code: 3, signal: null, timedOut: false, passed: null });
  assert.deepEqual(lines.toSorted(), ['stderr: err', 'stdout: last', 'stdout: one', 'stdout: two']);
});

test('a command whose start cannot be noted is ended, and what went wrong is told', { timeout: 30_000 }, async () => {
  const started: number[] = [];
  const onStart = (pid: number): never => {
    started.push(pid);
    throw new Error('the disk is full');
  };

  await assert.rejects(runCommand(shell('sleep 60'), options({ onStart })), /the disk is full/);

  assert.equal(started.length, 1);
  assert.equal(identityOf(started[0] ?? 0), null);
});

test('that a command has succeeded is told, and of no other end', async () => {
  const told: string[] = [];
  const run = async (script: string, timeoutMs: number | null = null): Promise<void> => {
    const more = { timeoutMs, onSuccess: () => told.push(script) };
    await runCommand(shell(script), options(more));
  };

  await run('exit 0');
  await run('exit 3');
  await run('kill -TERM $$');
  await run('sleep 60', 50);

  assert.deepEqual(told, ['exit 0']);
});

test('a command sees the declared variables and nothing of the surrounding process', async () => {
  process.env['TIDEGATE_TEST_LEAK'] = 'leaked';

  const lines = await linesOf('env | grep -v -E "^(PWD|_|SHLVL|OLDPWD)=" | sort', {
    variables: { PATH: process.env['PATH'] ?? '', GIVEN: 'yes' },
  });
  delete process.env['TIDEGATE_TEST_LEAK'];

  assert.deepEqual(lines, ['GIVEN=yes', `PATH=${process.env['PATH']}`]);
});

test('a line longer than the limit comes in pieces and nothing of it is lost', async () => {
  const lines = await linesOf(`head -c ${maxLine * 2 + 5} /dev/zero | tr '\\0' x; echo; echo next`);

  assert.equal(lines.at(-1), 'next');
  assert.equal(lines.slice(0, -1).join('').length, maxLine * 2 + 5);
  assert.ok(lines.every((line) => line.length <= maxLine));
});

test('a program that is not there is an error that names it', async () => {
  await assert.rejects(runCommand(['/no/such/program'], options()), /ENOENT.*\/no\/such\/program|\/no\/such\/program.*ENOENT/);
});

test('a time-out ends the whole group, and says so', async () => {
  const lines: string[] = [];

  const result = await runCommand(shell('sleep 60 & echo $!; wait'), options({ timeoutMs: 300, onText: (_, text) => lines.push(text) }));

  assert.equal(result.timedOut, true);
  await until(() => identityOf(Number(lines[0])) === null);
});

test('an abort ends a command that ignores SIGTERM', async () => {
  const abort = new AbortController();

  const result = await runCommand(
    shell('trap "" TERM; echo ready; while :; do sleep 0.1; done'),
    options({ signal: abort.signal, onText: () => abort.abort() }),
  );

  assert.equal(result.signal, 'SIGKILL');
});

test('what a command leaves behind in its group is ended with it', async () => {
  const lines = await linesOf('sleep 60 >/dev/null 2>&1 & echo $!');

  await until(() => identityOf(Number(lines[0])) === null);
});

test('a descendant that left the group and holds the output open does not hold the command', async () => {
  const lines = await linesOf('setsid sleep 60 & echo $!; sleep 0.3');

  process.kill(Number(lines[0]), 'SIGKILL'); // throws when the descendant was not there any more
});

test('a process is known by id, start time and boot: another start time is another process', () => {
  const self = identityOf(process.pid);

  assert.ok(self !== null && isRunning(self));
  assert.equal(isRunning({ ...self, startedAt: '1' }), false);
  assert.equal(isRunning({ ...self, boot: 'another' }), false);
});

async function until(condition: () => boolean): Promise<void> {
  for (let turn = 0; turn < 200 && !condition(); turn++) await sleep(25);
  assert.ok(condition());
}
