import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { deployTo, environmentsOf } from '../deploy/environments.ts';
import { listRuns } from '../run/runs.ts';
import { listScores, scoreRows, type ScoreRequest } from './score.ts';
import { makeTestProject, type TestProject, unattended } from '../test-project.ts';
import { shop } from '../test-shop.ts';

test('rows of a file are scored with features as of their moments, as the service answers', async (t) => {
  const project = makeTestProject(t, shop());
  const { release } = await project.run();
  using opened = await project.open();
  await deployTo(opened, 'staging', { release, again: false, reason: 'a test', ...unattended });
  const address = (await environmentsOf(opened)).find(({ name }) => name === 'staging')?.address ?? '';
  // after the last event of the history: then the store online and the datasets know the same
  const at = '2024-01-01T13:20:00Z';
  const rows = [
    { town: 'Ulm', distance: 12 },
    { town: 'Bonn', distance: 3 },
    { town: 'Nowhere', distance: null },
    { town: 'Ulm', distance: 'far' },
  ];
  project.write({
    'rows.csv': `town,distance,moment\n${rows.map(({ town, distance }) => `${town},${distance ?? ''},${at}`).join('\n')}\n`,
  });

  const { receipt } = await scoreRows(opened, { ...requestIn(project), environment: 'staging' });
  const online = await Promise.all(rows.map((row) => ask(address, { at, rows: [row] })));

  assert.deepEqual([receipt.scored, receipt.codes, receipt.environment], [3, { 'TG-SERVING-TYPE': 1 }, 'staging']);
  assert.deepEqual(receipt.moments, {
    from: 'column',
    column: 'moment',
    earliest: '2024-01-01T13:20:00.000Z',
    latest: '2024-01-01T13:20:00.000Z',
  });
  assert.deepEqual(Object.keys(receipt.datasets), ['orders', 'weather']);
  assert.equal(online[3]?.code, 'TG-SERVING-TYPE');
  const [, ...lines] = readFileSync(join(project.root, 'scored.csv'), 'utf8').trimEnd().split('\n');
  assert.deepEqual(
    lines.map((line) => Number(line.split(',')[3])),
    online.slice(0, 3).map((answer) => answer.predictions?.[0]?.prediction),
  );
  assert.match(lines[2] ?? '', /"\{""weather__rain"":""NOT_FOUND""\}"$/);
  assert.deepEqual(
    (await listScores(opened)).map(({ job }) => job),
    [receipt.job],
  );
});

test('data that has arrived since the last run counts once it passes its checks, and is left alone with "pinned"', async (t) => {
  const project = makeTestProject(t, shop());
  await project.run();
  project.write({ 'data/weather.csv': 'town,moment,rain\nUlm,2030-01-01 00:00:00,9\n', 'rows.csv': 'town,distance\nUlm,0\n' });
  using opened = await project.open();
  const request = { ...requestIn(project), asOfMs: Date.UTC(2030, 0, 1, 1) };
  const runs = listRuns(opened).length;

  const pinned = await scoreRows(opened, { ...request, pinned: true });
  const runsThen = listRuns(opened).length;
  const before = predictionIn(project);
  const fresh = await scoreRows(opened, request);
  const after = predictionIn(project);
  const again = await scoreRows(opened, request);

  assert.deepEqual([runsThen, listRuns(opened).length], [runs, runs + 1]);
  assert.notEqual(fresh.receipt.datasets['weather'], pinned.receipt.datasets['weather']);
  assert.equal(after, 9 / 60);
  assert.notEqual(before, after);
  assert.equal(again.outcome, 'unchanged');
});

test('without a release there is nothing to score with', async (t) => {
  const project = makeTestProject(t, shop());
  using opened = await project.open();
  project.write({ 'rows.csv': 'town,distance\nUlm,0\n' });

  await assert.rejects(scoreRows(opened, requestIn(project)), /TG-CLI-NOT-FOUND: Cannot score anything: no run has made a release yet/);
  await assert.rejects(
    scoreRows(opened, { ...requestIn(project), environment: 'staging' }),
    /Cannot score with what is live in "staging": nothing is/,
  );
  await assert.rejects(
    scoreRows(opened, { ...requestIn(project), release: 'abcdef' }),
    /Cannot score "abcdef": the project has no such release/,
  );
});

function requestIn({ root }: TestProject): ScoreRequest {
  const files = {
    input: join(root, 'rows.csv'),
    output: join(root, 'scored.csv'),
    quarantine: join(root, 'quarantine.csv'),
    receipt: null,
  };
  const chosen = { release: null, environment: null, service: null, asOfMs: null, pinned: false, chunkRows: 50_000 };
  return { ...files, ...chosen, progress: () => {}, ...unattended };
}

function predictionIn({ root }: TestProject): number {
  return Number(readFileSync(join(root, 'scored.csv'), 'utf8').split('\n')[1]?.split(',')[2]);
}

interface Answer {
  readonly code?: string;
  readonly predictions?: readonly { readonly prediction: number }[];
}

async function ask(address: string, body: unknown): Promise<Answer> {
  const answer = await fetch(`${address}/v1/predict`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return JSON.parse(await answer.text()) as Answer;
}
