import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunRecord } from '@tidegate/formats';
import { systemPlatform } from '../platform/index.ts';
import { processesWith } from './test-processes.ts';
import { type CommandRig, commandRig } from './test-rig.ts';
import { noSandbox } from './test-sandbox.ts';

const withoutSandbox = { ...systemPlatform.variables, TIDEGATE_SANDBOX: 'off' };
const whereverItRuns = [
  { where: 'in a sandbox', variables: systemPlatform.variables, skip: noSandbox },
  { where: 'without a sandbox', variables: withoutSandbox, skip: false },
] as const;

for (const { where, variables, skip } of whereverItRuns) {
  const unique = (number: number): string => `36${skip === false ? 1 : 2}${number}.${process.pid}${where.length}`;

  test(`hostile 29: a step that starts ever more processes is ended, ${where}`, { skip }, async (t) => {
    const seconds = unique(1);
    // each starts two more, 126 in all at most; root is not bound by the system's own limit of processes
    const bomb = `#!/bin/sh\n[ "$1" -gt 0 ] || exec sleep ${seconds}\n"$0" $(($1 - 1)) &\n"$0" $(($1 - 1)) &\nwait\n`;
    const rig = commandRig(t, { 'bomb.sh': bomb }, variables);

    const { failure } = await rig.step('steps: { bomb: { run: ./bomb.sh 6, limits: { processes: 40 } } }');

    assert.match(`${failure?.code} ${failure?.message}`, /^TG-COMMANDS-(LIMIT .* may have 40|FAILED .*)/s);
    await gone(seconds);
  });

  test(`hostile 29: a step that takes too much memory is ended, ${where}`, { skip }, async (t) => {
    const rig = commandRig(t, { 'eat.py': 'import time\neaten = b"x" * 300_000_000\ntime.sleep(60)\n' }, variables);

    const { failure } = await rig.step('steps: { eat: { run: python eat.py, memory: 150MB } }');

    assert.equal(failure?.code, 'TG-COMMANDS-LIMIT');
    assert.match(failure.message, /it took 0\.\d+ GB of memory, and may take 0\.15 GB/);
  });

  test(
    `hostile 12: what a step leaves running ends with it, ${where}: in its group, in a session of its own, and forked twice`,
    { skip },
    async (t) => {
      const seconds = unique(2);
      const script = `#!/bin/sh\nsleep ${seconds} & setsid sleep ${seconds} & (setsid sh -c 'cd /; sleep ${seconds} & sleep ${seconds}' >/dev/null 2>&1 &)\nsleep 0.1\necho x > x.txt\n`;
      const rig = commandRig(t, { 'leave.sh': script }, variables);

      const record = await rig.step('steps: { a: { run: ./leave.sh, out: { x: x.txt } } }');

      assert.equal(record.status, 'done');
      await gone(seconds);
    },
  );

  test(
    `hostile 12: a step whose process alone is killed has failed, says so, and is tried again by its policy, ${where}`,
    { skip },
    async (t) => {
      const rig = commandRig(t, { 'die.sh': '#!/bin/sh\nkill -9 $$\n' }, variables);

      const { failure } = await rig.step('steps: { a: { run: ./die.sh, retries: { times: 1, wait: 1ms } } }');

      assert.match(failure?.message ?? '', /was ended by SIGKILL/);
      assert.equal(rig.attempts(), 2);
    },
  );
}

test('hostile 29: a step that prints without end is ended by its time-out, its log is cut, and others go on meanwhile', async (t) => {
  const rig = commandRig(t, { 'small.sh': '#!/bin/sh\necho small > "$1"\n' });
  const small = (name: string, reads: string): string =>
    `${name}: { run: ./small.sh ${name}.txt, in: [${reads}], out: { x: ${name}.txt } }`;

  const record = await rig.run(
    `steps: { endless: { run: yes 0123456789, timeout: 1s }, ${small('a', '')}, ${small('b', 'steps.a/x')}, ${small('c', 'steps.b/x')} }`,
  );

  const statuses = new Map(record.steps.map(({ step, status }) => [String(step), status]));
  assert.deepEqual(
    ['steps.endless', 'steps.a', 'steps.b', 'steps.c'].map((step) => statuses.get(step)),
    ['failed', 'done', 'done', 'done'],
  );
  assert.equal(rig.finished.at(-1), 'steps.endless');
  assert.ok(statSync(logOf(rig, record, 'endless')).size < 10.1 * 2 ** 20);
});

test('row 29: of a log of 30 MB the beginning and the end are kept, and a mark where the rest was', async (t) => {
  const rig = commandRig(t, { 'flood.sh': '#!/bin/sh\nyes 0123456789 | head -c 30000000\necho the end\n' });

  const log = logOf(rig, await rig.run('steps: { flood: { run: ./flood.sh } }'), 'flood');

  const text = readFileSync(log, 'utf8');
  assert.ok(text.length < 10.1 * 2 ** 20, String(text.length));
  assert.deepEqual([text.slice(0, 11), text.slice(-8), /\n\[\d+ bytes were left out here/.test(text)], ['0123456789\n', 'the end\n', true]);
});

function logOf(rig: CommandRig, { id }: RunRecord, step: string): string {
  return join(rig.root, '..', 'home', 'logs', id, `steps.${step}.log`);
}

/** Waits until nothing is left of what was started with this text in its command line. */
async function gone(text: string): Promise<void> {
  for (let turn = 0; turn < 200 && processesWith(text).length > 0; turn++) await sleep(10);
  assert.deepEqual(processesWith(text), []);
}
