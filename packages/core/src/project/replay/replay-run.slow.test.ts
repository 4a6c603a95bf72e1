import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { complaints, makeTestProject, unattended } from '../test-project.ts';
import { shop } from '../test-shop.ts';
import { replayRun } from './replay-run.ts';
import { replayVerdicts } from './replay-verdicts.ts';

test('a whole run is rebuilt with the data that it had and the champion of its time, and comes to the same verdict', async (t) => {
  const project = makeTestProject(t, shop());
  const first = await project.run({ goal: 'production' });
  assert.equal(first.record.verdict, 'pass', complaints(first));
  project.write({ 'weight.txt': '2' });
  project.commit('Weigh more');
  const { record: run } = await project.run({ goal: 'production' });
  const rows = readFileSync(join(project.root, 'data/orders.csv'), 'utf8');
  writeFileSync(join(project.root, 'data/orders.csv'), rows.split('\n').slice(0, 300).join('\n'));
  project.write({ 'weight.txt': '3' });
  project.commit('Weigh more again');
  await project.run({ goal: 'production' });

  using opened = await project.open();
  const replay = await replayRun(opened, { run: run.id, step: null, keep: false, jobs: 2, ...unattended });

  assert.deepEqual(replay.first, null);
  assert.notEqual(replay.outcome, 'different');
  assert.deepEqual(replay.verdict, { before: run.verdict, after: run.verdict });
  assert.deepEqual([replay.commit, replay.dirty, Object.keys(replay.data)], [run.commit, false, ['orders', 'weather']]);
  assert.deepEqual([replay.steps.different, replay.steps.notCompared], [0, 0]);
});

test('a run is judged again by what it was judged against, whatever the state has forgotten since', async (t) => {
  const carrying = 'gate: { min: { auc: 0.3 }, primary: { metric: auc, margin: 0.5 }, baseline: { primary: carry } }';
  const files = shop();
  const project = makeTestProject(t, {
    ...files,
    'tidegate.yaml': (files['tidegate.yaml'] ?? '').replace('gate: { min: { auc: 0.3 }, primary: { metric: auc, margin: 0.5 } }', carrying),
  });
  const first = await project.run({ goal: 'production' });
  assert.equal(first.record.verdict, 'pass', complaints(first));
  project.write({ 'weight.txt': '2' });
  project.commit('Weigh more');
  const { record: run } = await project.run({ goal: 'production' });
  const carried = run.steps.flatMap(({ evidence }) => evidence).find(({ name }) => name === 'primary.auc');
  assert.match(carried?.reason ?? '', /carried from when the champion was let through/);

  using opened = await project.open();
  for (const table of ['result', 'model_version']) opened.state.prepare(`DELETE FROM ${table}`).run();
  const replay = await replayRun(opened, { run: run.id, step: null, keep: false, jobs: 2, ...unattended });

  assert.deepEqual(replay.first, null);
  assert.notEqual(replay.outcome, 'different');
  assert.deepEqual(replay.verdict, { before: run.verdict, after: run.verdict });
  const { steps } = await replayVerdicts(opened, run.id);
  assert.deepEqual(
    steps.map(({ step, differing, lacks }) => [step, differing, lacks]),
    [
      ['models.late', [], null],
      ['trials.delivery-api', [], null],
    ],
  );
  assert.ok((steps[0]?.replayed ?? 0) > 5);
});

test('a run with a secret is replayed with the value of now: the same one gives the same, another one is found out, and neither is told', async (t) => {
  const steps = 'steps: { use: { run: sh use.sh, in: use.sh, out: { hash: hash.txt }, variables: { TOKEN: { secret: REPLAYED } } } }';
  const project = makeTestProject(t, {
    'tidegate.yaml': `version: 1\nproject: secretive\n${steps}\n`,
    'use.sh': 'printf %s "$TOKEN" | sha256sum > hash.txt\n',
  });
  const withValue = async <T>(value: string, act: () => Promise<T>): Promise<T> => {
    process.env['TIDEGATE_SECRET_REPLAYED'] = value;
    return act().finally(() => delete process.env['TIDEGATE_SECRET_REPLAYED']);
  };
  const [value, other] = ['correct horse battery', 'another horse battery'];
  const { record } = await withValue(value, () => project.run());
  const replayNow = async (): Promise<Awaited<ReturnType<typeof replayRun>>> => {
    using opened = await project.open();
    return await replayRun(opened, { run: record.id, step: null, keep: false, jobs: 1, ...unattended });
  };

  const same = await withValue(value, replayNow);
  const changed = await withValue(other, replayNow);

  assert.equal(record.status, 'succeeded');
  assert.equal(same.outcome, 'identical');
  assert.deepEqual([changed.outcome, changed.first?.step], ['different', 'steps.use']);
  assert.doesNotMatch(JSON.stringify([record, same, changed]), /horse/);
  assert.equal((await replayNow()).first?.failure?.code, 'TG-SECRETS-MISSING');
});
