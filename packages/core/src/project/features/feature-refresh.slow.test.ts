import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { seededRandom } from '@tidegate/runtime';
import { refreshFeatures } from './feature-refresh.ts';
import { onlineStoreFile } from './online-store.ts';
import { makeTestProject, type TestProject, unattended } from '../test-project.ts';
import { shop } from '../test-shop.ts';

const kills = 12;
const { signal } = unattended;

test('a refresh that is killed at any moment leaves a store from which the next one goes on, as if none had been killed', async (t) => {
  const files = shop();
  const settings = (files['tidegate.yaml'] ?? '').replaceAll('.csv }', '*.csv }, time: moment');
  const definitions = (files['features/delivery.yaml'] ?? '')
    .replace('time: moment }', 'time: moment, lookback: 1h }\n  load: { entity: town, sql: load.sql, time: moment }')
    .replace('views: [weather]', 'views: [weather, load]');
  const made = makeTestProject(t, { ...files, 'tidegate.yaml': settings, 'features/delivery.yaml': definitions });
  await made.run({ only: ['data.orders', 'data.weather'] });
  using project = await made.open();
  const random = seededRandom(7);
  const outcomes = new Map<string, number>();
  let child: ChildProcess | null = null;
  t.after(() => child?.kill('SIGKILL'));

  for (let kill = 0; kill < kills; kill++) {
    const nowMs = Date.UTC(2024, 0, 2, 0, kill);
    child ??= await startChild(made, nowMs);
    arrive(made, kill);
    child.send(nowMs);
    const done = once(child, 'message');
    // some end before the kill, on a fast machine as on a slow one
    const outcome = await Promise.race([done.then(() => 'ended'), wait(random.below(150)).then(() => 'killed')]);
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    if (outcome === 'killed') {
      child.kill('SIGKILL');
      await once(child, 'exit');
      child = null;
    }

    const { views } = await refreshFeatures(project, { nowMs, signal, full: true });

    assert.deepEqual(
      views.map(({ view, differing }) => [view, differing]),
      [
        ['weather', 0],
        ['load', 0],
      ],
    );
    assert.equal(integrity(onlineStoreFile(project)), 'ok');
  }
  t.diagnostic(JSON.stringify([...outcomes]));
});

async function startChild({ root }: TestProject, nowMs: number): Promise<ChildProcess> {
  const child = fork(join(import.meta.dirname, 'fixtures/refresh.ts'), [root, String(nowMs)], {
    env: { ...process.env, TIDEGATE_HOME: join(root, '../home') },
  });
  await once(child, 'message');
  return child;
}

/** Rows of some minutes later, a late one, and a file that is replaced; each appears whole. */
function arrive(made: TestProject, step: number): void {
  const minute = (offset: number): string => new Date(Date.UTC(2024, 0, 1, 20, step + offset)).toISOString().slice(0, 19);
  const weather = [`Ulm,${minute(0)},${step % 9}`, `Bonn,${minute(-30)},${step % 7}`, `Town${step},${minute(0)},1`];
  write(made, `data/weather-${step % 4}.csv`, `town,moment,rain\n${weather.join('\n')}\n`);
  write(made, `data/orders-${step % 3}.csv`, `id,moment,town,distance,late\nn${step},${minute(1)},Ulm,3,true\n`);
}

function write(made: TestProject, path: string, text: string): void {
  made.write({ '.tmp-arrival': text });
  renameSync(join(made.root, '.tmp-arrival'), join(made.root, path));
}

function integrity(file: string): unknown {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    return database.prepare('PRAGMA integrity_check').get()?.['integrity_check'];
  } finally {
    database.close();
  }
}
