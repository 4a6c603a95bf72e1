import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { RunInBrief } from '@tidegate/core';
import { callCommandLine, type Printed } from '../test-command-line.ts';

const yaml = 'version: 1\nproject: copies\nsteps:\n  copy: { run: cp in.txt out.txt, in: [in.txt], out: { copy: out.txt } }\n';

function projectIn(t: TestContext): { readonly call: (line: string) => Promise<Printed>; readonly write: (text: string) => void } {
  const place = mkdtempSync(join(tmpdir(), 'tidegate-cli-'));
  const cwd = join(place, 'project');
  mkdirSync(cwd);
  t.after(() => rmSync(place, { recursive: true }));
  writeFileSync(join(cwd, 'tidegate.yaml'), yaml);
  const write = (text: string): void => writeFileSync(join(cwd, 'in.txt'), text);
  write('one\n');
  const variables = { ...process.env, TIDEGATE_HOME: join(place, 'home') };
  return { call: (line) => callCommandLine(line.split(' '), { cwd, variables }), write };
}

test('runs are listed by filters, shown and compared', async (t) => {
  const { call, write } = projectIn(t);
  await call('run');
  write('two\n');
  await call('run');

  const all = JSON.parse((await call('runs --json')).stdout) as readonly RunInBrief[];
  const [newest, oldest] = [all[0]?.id ?? '', all[1]?.id ?? ''];
  const list = await call('runs list --status succeeded --step steps.copy --since 2020-01-01 -n 1');
  const none = await call('runs list --status failed --verdict fail --branch main --commit abc --until 2020-01-01');
  const shown = await call('runs show last');
  const compared = await call(`runs compare last-1 ${newest}`);
  const data = JSON.parse((await call(`runs compare ${oldest} last --json`)).stdout) as { readonly inputs: object; readonly same: number };

  assert.equal(all.length, 2);
  assert.match(list.stdout, new RegExp(`^${newest} +succeeded +\\S+ m?s +1 of 1 step ran +to gate +no commit\\+\n$`));
  assert.equal(none.stdout, 'No such run.\n');
  assert.match(shown.stdout, /^r-\S+ succeeded in [^]*\n {2}steps\.copy: done, .*\(in\.txt changed\)\n/);
  assert.match(compared.stdout, /steps\.copy +done +.*in\.txt: 1 line added, 1 line removed, first at line 1/);
  assert.deepEqual([Object.keys(data.inputs), data.same], [['in.txt'], 0]);
});

test('a filter that cannot be and a run that is not there are refused with what there is', async (t) => {
  const { call } = projectIn(t);

  for (const [line, message] of [
    ['runs list --status broken', 'Write one of running, succeeded'],
    ['runs list --verdict good', 'Write one of pass, fail'],
    ['runs list --step train', '--step steps.train'],
    ['runs list --since yesterday', 'no ISO 8601 time'],
    ['runs list --limit few', 'a whole number from 1'],
    ['runs show last', 'the project has no such run'],
    ['runs compare r-20200101-000000-abcd last', 'Run "tidegate runs" for the runs there are'],
  ] as const) {
    const { code, stderr } = await call(line);
    assert.deepEqual([code, stderr.includes(message)], [2, true], `${line}: ${stderr}`);
  }
});
