import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Digest, Signature } from '@tidegate/formats';
import { type Engine, openEngine, quoteText } from '@tidegate/runtime';
import { digestOfFile, mkdtemp, rm, tmpdir } from '../platform/index.ts';
import { type PredictionsRequest, writePredictions } from './predictions.ts';
import { readScoredRows } from './scored-rows.ts';
import type { TestSet } from './test-set.ts';

const trainedOn = `sha256:${'a'.repeat(64)}` as Digest;
const signature: Signature = { task: 'binary', inputs: [], classes: ['no', 'yes'] };

/** Six rows: the fourth without a label, the third without a town. */
const rows =
  "SELECT * FROM (VALUES ('f0', 'no', 'b'), ('f1', 'yes', 'a'), ('f2', 'no', NULL), ('f3', NULL, 'a'), ('f4', 'yes', 'a'), ('f5', 'no', 'b')) r(flight, late, town)";
const scores = (first: number): string => `SELECT i AS row, ${first} + i / 10.0 AS prediction FROM range(6) r(i)`;

interface Desk {
  readonly engine: Engine;
  readonly table: (name: string, select: string) => Promise<string>;
  readonly request: (changes: Partial<PredictionsRequest>) => Promise<PredictionsRequest>;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
}

async function openDesk(training: string): Promise<Desk> {
  const folder = await mkdtemp(join(tmpdir(), 'tidegate-predictions-'));
  const engine = await openEngine({ threads: 2 });
  const table: Desk['table'] = async (name, select) => {
    const path = join(folder, `${name}.parquet`);
    await engine.run(`COPY (${select}) TO ${quoteText(path)} (FORMAT parquet)`);
    return path;
  };
  const testSet: TestSet = {
    digest: trainedOn,
    path: await table('test', rows),
    columns: ['flight', 'late', 'town'],
    available: [],
    withheld: [],
    time: null,
    id: 'flight',
    personal: new Set(),
    identity: 'CAST(t."flight" AS VARCHAR)',
    trainingSet: async () => training,
    trainedOn,
    features: null,
  };
  return {
    engine,
    table,
    request: async (changes) => ({
      testSet,
      evaluate: { label: 'late', slices: ['town'] },
      task: 'binary',
      output: await table('candidate', scores(0.1)),
      champion: null,
      to: join(folder, 'predictions.parquet'),
      ...changes,
    }),
    [Symbol.asyncDispose]: async () => {
      engine[Symbol.dispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const reading = { signature, slices: ['town'], custom: [], hasIds: true, hasChampion: true };

test('rows without a label are left out, slices are told by value, rows trained on are counted', async () => {
  await using desk = await openDesk("SELECT 'f1' AS flight UNION ALL SELECT 'elsewhere'");
  const request = await desk.request({});

  await writePredictions(desk.engine, request);
  const scored = await readScoredRows(desk.engine, request.to, { ...reading, hasChampion: false });

  assert.deepEqual([...scored.candidate.truth], [0, 1, 0, 1, 0]);
  assert.deepEqual(
    [...scored.candidate.prediction].map((value) => value.toFixed(1)),
    ['0.1', '0.2', '0.3', '0.5', '0.6'],
  );
  assert.deepEqual(
    scored.slices.map(({ value, rows: members }) => [value, ...members]),
    [
      ['a', 1, 3],
      ['b', 0, 4],
      ['(missing)', 2],
    ],
  );
  assert.equal(scored.champion, null);
  assert.deepEqual([scored.counts.all, scored.counts.withoutLabel, scored.counts.repeatedIds, scored.counts.trainedOn], [6, 1, 0, 1]);
});

test("a champion's own rows are matched by id in whatever order, and what it was trained on is not compared", async () => {
  await using desk = await openDesk("SELECT 'nothing' AS flight");
  // its own set lacks f5 and comes backwards
  const ownSet = await desk.table('own', `SELECT * FROM (${rows}) WHERE flight <> 'f5' ORDER BY flight DESC`);
  const output = await desk.table('champion', 'SELECT i AS row, (4 - i) / 10.0 AS prediction FROM range(5) r(i)');
  const request = await desk.request({ champion: { output, ownSet, trainingSet: "SELECT 'f2' AS flight" } });

  await writePredictions(desk.engine, request);
  const scored = await readScoredRows(desk.engine, request.to, reading);

  assert.deepEqual(
    [...(scored.champion?.prediction ?? [])].map((value) => value.toFixed(1)),
    ['0.0', '0.1', '0.2', '0.4', 'NaN'],
  );
  assert.deepEqual([...scored.comparable], [0, 1, 3]);
  assert.deepEqual(scored.counts.champion, { unmatched: 1, withoutPrediction: 0, trainedOn: 1 });
});

test('a label that is no class, a repeated id and a prediction that is no number are each counted', async () => {
  await using desk = await openDesk("SELECT 'nothing' AS flight");
  const { testSet } = await desk.request({});
  const path = await desk.table('odd', rows.replace("'f5', 'no'", "'f0', 'maybe'"));
  const output = await desk.table(
    'scores',
    "SELECT i AS row, CASE WHEN i = 1 THEN 'NaN'::DOUBLE ELSE 0.5 END AS prediction FROM range(6) r(i)",
  );
  const request = await desk.request({ testSet: { ...testSet, path }, output });

  await writePredictions(desk.engine, request);
  const { counts } = await readScoredRows(desk.engine, request.to, reading);

  assert.deepEqual(counts.unknownLabel, { rows: 1, example: 'maybe' });
  assert.deepEqual([counts.repeatedIds, counts.withoutPrediction], [1, 1]);
});

test('the same rows give the same bytes', async () => {
  await using desk = await openDesk("SELECT 'f1' AS flight");
  const request = await desk.request({});

  await writePredictions(desk.engine, request);
  const first = await digestOfFile(request.to);
  await writePredictions(desk.engine, request);

  assert.equal(await digestOfFile(request.to), first);
});

test('a column with more values than a slice may have is refused', async () => {
  await using desk = await openDesk("SELECT 'nothing' AS flight");
  const { testSet } = await desk.request({});
  const path = await desk.table('many', "SELECT 'f' || i AS flight, 'no' AS late, 't' || i AS town FROM range(201) r(i)");
  const output = await desk.table('scores', 'SELECT i AS row, 0.5 AS prediction FROM range(201) r(i)');
  const request = await desk.request({ testSet: { ...testSet, path }, output });

  await writePredictions(desk.engine, request);

  await assert.rejects(
    readScoredRows(desk.engine, request.to, reading),
    /TG-MODELS-SLICE-VALUES: Cannot slice by "town": it has 201 values in the test set, 200 are allowed/,
  );
});
