import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { tryLock } from './exclusive-lock.ts';

async function folder(t: { after: (end: () => Promise<void>) => void }): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'tidegate-lock-'));
  t.after(() => rm(path, { recursive: true, force: true }));
  return path;
}

test('a lock is had by one holder at a time, and again after it was given back', async (t) => {
  const path = join(await folder(t), 'deep', 'lock');

  const first = tryLock(path);
  assert.ok(first);
  assert.equal(tryLock(path), null);
  first[Symbol.dispose]();
  const second = tryLock(path);

  assert.ok(second);
  second[Symbol.dispose]();
});

test('a lock whose holder was killed can be had at once', async (t) => {
  const path = join(await folder(t), 'lock');
  const holder = spawn(process.execPath, [
    '--input-type=module',
    '-e',
    `import { tryLock } from ${JSON.stringify(join(import.meta.dirname, 'exclusive-lock.ts'))}; globalThis.lock = tryLock(${JSON.stringify(path)}); console.log('held'); setInterval(() => {}, 1000)`,
  ]);
  await new Promise((resolve) => holder.stdout.once('data', resolve));
  assert.equal(tryLock(path), null);

  holder.kill('SIGKILL');
  await new Promise((resolve) => holder.once('exit', resolve));
  const lock = tryLock(path);

  assert.ok(lock);
  lock[Symbol.dispose]();
});
