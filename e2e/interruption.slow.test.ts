import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Stage, stage, tidegateProgram } from './rig/play.ts';

/** Row 22 in a real terminal: one that keys are pressed in, and that is closed. */
const project = join(import.meta.dirname, 'projects/steps-only');
const inTerminal = join(import.meta.dirname, 'rig/in-terminal.py');
const yaml = `version: 1
project: interrupted
steps:
  first: { run: sh first.sh, out: { a: a.txt } }
  second: { run: sh second.sh, in: steps.first/a, out: { b: b.txt } }
`;

type Doing = readonly [text: string, action: string];

/** In each: what is done, how the command ends, and as what the run is recorded when the next one has looked at it. */
const cases: readonly { readonly title: string; readonly doing: readonly Doing[]; readonly code: number; readonly status: string }[] = [
  { title: 'Ctrl-C once', doing: [['at work', 'ctrl-c']], code: 130, status: 'cancelled' },
  { title: 'SIGTERM', doing: [['at work', 'SIGTERM']], code: 130, status: 'cancelled' },
  { title: 'a closed terminal', doing: [['at work', 'close']], code: 130, status: 'cancelled' },
  {
    title: 'Ctrl-C twice, which ends at once what does not listen to the first',
    doing: [
      ['at work', 'ctrl-c'],
      ['not yet', 'ctrl-c'],
    ],
    code: 130,
    status: 'crashed',
  },
  { title: 'SIGKILL', doing: [['at work', 'SIGKILL']], code: -9, status: 'crashed' },
];

for (const sandbox of ['on', 'off'])
  for (const { title, doing, code, status } of cases)
    test(`hostile 22: ${title}, sandbox ${sandbox}: what ran is ended, the run is ${status}, and the plain rerun takes up from there`, async () => {
      await using at = await stage(project);
      const seconds = `37${cases.findIndex((one) => one.title === title)}.${process.pid}`;
      writeFileSync(join(at.project, 'tidegate.yaml'), yaml);
      writeFileSync(join(at.project, 'first.sh'), 'echo a > a.txt\n');
      writeFileSync(
        join(at.project, 'second.sh'),
        `trap 'echo not yet' TERM\necho at work\nsleep ${seconds} & sleep ${seconds} & wait; wait; wait\n`,
      );

      assert.equal(await typed(at, doing, sandbox), code);
      if (code !== -9 || sandbox === 'on') await gone(seconds); // what a killed run leaves without a sandbox, the next one ends
      writeFileSync(join(at.project, 'second.sh'), 'echo b > b.txt\n');
      const rerun = await at.tidegate(['run', '--json']);

      assert.equal(rerun.code, 0, rerun.stderr);
      await gone(seconds);
      const runs = JSON.parse((await at.tidegate(['runs', '--json'])).stdout) as readonly { readonly status: string }[];
      assert.deepEqual(runs.map((run) => run.status).toSorted(), [status, 'succeeded'].toSorted());
      assert.match(rerun.stdout, /"status": ?"hit"/, 'the first step is not run again');
    });

test('hostile 22: a command that ends in time while Tidegate is suspended past its time-out has ended in time', async () => {
  await using at = await stage(project);
  writeFileSync(join(at.project, 'tidegate.yaml'), 'version: 1\nsteps: { a: { run: sh a.sh, out: { a: a.txt }, timeout: 3s } }\n');
  writeFileSync(join(at.project, 'a.sh'), 'echo at work\nsleep 1\necho a > a.txt\n');
  const child = spawn(process.execPath, [tidegateProgram, 'run', '--verbose'], {
    cwd: at.project,
    env: at.variables,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
  while (!said.includes('at work')) await sleep(10);

  child.kill('SIGSTOP');
  await sleep(4_000);
  child.kill('SIGCONT');

  assert.equal(await new Promise((done) => child.once('close', done)), 0, said);
});

async function typed(at: Stage, doing: readonly Doing[], sandbox: string): Promise<number> {
  const argv = [inTerminal, process.execPath, tidegateProgram, 'run', '--verbose'];
  const child = spawn('python3', argv, {
    cwd: at.project,
    env: { ...at.variables, TIDEGATE_SANDBOX: sandbox },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.end(JSON.stringify(doing));
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
  await new Promise((done) => child.once('close', done));
  return Number(said);
}

/** Waits until nothing is left of what was started with this text in its command line. */
async function gone(text: string): Promise<void> {
  const left = (): readonly string[] => readdirSync('/proc').filter((name) => /^\d+$/.test(name) && commandLineOf(name).includes(text));
  for (let turn = 0; turn < 500 && left().length > 0; turn++) await sleep(10);
  assert.deepEqual(left(), []);
}

function commandLineOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return ''; // it has ended
  }
}
