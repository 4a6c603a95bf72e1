import assert from 'node:assert/strict';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { RunReplay } from '@tidegate/formats';
import { copiesIn, type Copies } from '../test-copies.ts';

const noisy = `version: 1
project: copies
steps:
  copy: { run: cp params.yaml out.yaml, in: [params.yaml], out: { copy: out.yaml } }
  noise: { run: sh noise.sh, in: [steps.copy/copy], out: { noise: noise.json } }
  after: { run: cp noise.json after.json, in: [steps.noise/noise], out: { after: after.json } }
`;
/** Another millionth each time. */
const noise = 'printf \'{"value": 0.5%s}\' "$(od -An -N3 -tu4 /dev/urandom | tr -d " ")" > noise.json\n'.replace('0.5%s', '0.50000%s');

async function replayOf(copies: Copies, words = 'last'): Promise<RunReplay & { readonly code: number }> {
  const { code, stdout, stderr } = await copies.call(`replay ${words} --json`);
  assert.notEqual(stdout, '', stderr);
  return { ...(JSON.parse(stdout) as RunReplay), code };
}

test('a run of uncommitted changes is rebuilt from what the store has kept of them', async (t) => {
  const copies = copiesIn(t);
  copies.write({ 'params.yaml': 'depth: 4\n' });
  await copies.call('run');
  copies.write({ 'params.yaml': 'depth: 5\n' });

  const { outcome, dirty, place, ...replay } = await replayOf(copies, 'last --keep');

  assert.deepEqual([outcome, dirty, replay.code], ['identical', true, 0]);
  assert.equal(readFileSync(join(place ?? '', 'repository/made/end.yaml'), 'utf8'), 'depth: 4\n');
  rmSync(place ?? assert.fail(), { recursive: true });
});

test('a step that does not repeat is named, with what of it differs; what comes after it is counted', async (t) => {
  const copies = copiesIn(t);
  copies.write({ 'tidegate.yaml': noisy, 'noise.sh': noise });
  copies.commit();
  await copies.call('run');

  const replay = await replayOf(copies);
  const words = await copies.call('replay last');
  const only = await replayOf(copies, 'last --step copy');

  assert.deepEqual([replay.outcome, replay.code, replay.differing], ['different', 3, ['steps.noise', 'steps.after']]);
  assert.deepEqual([replay.first?.step, replay.first?.outputs, replay.first?.key], ['steps.noise', ['noise'], []]);
  assert.match(
    words.stdout,
    /: different\.\n {2}1 step identical, 2 different; verdict none as before\.\n {2}The first that differs: steps\.noise\n {4}other bytes in noise\n/,
  );
  assert.deepEqual([only.outcome, only.steps], ['identical', { identical: 1, withinTolerance: 0, different: 0, notCompared: 2 }]);
});

test('what a step declares stable is the same within tolerance', async (t) => {
  const copies = copiesIn(t);
  copies.write({
    'tidegate.yaml': noisy.replace('noise: noise.json }', 'noise: noise.json }, stable: { noise: { round: 3 } }'),
    'noise.sh': noise,
  });
  copies.commit();
  await copies.call('run');

  const { outcome, code, steps } = await replayOf(copies, 'last --step noise');

  assert.deepEqual([outcome, code, steps.withinTolerance], ['within-tolerance', 0, 1]);
});
