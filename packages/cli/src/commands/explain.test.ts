import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Explained, RunInBrief } from '@tidegate/core';
import { copiesIn } from '../test-copies.ts';

test('a step is explained by what changed since its nearest earlier result, or since a run that is named', async (t) => {
  const { call, write } = copiesIn(t);
  for (const depth of [3, 4, 5]) {
    write({ 'params.yaml': `depth: ${depth}\n` });
    await call('run');
  }
  write({ 'params.yaml': 'depth: 6\n' });

  const nearest = await call('explain steps.copy');
  const asked = await call('explain steps.copy --run last --against last-2');
  const compared = await call('runs compare last-2 last');

  assert.match(nearest.stdout, /Since its result of run r-\S+: params\.yaml: depth 4 → 5\.\n/);
  assert.match(nearest.stdout, /Now it would run: params\.yaml: depth 5 → 6\.\n/);
  assert.match(asked.stdout, /: params\.yaml: depth 3 → 5\.\n/);
  assert.doesNotMatch(asked.stdout, /Now/);
  assert.match(compared.stdout, /steps\.copy +done .* params\.yaml: depth 3 → 5\n/);
});

test('a run is explained by the steps that ran, and by where the other results come from', async (t) => {
  const { call, json, write } = copiesIn(t);
  await call('run');
  const [first] = await json<readonly RunInBrief[]>('runs');
  write({ 'params.yaml': '# the same once it is copied\ndepth: 3\n' });
  await call('run steps.copy');
  await call('run');
  await call('run');

  const told = await call('explain last');
  const second = await json<Explained>('explain last-1');
  const unchanged = (await json<readonly RunInBrief[]>('runs')).map(({ id }) => id);

  assert.equal(
    told.stdout,
    [
      `${unchanged[0]} succeeded in X`,
      `steps.copy unchanged, from run ${unchanged[2]}`,
      `steps.again unchanged, from run ${unchanged[1]}`,
      '',
    ]
      .join('\n')
      .replace('X', /in (.*)\n/.exec(told.stdout)?.[1] ?? ''),
  );
  assert.equal(second.kind, 'run');
  assert.deepEqual(
    second.kind === 'run' && [
      second.steps.map(({ explanation }) => explanation.step),
      second.hits.map(({ steps }) => steps),
      second.run.id,
    ],
    [['steps.again'], [['steps.copy']], unchanged[1]],
  );
  assert.notEqual(first?.id, unchanged[2]);
});

test('an artifact is explained by its path, its output and its digest: who made it from what, where it is', async (t) => {
  const { call, json, write } = copiesIn(t);
  await call('run');
  type Artifact = Extract<Explained, { kind: 'artifact' }>;
  const byPath = await json<Artifact>('explain made/end.yaml');

  const byOutput = await json<Artifact>('explain steps.again/end');
  const byDigits = await json<Artifact>(`explain ${byPath.digest.slice(7, 19)}`);
  write({ 'made/end.yaml': 'edited by hand\n' });
  const edited = await call('explain ./made/end.yaml');

  assert.deepEqual(byOutput, byPath);
  assert.deepEqual(
    [byDigits.kind, byDigits.digest, byDigits.path, byDigits.makings],
    ['artifact', byPath.digest, 'out.yaml', byPath.makings],
  );
  assert.deepEqual(
    byPath.makings.map(({ step, output, run }) => [step, output, run === byPath.runs[0]]),
    [
      ['steps.copy', 'copy', true],
      ['steps.again', 'end', true],
    ],
  );
  assert.deepEqual([byPath.path, byPath.inTree, byPath.readBy, byPath.runs.length], ['made/end.yaml', 'same', ['steps.again'], 1]);
  assert.match(
    edited.stdout,
    /^\S+ 9 B, made\/end\.yaml \(the file there is another one now\)\n {2}Made as steps\.copy\/copy in run [^]*\n {2}Made again, to the same bytes, as steps\.again\/end in run /,
  );
});

test('what is no step, run or artifact is refused, with who reads it where it is a file of the project', async (t) => {
  const { call } = copiesIn(t);
  const made = await call('explain made/end.yaml');
  await call('run');

  for (const [line, message] of [
    ['explain params.yaml', 'no step makes it, it is a file that steps.copy reads'],
    ['explain nothing.txt', 'it is no step, run or artifact of the project'],
    ['explain 0123456789', 'it is no step, run or artifact of the project'],
    ['explain steps.copy --run last-7', 'the project has no such run'],
    ['explain steps.copy --against r-20200101-000000-abcd', 'the project has no such run'],
  ] as const) {
    const { code, stderr } = await call(line);
    assert.deepEqual([code, stderr.includes(message)], [2, true], `${line}: ${stderr}`);
  }
  assert.match(made.stderr, /"steps\.again" has not made it yet\n.*tidegate run steps\.again/);
});
