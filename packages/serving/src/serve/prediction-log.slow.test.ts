import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { compactLog, type CompactedSegment, openEngine, predictionsQuery, type Row } from '@tidegate/runtime';
import { casesOf, makeRelease } from './test-release.ts';
import { startServer, type TestServer } from './test-server.ts';

const keep = 1 << 30;

test('what was answered is in the log under the ids the caller got', async (t) => {
  const { server, folder, rows } = await served(t);

  const answers = await ask(server, rows.slice(0, 3));
  await server.stop();

  const logged = await predictions(folder);
  assert.deepEqual(
    logged.map((row) => row['id']),
    answers.map(({ id }) => id),
  );
  assert.deepEqual(
    logged.map((row) => [row['prediction'], row['label']]),
    answers.map(({ prediction, label }) => [prediction, label]),
  );
  for (const [index, row] of logged.entries())
    for (const [name, value] of Object.entries(rows[index] ?? {})) assert.equal(row[`input.${name}`], value);
  assert.match(String(answers[0]?.id), /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test('a segment that ended is written as Parquet, and what is read stays the same', async (t) => {
  const { server, folder, rows } = await served(t);
  await ask(server, rows.slice(0, 5));
  await server.stop();
  const before = await predictions(folder);

  // the server has a process of its own for it, which may be quicker than this one
  while ((await readdir(join(folder, 'segments'))).length > 0) if ((await compactLog(folder, keep)) === null) await delay(20);

  const [told = '', ...more] = (await readFile(join(folder, 'segments.jsonl'), 'utf8')).trim().split('\n');
  const { rows: count, inOrder, tornBytes } = JSON.parse(told) as CompactedSegment;
  assert.deepEqual({ count, inOrder, tornBytes, more }, { count: 5, inOrder: true, tornBytes: 0, more: [] });
  assert.deepEqual(await predictions(folder), before);
});

test('a killed server loses at most its last second, and that is said', async (t) => {
  const { server, folder, rows, start } = await served(t);
  const early = await ask(server, rows.slice(0, 2));
  await untilWritten(server, 2);
  const late = await ask(server, rows.slice(2, 4));
  await server.kill();

  const next = await start();
  const told = /was killed: (\d+) rows are there, those of its last second may be missing/;
  const said = (): string => server.log() + next.log(); // a process that the killed one has started may compact, too
  while (!told.test(said())) await delay(20);

  const ids = (await predictions(folder)).map((row) => row['id']);
  assert.deepEqual(
    ids.slice(0, 2),
    early.map(({ id }) => id),
  );
  assert.ok(ids.slice(2).every((id) => late.some((answer) => answer.id === id)));
  assert.equal(Number(told.exec(said())?.[1]), ids.length);
});

test('a personal field is never in the log in clear, and equal values stay equal', async (t) => {
  const { server, folder, rows } = await served(t, ['--log-personal', '["place_0"]']);
  const [row = {}] = rows;
  const secret = String(row['place_0']);

  await ask(server, [row, row, { ...row, place_0: rows[1]?.['place_2'] ?? '' }]);
  await server.stop();

  const values = (await predictions(folder)).map((logged) => logged['input.place_0']);
  assert.match(String(values[0]), /^[0-9a-f]{32}$/);
  assert.equal(values[0], values[1]);
  assert.notEqual(values[0], values[2]);
  for (const file of await readdir(join(folder, 'segments')))
    assert.ok(!(await readFile(join(folder, 'segments', file), 'utf8')).includes(`"place_0":${JSON.stringify(secret)}`));
});

test('metrics say how many rows were logged', async (t) => {
  const { server, rows } = await served(t);
  await ask(server, rows.slice(0, 4));

  await untilWritten(server, 4);
});

test('a sample of no entity logs nothing', async (t) => {
  const { server, folder, rows } = await served(t, ['--log-sample', '0']);
  await ask(server, rows.slice(0, 4));
  await server.stop();

  assert.equal(await predictionsQuery(folder), null);
});

interface Served {
  readonly server: TestServer;
  readonly start: () => Promise<TestServer>;
  readonly folder: string;
  readonly rows: readonly { readonly [field: string]: string | number | boolean | null }[];
}

async function served(t: TestContext, options: readonly string[] = []): Promise<Served> {
  const release = await makeRelease({ file: 'binary.onnx', flavor: 'onnx' });
  const folder = await mkdtemp(join(tmpdir(), 'tidegate-predictions-'));
  const servers: TestServer[] = [];
  const start = async (): Promise<TestServer> => {
    const server = await startServer(['--release', release.folder, '--log', folder, ...options]);
    servers.push(server);
    return server;
  };
  t.after(async () => {
    await Promise.all(servers.map((server) => server.kill()));
    await Promise.all(servers.map((server) => server.allEnded)); // what compacts the log writes to the folder
    await release.remove();
    await rm(folder, { recursive: true, force: true });
  });
  return { server: await start(), start, folder, rows: (await casesOf('binary')).rows };
}

async function untilWritten(server: TestServer, rows: number): Promise<void> {
  const written = `tidegate_prediction_log_rows_total{outcome="written"} ${rows}\n`;
  while (!(await (await fetch(`${server.address}/metrics`)).text()).includes(written)) await delay(20);
}

interface Answered {
  readonly id: string;
  readonly prediction: number;
  readonly label: string;
}

async function ask(server: TestServer, rows: Served['rows']): Promise<readonly Answered[]> {
  const answer = await fetch(`${server.address}/v1/predict`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ rows }),
  });
  assert.equal(answer.status, 200);
  const { predictions: answered } = (await answer.json()) as { readonly predictions: readonly Answered[] };
  return answered;
}

async function predictions(folder: string): Promise<readonly Row[]> {
  const query = await predictionsQuery(folder);
  if (query === null) return [];
  using engine = await openEngine();
  return await engine.rows(`${query} ORDER BY id`); // before the engine is closed
}
