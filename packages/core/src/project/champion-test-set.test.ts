import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ProjectRun } from './run-project.ts';
import { complaints, makeTestProject } from './test-project.ts';
import { definitions, shop } from './test-shop.ts';

test('a champion is compared on the same rows when the candidate no longer reads one of its datasets', async (t) => {
  const project = makeTestProject(t, shop());
  const first = await project.run({ goal: 'production' });
  project.write({ 'features/delivery.yaml': definitions(['load']), 'weight.txt': '2' });
  project.commit('Load instead of weather');

  const second = await project.run({ goal: 'production' });
  const again = await project.run({ goal: 'production' });

  assert.equal(first.live.length, 2, complaints(first));
  assert.match(championOf(second), /pass: Both models are judged by the same 201 rows of 201/);
  assert.equal(second.live.length, 2, complaints(second));
  assert.deepEqual(ran(again), [], 'the promotion changed what the same commit is compared with');
});

test('a dataset that is no longer declared is the version that the champion was trained on', async (t) => {
  const project = makeTestProject(t, shop());
  await project.run({ goal: 'production' });
  const declared = shop()['tidegate.yaml'] ?? '';
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
