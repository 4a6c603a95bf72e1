import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ProjectRun } from '../run/run-project.ts';
import { complaints, makeTestProject } from '../test-project.ts';
import { definitions, shop } from '../test-shop.ts';

/** The shop with one environment: where a champion has been tried before it went live says nothing here. */
const files = {
  ...shop(),
  'tidegate.yaml': (shop()['tidegate.yaml'] ?? '').replace(/^ {2}staging.*\n/m, '').replace(', after: staging', ''),
};

test('a champion is compared on the same rows when the candidate no longer reads one of its datasets', async (t) => {
  const project = makeTestProject(t, files);
  const first = await project.run({ goal: 'production' });
  project.write({ 'features/delivery.yaml': definitions(['load']), 'weight.txt': '2' });
  project.commit('Load instead of weather');

  const second = await project.run({ goal: 'production' });
  const again = await project.run({ goal: 'production' });

  assert.equal(first.live.length, 1, complaints(first));
  assert.match(championOf(second), /pass: Both models are judged by the same 201 rows of 201/);
  assert.equal(second.live.length, 1, complaints(second));
  assert.deepEqual(ran(again), [], 'the promotion changed what the same commit is compared with');
});

test('a dataset that is no longer declared is the version that the champion was trained on', async (t) => {
  const project = makeTestProject(t, files);
  await project.run({ goal: 'production' });
  const declared = files['tidegate.yaml'];
  project.write({
    'features/delivery.yaml': definitions(['load']),
    'weight.txt': '2',
    'tidegate.yaml': declared.replace(/^ {2}weather: .*\n/m, ''),
  });
  project.remove('data/weather.csv');

  const second = await project.run();

  assert.match(championOf(second), /pass: Both models are judged by the same 201 rows of 201/);
});

function championOf({ record }: ProjectRun): string {
  const found = record.steps.flatMap((step) => step.evidence).find(({ name }) => name === 'validity.champion');
  return found === undefined ? 'no comparison' : `${found.verdict}: ${found.reason}`;
}

function ran({ record }: ProjectRun): readonly string[] {
  return record.steps.filter(({ status }) => status !== 'hit').map(({ step }) => step);
}
