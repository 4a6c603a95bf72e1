import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test, type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';

const demo = resolve(import.meta.dirname, '../tools/demo/main.ts');

/** Lines that the demo prints until somewhere near the end of its first act. */
const linesOfFirstAct = 50;
const times = 5;

/** Longest that what has been told to end may take, on a machine that has other work. */
const hangMs = 120_000;

test('the demo can be interrupted at any moment: nothing runs on, and the next start begins afresh', async (t) => {
  const temporary = mkdtempSync(join(tmpdir(), 'tidegate-interrupted-'));
  t.after(() => rmSync(temporary, { recursive: true, force: true, maxRetries: 10 }));
  const random = randomFrom(t);

  for (let time = 0; time < times; time++) {
    const lines = Math.floor(random() * linesOfFirstAct);
    const waitMs = Math.floor(random() * 500);
    const signal = time % 3 === 2 ? 'SIGKILL' : 'SIGINT';
    await t.test(`${signal} ${waitMs} ms after line ${lines}`, async () => {
      const started = start(temporary);
      await printed(started, (text) => text.split('\n').length > lines);
      await delay(waitMs);
      const { code } = await interrupt(started, signal);

      if (signal === 'SIGINT') assert.equal(code, 130, started.text());
      if (signal === 'SIGINT') await nothingRuns(temporary);
    });
  }

  const last = start(temporary);
  await printed(last, (text) => /data\.flights: done/.test(text));
  const { code } = await interrupt(last, 'SIGINT');

  assert.equal(code, 130, last.text());
  assert.match(last.text(), /data\.flights: done.*it has never run/);
  await nothingRuns(temporary);
});

interface Started {
  readonly child: ChildProcess;
  readonly text: () => string;
  readonly ended: Promise<unknown>;
}

/** In a process group of its own, which gets the signal as it does from a terminal. */
function start(temporary: string): Started {
  const env = { ...process.env, TMPDIR: temporary };
  const child = spawn(process.execPath, [demo], { env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  return { child, text: () => text, ended: once(child, 'close') };
}

async function printed({ child, text, ended }: Started, isThere: (text: string) => boolean): Promise<void> {
  let hasEnded = false;
  void ended.then(() => (hasEnded = true));
  while (!isThere(text())) {
    if (hasEnded) assert.fail(`The demo ended with ${child.exitCode} before that:\n${text()}`);
    await delay(10);
  }
}

async function interrupt({ child, ended }: Started, signal: 'SIGINT' | 'SIGKILL'): Promise<{ readonly code: number | null }> {
  process.kill(-(child.pid ?? assert.fail('it has not started')), signal);
  await ended;
  return { code: child.exitCode };
}

/** Waits for the end of what is told to end. */
async function nothingRuns(temporary: string): Promise<void> {
  for (let waitedMs = 0; waitedMs < hangMs; waitedMs += 100) {
    if (processesOf(temporary).length === 0) return;
    await delay(100);
  }
  assert.deepEqual(processesOf(temporary), []);
}

/** Command lines of processes that work in a folder, were started for it or have it among their variables; not those of this one. */
function processesOf(folder: string): readonly string[] {
  return readdirSync('/proc').flatMap((pid) => {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) return [];
    try {
      const [line, variables] = ['cmdline', 'environ'].map((file) => readFileSync(`/proc/${pid}/${file}`, 'utf8').replaceAll('\0', ' '));
      const all = [line, variables, readlinkSync(`/proc/${pid}/cwd`)].join(' ');
      return all.includes(folder) ? [`${pid} ${line}`] : [];
    } catch {
      return []; // it has ended, or is somebody else's
    }
  });
}

/** Numbers below 1 that can be had again: `TIDEGATE_SEED=… npm run test:all -- demo-interrupted`. */
function randomFrom(t: TestContext): () => number {
  const seed = Number(process.env['TIDEGATE_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
  t.diagnostic(`seed ${seed}: replay with TIDEGATE_SEED=${seed}`);
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0; // mulberry32
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
