import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LogLine, RunInBrief } from '@tidegate/core';
import { copiesIn } from '../test-copies.ts';

const chatty = `version: 1
project: copies
steps:
  say: { run: sh say.sh, in: [params.yaml], out: { copy: out.yaml } }
`;

test('logs are searched by step and run, and across runs', async (t) => {
  const { call, json, write } = copiesIn(t);
  write({ 'tidegate.yaml': chatty, 'say.sh': 'echo "loss = 0.$1 (a.b)"\necho "warning: $(cat params.yaml)"\ncp params.yaml out.yaml\n' });
  await call('run');
  write({ 'params.yaml': 'depth: 7\n' });
  await call('run');
  const [newest, oldest] = (await json<readonly RunInBrief[]>('runs')).map(({ id }) => id);
  const search = async (line: string): Promise<{ readonly lines: readonly LogLine[]; readonly isCut: boolean }> => json(line);

  const last = await call('log steps.say --grep depth');
  const before = await call('log steps.say --run last-1 --grep depth');
  const all = await search('log --grep /^w[a-z]+:/ --all');
  const text = await search('log steps.say --grep a.b --all --limit 1');
  const whole = await call('log --run last');

  assert.deepEqual([last.stdout, before.stdout], ['2 warning: depth: 7\n', '2 warning: depth: 3\n']);
  assert.deepEqual(
    all.lines.map(({ run, step, line, text: printed }) => [run, step, line, printed]),
    [
      [newest, 'steps.say', 2, 'warning: depth: 7'],
      [oldest, 'steps.say', 2, 'warning: depth: 3'],
    ],
  );
  assert.deepEqual([text.lines.length, text.isCut, all.isCut], [1, true, false]);
  assert.equal(whole.stdout, 'steps.say:1 loss = 0. (a.b)\nsteps.say:2 warning: depth: 7\n');
  assert.equal((await call('log steps.say --grep nothing')).stdout, 'No such line.\n');
});

test('a log that is not there and a pattern that is none are refused', async (t) => {
  const { call } = copiesIn(t);
  await call('run');

  const [none, pattern] = [await call('log steps.other --run last'), await call('log --grep /(/ --all')];

  assert.deepEqual([none.code, pattern.code], [2, 2]);
  assert.match(none.stderr, /"steps\.other" has printed nothing in run r-/);
  assert.match(pattern.stderr, /Cannot search for "\/\(\/": a "\)" is missing/);
});
