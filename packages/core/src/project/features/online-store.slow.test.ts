import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Digest } from '@tidegate/formats';
import { openSqliteOnlineStore } from '@tidegate/runtime';
import { deployTo, rollBack } from '../deploy/environments.ts';
import { listFeatures, materialiseFeatures } from './feature-views.ts';
import { rm } from '../../platform/index.ts';
import { onlineStoreFile } from './online-store.ts';
import { complaints, makeTestProject, type TestProject, unattended } from '../test-project.ts';
import { definitions, shop } from '../test-shop.ts';

test('the online store keeps the views of the live release and of the one before it, and gets back those of an older one', async (t) => {
  const project = makeTestProject(t, oneEnvironment());
  const weather = await deployWith(project, ['weather']);
  const load = await deployWith(project, ['load']);
  const both = await deployWith(project, ['load', 'weather'], 'SELECT town, moment, rain + 1 AS rain FROM weather');

  const kept = await storedViews(project);
  const back = await again(project, weather.release);

  assert.deepEqual(kept, [...new Set([...load.views, ...both.views])].toSorted());
  assert.ok(!weather.views.some((view) => kept.includes(view)), 'the view of the oldest release is still there');
  assert.deepEqual(back, [...new Set([...weather.views, ...both.views])].toSorted(), 'what the old release looks up is not there');
});

test('filling a store that was lost brings back what is looked up now and after a rollback', async (t) => {
  const project = makeTestProject(t, oneEnvironment());
  const weather = await deployWith(project, ['weather']);
  const load = await deployWith(project, ['load']);
  using opened = await project.open();
  await rm(onlineStoreFile(opened));

  await materialiseFeatures(opened, { at: null, ...unattended });
  const filled = await storedViews(project);
  await rollBack(opened, 'production', { service: null, reason: 'a test', ...unattended });

  assert.deepEqual(filled, [...load.views, ...weather.views].toSorted(), 'a rollback would look up both');
  assert.deepEqual(await storedViews(project), filled);
});

function oneEnvironment(): { readonly [path: string]: string } {
  const files = shop();
  const declared = files['tidegate.yaml'] ?? '';
  return { ...files, 'tidegate.yaml': declared.replace(/environments:[^]*$/, 'environments: { production: { target: local } }\n') };
}

interface Deployed {
  readonly release: Digest;
  readonly views: readonly Digest[];
}

let weight = 1;

async function deployWith(project: TestProject, views: readonly string[], weatherSql?: string): Promise<Deployed> {
  project.write({
    'features/delivery.yaml': definitions(views),
    'weight.txt': String((weight += 1)),
    ...(weatherSql !== undefined && { 'features/weather.sql': weatherSql }),
  });
  project.commit(`Features of ${views.join(', ')}`);
  const run = await project.run({ goal: 'production' });
  const [live] = run.live;
  assert.ok(live !== undefined, complaints(run));
  using opened = await project.open();
  const [service] = await listFeatures(opened);
  return { release: live.release, views: (service?.record?.service.views ?? []).map(({ version }) => version).toSorted() };
}

async function again(project: TestProject, release: Digest): Promise<readonly Digest[]> {
  using opened = await project.open();
  await deployTo(opened, 'production', { release, again: true, reason: 'a test', ...unattended });
  return await storedViews(project);
}

async function storedViews(project: TestProject): Promise<readonly Digest[]> {
  using opened = await project.open();
  const online = openSqliteOnlineStore(onlineStoreFile(opened));
  try {
    return (await online.views()).filter(({ entities }) => entities > 0).map(({ version }) => version);
  } finally {
    online.close();
  }
}
