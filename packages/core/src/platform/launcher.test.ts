import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { isRunning, identityOf } from '@tidegate/runtime';
import { type Frame, frameHead, frameKinds, frameReader } from './launcher-frames.ts';
import { type Launcher, openLauncher, type StartedCommand } from './launcher.ts';

const variables = { PATH: '/usr/local/bin:/usr/bin:/bin', GIVEN: 'ä b' };

async function ready(): Promise<Launcher> {
  const launcher = openLauncher();
  while (!launcher.works()) await sleep(5);
  return launcher;
}

async function ended(
  command: StartedCommand,
): Promise<{ readonly out: string; readonly err: string; readonly code: number | null; readonly signal: string | null }> {
  const printed = { out: '', err: '' };
  command.stdout.setEncoding('utf8').on('data', (text: string) => (printed.out += text));
  command.stderr.setEncoding('utf8').on('data', (text: string) => (printed.err += text));
  return new Promise((resolve) => command.once('close', (code, signal) => resolve({ ...printed, code, signal })));
}

test('a command started by the launcher has its own variables, folder, group and output, and ends as it would', async () => {
  const launcher = await ready();
  const shell = async (line: string): ReturnType<typeof ended> =>
    ended(await launcher.start({ argv: ['sh', '-c', line], cwd: '/', variables }));

  assert.deepEqual(await shell('printf "%s %s" "$GIVEN" "$PWD"; echo no >&2; exit 3'), {
    out: 'ä b /',
    err: 'no\n',
    code: 3,
    signal: null,
  });
  assert.deepEqual(await shell('kill -TERM $$'), { out: '', err: '', code: null, signal: 'SIGTERM' });
  assert.equal((await shell('head -c 3000000 /dev/zero | tr "\\0" x')).out, 'x'.repeat(3_000_000));
  assert.match((await shell('sleep 30 >/dev/null 2>&1 & echo $!')).out, /^\d+\n$/, 'what it leaves in its group does not hold it up');
  await assert.rejects(launcher.start({ argv: ['no-such-program'], cwd: '/', variables }), { code: 'ENOENT' });

  const several = await Promise.all(Array.from({ length: 20 }, (_, index) => shell(`echo ${index}`)));
  assert.deepEqual(
    several.map(({ out }) => Number(out)),
    Array.from({ length: 20 }, (_, index) => index),
  );
});

test('a launcher that is killed takes its commands with it, and says so of each', async () => {
  const launcher = await ready();
  const parent = await ended(await launcher.start({ argv: ['sh', '-c', 'echo $PPID'], cwd: '/', variables }));
  const command = await launcher.start({ argv: ['sleep', '60'], cwd: '/', variables });
  const identity = identityOf(command.pid);
  const end = ended(command);

  process.kill(Number(parent.out), 'SIGKILL');

  assert.deepEqual(await end, { out: '', err: '', code: null, signal: 'SIGKILL' });
  assert.equal(launcher.works(), false);
  await assert.rejects(launcher.start({ argv: ['true'], cwd: '/', variables }), /has ended/);
  while (identity !== null && isRunning(identity)) await sleep(5);
});

test('commands end with the process that had them started, even one that is killed', async (t) => {
  const script = `
    import { openLauncher } from ${JSON.stringify(import.meta.resolve('./launcher.ts'))};
    const launcher = openLauncher();
    while (!launcher.works()) await new Promise((done) => setTimeout(done, 5));
    const command = await launcher.start({ argv: ['sleep', '60'], cwd: '/', variables: { PATH: '/usr/bin:/bin' } });
    console.log(command.pid);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => child.kill('SIGKILL'));
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const identity = identityOf(Number(line.toString()));

  child.kill('SIGKILL');

  while (identity !== null && isRunning(identity)) await sleep(5);
});

test('frames come out as they went in, however the bytes are cut', () => {
  const frames: readonly Frame[] = ['', 'one', 'x'.repeat(300)].map((text, index) => ({
    kind: frameKinds.stdout,
    command: index,
    content: Buffer.from(text),
  }));
  const bytes = Buffer.concat(frames.flatMap((frame) => [frameHead(frame), frame.content]));
  for (const size of [1, 7, 100, bytes.length]) {
    const found: Frame[] = [];
    const read = frameReader((frame) => found.push({ ...frame, content: Buffer.from(frame.content) }));

    for (let from = 0; from < bytes.length; from += size) read(bytes.subarray(from, from + size));

    assert.deepEqual(found, frames);
  }
});
