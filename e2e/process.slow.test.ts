import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, openSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { type Stage, stage, tidegateProgram } from './rig/play.ts';

/** What only a real process can show: readers that go away, full disks, signals. */
const project = join(import.meta.dirname, 'projects/steps-only');

test('a run whose reader goes away goes on to its end, quietly', async () => {
  await using at = await stage(project);

  const ended = await withoutReader(at, ['run', 'steps.quick', '--verbose']);

  assert.deepEqual(ended, { code: 0, stderr: '' });
  assert.ok(existsSync(join(at.project, 'numbers.txt')));
  assert.equal(await lastStatus(at), 'succeeded');
});

test('other commands whose reader goes away say nothing about it', async () => {
  await using at = await stage(project);

  assert.deepEqual(await withoutReader(at, ['plan']), { code: 0, stderr: '' });
});

test('output that finds no room is told, and the exit code says it', { skip: !existsSync('/dev/full') }, async () => {
  await using at = await stage(project);

  const child = spawn(process.execPath, [tidegateProgram, '--version'], {
    stdio: ['ignore', openSync('/dev/full', 'w'), 'pipe'],
    env: at.variables,
  });
  const stderr = textOf(child.stderr);

  assert.equal(await codeOf(child), 1);
  assert.match(stderr(), /Cannot write the output/);
});

for (const { title, signal, group } of [
  { title: 'one Ctrl-C, which a terminal sends to both', signal: 'SIGINT', group: true },
  { title: 'a SIGTERM to the older Node alone', signal: 'SIGTERM', group: false },
] as const) {
  test(`started through an older Node, a run is cancelled in order by ${title} (hostile 22)`, async () => {
    await using at = await stage(project);
    const wrapper = pathToFileURL(resolve(import.meta.dirname, '../packages/cli/bin/other-node.js')).href;
    const words = JSON.stringify([tidegateProgram, 'run', 'steps.wait', '--verbose']);
    const script = `import(${JSON.stringify(wrapper)}).then(({ runWith }) => runWith(process.execPath, ${words}))`;
    const child = spawn(process.execPath, ['-e', script], {
      cwd: at.project,
      env: at.variables,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    await saying(child, 'waiting');

    process.kill(group ? -Number(child.pid) : Number(child.pid), signal);

    assert.equal(await codeOf(child), 130);
    assert.equal(await lastStatus(at), 'cancelled');
  });
}

test('"tidegate stop" ends what a killed run has left running where there is no sandbox', async () => {
  await using at = await stage(project);
  const child = spawn(process.execPath, [tidegateProgram, 'run', 'steps.wait', '--verbose'], {
    cwd: at.project,
    env: { ...at.variables, TIDEGATE_SANDBOX: 'off' }, // in one, all of it ends with the run
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  await saying(child, 'waiting');
  child.kill('SIGKILL');
  await codeOf(child);

  const { stdout } = await at.tidegate(['stop', '--json']);

  assert.deepEqual(JSON.parse(stdout), { stopped: [], processesEnded: 1 });
  assert.equal(await lastStatus(at), 'crashed');
});

/** Runs a command whose standard output nobody reads: the other end of the pipe is closed before it writes. */
async function withoutReader(at: Stage, words: readonly string[]): Promise<{ readonly code: number | null; readonly stderr: string }> {
  const child = spawn(process.execPath, [tidegateProgram, ...words], {
    cwd: at.project,
    env: at.variables,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout.destroy();
  const stderr = textOf(child.stderr);
  return { code: await codeOf(child), stderr: stderr() };
}

async function lastStatus(at: Stage): Promise<string | undefined> {
  const runs = JSON.parse((await at.tidegate(['log', '--json'])).stdout) as readonly { readonly status: string }[];
  return runs[0]?.status;
}

function codeOf(child: ChildProcess): Promise<number | null> {
  return new Promise((done) => child.once('close', done));
}

function textOf(stream: NodeJS.ReadableStream | null): () => string {
  let text = '';
  stream?.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  return () => text;
}

function saying(child: ChildProcess, text: string): Promise<void> {
  return new Promise((done, reject) => {
    const stdout = textOf(child.stdout);
    child.stdout?.on('data', () => stdout().includes(text) && done());
    child.once('close', () => reject(new Error(`It ended without saying "${text}":\n${stdout()}`)));
  });
}
