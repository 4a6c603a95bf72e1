import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { complaints, makeTestProject } from '../test-project.ts';
import { shop } from '../test-shop.ts';

test('a model whose input was edited while it was trained is not judged, and says so; the plain rerun judges it', async (t) => {
  const { 'tidegate.yaml': yaml = '', 'train.py': script = '', ...files } = shop();
  const project = makeTestProject(t, {
    ...files,
    'tidegate.yaml': yaml.replace('run: python3 train.py', 'run: python3 train.py, sandbox: false'),
  });
  const edit = `open(${JSON.stringify(join(project.root, 'weight.txt'))}, "w").write("2")\n`;
  project.write({ 'train.py': `${edit}${script}` });

  const first = await project.run();
  const second = await project.run();

  const judged = first.record.steps.find(({ step }) => step === 'models.late');
  assert.equal(judged?.failure?.code, 'TG-MODELS-NOT-KEPT');
  assert.match(judged.failure.message, /Cannot judge the model "late": an input of steps\.train changed while it ran/);
  assert.equal(second.record.status, 'succeeded', complaints(second));
});
