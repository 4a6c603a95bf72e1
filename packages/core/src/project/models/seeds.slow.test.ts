import assert from 'node:assert/strict';
import { test } from 'node:test';
import { digest, type Evaluation } from '@tidegate/formats';
import { complaints, makeTestProject } from '../test-project.ts';
import { shop } from '../test-shop.ts';

const { 'tidegate.yaml': yaml = '', 'train.py': train = '', ...files } = shop();

function seeded(
  seeds: string,
  script = train.replace(
    'weight = open("weight.txt").read().strip()',
    'import os, random\nweight = 3 * random.Random(int(os.environ["TIDEGATE_SEED"])).random()',
  ),
) {
  return { ...files, 'tidegate.yaml': yaml.replace('metrics: [auc] }', `metrics: [auc], seeds: ${seeds} }`), 'train.py': script };
}

test('a model is trained with several seeds, each cached by itself; the first is judged and published, and the spread is told', async (t) => {
  const project = makeTestProject(t, seeded('4'));

  const first = await project.run({ goal: 'gate' });
  project.write({ 'tidegate.yaml': yaml.replace('metrics: [auc] }', 'metrics: [auc], seeds: 5 }') });
  const second = await project.run({ goal: 'gate' });

  assert.equal(first.record.verdict, 'pass', complaints(first));
  const trainings = ({ record }: typeof first) =>
    record.steps.flatMap(({ step, status }) => (/^(steps|seeds)\./.test(step) ? [`${step} ${status}`] : [])).toSorted();
  assert.deepEqual(trainings(first), ['seeds.train-2 done', 'seeds.train-3 done', 'seeds.train-4 done', 'steps.train done']);
  assert.deepEqual(trainings(second), [
    'seeds.train-2 hit',
    'seeds.train-3 hit',
    'seeds.train-4 hit',
    'seeds.train-5 done',
    'steps.train hit',
  ]);
  const step = first.record.steps.find(({ step: name }) => name === 'models.late');
  const told = step?.evidence.find(({ name }) => name === 'seeds.auc');
  assert.match(
    told?.reason ?? '',
    /^auc over 4 seeds is 0\.\d+ on average, with a standard deviation of 0\.\d+, 0\.\d+ to 0\.\d+; that of the model that is judged, of seed 1, is 0\.\d+$/,
  );
  using opened = await project.open();
  const evaluation = (await opened.store.readJson(digest(step?.outputs['evaluation']?.digest ?? ''))) as unknown as Evaluation;
  const [spread] = evaluation.seeds ?? [];
  assert.deepEqual(
    spread?.values.map(({ seed }) => seed),
    [1, 2, 3, 4],
  );
  assert.equal(new Set(spread?.values.map(({ value }) => value)).size > 1, true);
  assert.equal(spread?.values[0]?.value, evaluation.metrics.find(({ name }) => name === 'auc')?.value);
});

test('a training that does not use its seed is told', async (t) => {
  const project = makeTestProject(t, seeded('2', train));

  const ran = await project.run({ goal: 'gate' });

  const told = ran.record.steps.flatMap(({ evidence }) => evidence).find(({ name }) => name === 'seeds');
  assert.match(
    told?.reason ?? complaints(ran),
    /^All 2 trainings made the same file: the training does not use the variable TIDEGATE_SEED/,
  );
});
