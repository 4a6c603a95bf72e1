import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { commandRig } from './test-rig.ts';
import { processesWith } from './test-processes.ts';
import { noSandbox } from './test-sandbox.ts';

/** So that no other run of this test is taken for this one. */
const own = process.pid;

/** While the first runs, the second comes to be next, and cannot begin: it wants all there is, so that it waits at its gate. */
const twoSteps = (first: string, sandbox: boolean, second = ''): string => `
project: demo
steps:
  first: { run: [sh, -c, ': first-${own}; ${first}'], sandbox: false, out: { at: first.txt } }
  between: { run: [sh, -c, 'until grep -qs f[i]rst-${own} /proc/[0-9]*/cmdline; do sleep 0.01; done; echo > between.txt'], sandbox: false, out: { at: between.txt } }
  second: { run: [sh, -c, ': second-${own}; ${second}date +%s%N > second.txt'], sandbox: ${sandbox}, in: [steps.between/at], cpus: 2, out: { at: second.txt } }
`;

/** Until a shell is there with the command of the second; the pattern is none of what it finds. */
const untilSecondIsReady = `until grep -qs s[e]cond-${own} /proc/[0-9]*/cmdline; do sleep 0.01; done`;

for (const sandbox of [true, false]) {
  const where = sandbox ? 'in a sandbox' : 'without a sandbox';
  const limit = { skip: sandbox ? noSandbox : false, timeout: 60_000 };

  test(`the next step is got ready while another step runs, and its command begins after that one, ${where}`, limit, async (t) => {
    const rig = commandRig(t, {});

    const run = await rig.run(twoSteps(`${untilSecondIsReady}; date +%s%N > first.txt`, sandbox), { signal: t.signal });

    assert.equal(run.status, 'succeeded');
    const at = (name: string): bigint => BigInt(readFileSync(join(rig.root, `${name}.txt`), 'utf8').trim());
    assert.ok(at('second') > at('first'));
  });

  test(`a command that is not begun after all leaves no process and no file, ${where}`, limit, async (t) => {
    const rig = commandRig(t, {});

    const run = await rig.run(twoSteps(`${untilSecondIsReady}; exit 1`, sandbox, `date > ${rig.root}/effect; `), { signal: t.signal });

    assert.deepEqual(
      run.steps.map(({ step, status }) => `${step}: ${status}`),
      ['steps.between: done', 'steps.first: failed', 'steps.second: cancelled'],
    );
    assert.deepEqual(processesWith(`second-${own}`), []);
    assert.equal(existsSync(join(rig.root, 'effect')), false);
  });

  test(`a program that is not there is told where its command waited for cores, ${where}`, limit, async (t) => {
    const rig = commandRig(t, {});
    const line = `  last: { run: [no-such-${own}], sandbox: ${sandbox}, in: [steps.between/at], cpus: 2, out: { at: last.txt } }\n`;
    const waited = twoSteps(`until grep -qs no-s[u]ch-${own} /proc/[0-9]*/cmdline; do sleep 0.01; done; echo > first.txt`, sandbox);

    const run = await rig.run(waited.replace(/ {2}second: .*\n/, line), { signal: t.signal });

    const { failure } = run.steps.find(({ step }) => step === 'steps.last') ?? assert.fail();
    assert.equal(failure?.code, 'TG-COMMANDS-NO-PROGRAM', failure?.message);
  });
}
