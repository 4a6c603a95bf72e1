import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stepName } from '@tidegate/formats';
import { deploymentsOf } from '../deploy/environments.ts';
import { complaints, makeTestProject, unattended } from '../test-project.ts';
import { shop } from '../test-shop.ts';
import { forgetRows, type ForgottenRowsReport } from './forget-rows.ts';

const declared = shop()['tidegate.yaml'] ?? '';
const files = {
  ...shop(),
  '.gitignore': 'build/\nmodel.py\ntables/\n',
  'tidegate.yaml': declared.replace('data/orders.csv } }', 'data/orders.csv }, table: { key: id } }'),
};

test('models that were trained on a version with the rows are named with where they are live, stay live, and are made anew by the next run', async (t) => {
  const at = makeTestProject(t, files);
  const first = await at.run({ goal: 'production' });
  assert.equal(first.live.length, 2, complaints(first));
  const [old] = first.live;

  const dry = await forget(await at.open(), true);
  const report = await forget(await at.open(), false);

  for (const { models, steps } of [dry, report]) {
    assert.deepEqual(
      models.map(({ model, as, live }) => ({ model, as, live: live.toSorted() })),
      [{ model: 'late', as: 'trained', live: ['production', 'staging'] }],
    );
    for (const step of ['data.orders', 'features.delivery', 'models.late', 'steps.train']) assert.ok(steps.includes(step), step);
  }
  assert.deepEqual(report.tombstone?.models, report.models);
  {
    using project = await at.open();
    assert.equal(deploymentsOf(project).at(-1)?.release, old?.release, 'what is live stays');
    for (const { release } of first.live) assert.notEqual(await project.store.readJson(release), null);
    const made = first.record.steps.find(({ step }) => step === 'references.delivery-api')?.outputs ?? {};
    const kept = Object.entries(made).map(async ([output, { digest }]) => [output, await project.objects.has(digest)] as const);
    assert.deepEqual(
      Object.fromEntries(await Promise.all(kept)),
      { reference: true, profile: true, sample: false },
      'counts stay with what is live, and the rows that were kept beside them go',
    );
  }

  at.commit('Pin what is left');
  const second = await at.run({ goal: 'production' });

  assert.equal(second.live.length, 2, complaints(second));
  const ran = second.record.steps.filter(({ status }) => status === 'done').map(({ step }) => step);
  for (const step of ['data.orders', 'features.delivery', 'steps.train', 'models.late'])
    assert.ok(ran.includes(stepName(step)), `${step} ran again`);
  assert.ok(!ran.includes(stepName('data.weather')), 'what did not read the rows is a hit');
  const trained = second.record.steps.find(({ step }) => step === 'data.orders');
  assert.equal(trained?.facts['rows'], 399);
  assert.equal(trained?.facts['forgottenRows'], 1);
});

test('of rows that are held out the model is named as judged on them and not as trained, and the other way round', async (t) => {
  const at = makeTestProject(t, {
    'tidegate.yaml': `version: 1
project: held
data: { people: { from: { files: people.csv }, table: { key: id }, holdout: 20% } }
steps: { train: { run: python3 train.py, in: [data.people], out: { model: model.py } } }
models: { late: { artifact: steps.train.model, evaluate: { on: data.people, label: late, metrics: [auc] }, gate: { min: { auc: 0.0 } } } }
`,
    '.gitignore': 'build/\nmodel.py\ntables/\n',
    'people.csv': `id,age,late\n${Array.from({ length: 200 }, (_, id) => `${id},${(id * 37) % 90},${id % 3 === 0}`).join('\n')}\n`,
    'train.py': `open("model.py", "w").write("def predict(rows):\\n    records = rows.to_dict('records') if hasattr(rows, 'to_dict') else rows\\n    return [min(1.0, (row['age'] or 0) / 100) for row in records]\\n")\n`,
  });
  const run = await at.run();
  assert.equal(run.record.status, 'succeeded', complaints(run));

  const asked: string[] = [];
  for (const id of Array.from({ length: 12 }, (_, index) => String(index))) {
    using project = await at.open();
    const { models } = await forgetRows(project, 'people', {
      words: [`id=${id}`],
      file: null,
      reason: null,
      dryRun: true,
      ...unattended,
      progress: () => {},
    });
    assert.equal(models.length, 1);
    asked.push(models[0]?.as ?? '');
  }

  assert.deepEqual([...new Set(asked)].toSorted(), ['evaluated', 'trained']);
  assert.ok(asked.filter((as) => as === 'trained').length > asked.length / 2);
});

async function forget(
  project: Awaited<ReturnType<ReturnType<typeof makeTestProject>['open']>>,
  dryRun: boolean,
): Promise<ForgottenRowsReport> {
  using open = project;
  return await forgetRows(open, 'orders', { words: ['id=o5'], file: null, reason: null, dryRun, ...unattended, progress: () => {} });
}
