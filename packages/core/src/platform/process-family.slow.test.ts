import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { killGroup, sandboxFamily } from './process-family.ts';

const bwrap = ['--unshare-all', '--die-with-parent', '--new-session', '--ro-bind', '/', '/', '--proc', '/proc', '--dev', '/dev', '--'];
const works = await new Promise<boolean>((done) => {
  const tried = spawn('bwrap', [...bwrap, 'true'], { stdio: 'ignore' });
  tried.once('error', () => done(false));
  tried.once('exit', (code) => done(code === 0));
});

/** So long a sleep that no other one is taken for it. */
const own = `600.${process.pid}`;

function left(): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && commandOf(name).endsWith(`\0${own}\0`))
    .map(Number);
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1');
  } catch {
    return ''; // it has ended
  }
}

test('a sandbox that is ended while it is being made leaves nothing', { skip: works ? false : 'bwrap makes no sandbox here' }, async () => {
  for (let round = 0; round < 600; round++) {
    const child = spawn('bwrap', [...bwrap, 'sleep', own], { stdio: 'ignore', detached: true });
    const ended = once(child, 'exit');
    await delay((round % 80) / 10); // from before its first child to after its last
    sandboxFamily(child.pid ?? assert.fail()).end('SIGKILL');
    await ended;
  }
  for (let look = 0; look < 20 && left().length > 0; look++) await delay(50);

  const lasting = left();
  for (const pid of lasting) killGroup(pid, 'SIGKILL');
  assert.deepEqual(lasting, []);
});
