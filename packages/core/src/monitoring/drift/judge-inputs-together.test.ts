import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { test } from 'node:test';
import type { Evidence } from '@tidegate/formats';
import { openWatchedRig, type WatchedRig } from '../fixtures/watched-rig.ts';
import { judgeWindowDrift } from './judge-drift.ts';

const inputs = [
  { name: 'wind', type: 'number' },
  { name: 'speed', type: 'number' },
  { name: 'carrier', type: 'string' },
] as const;

/** A number in 0 to 1 that looks like chance, of a row and a salt. */
const chance = (salt: string): string => `((hash(i || '${salt}') % 100000) / 100000.0)`;

const carrier = (salt: string): string => `list_extract(['UA', 'DL', 'AA'], 1 + (3 * ${chance(salt)})::BIGINT % 3)`;

/** Wind and speed by themselves are the same for both signs. */
const wind = (salt: string): string => `${chance(`${salt}w`)} - 0.5`;
const speed = (salt: string, sign: '+' | '-'): string => `${sign} (${wind(salt)}) + 0.3 * (${chance(`${salt}s`)} - 0.5)`;

const model = {
  inputs,
  training: `SELECT ${wind('a')} AS wind, ${speed('a', '+')} AS speed, ${carrier('a')} AS carrier, TIMESTAMP '2024-01-01' AS moment FROM range(6000) t(i)`,
  tested: `SELECT i AS row, CAST(i AS VARCHAR) AS id, '1' AS label, ${chance('test')} AS prediction, false AS trained FROM range(5000) t(i)`,
};

function logged(salt: string, sign: '+' | '-', rows = 3000): string {
  return `SELECT '${salt}' || i AS id, TIMESTAMP '2024-06-14 12:00:00' AS "at", ${wind(salt)} AS "input.wind", ${speed(salt, sign)} AS "input.speed",
    ${carrier(salt)} AS "input.carrier", ${chance(`${salt}p`)} AS prediction, NULL::VARCHAR AS label, NULL::DOUBLE[] AS probabilities FROM range(${rows}) t(i)`;
}

async function together(rig: WatchedRig, yaml: string): Promise<readonly Evidence[]> {
  const watched = rig.watching(yaml);
  const { evidence } = await judgeWindowDrift(rig.sources, watched, watched.config.drift ?? assert.fail('drift is watched'));
  return evidence.filter(({ name }) => name.startsWith('drift.together'));
}

const verdictsOf = (evidence: readonly Evidence[]) => Object.fromEntries(evidence.map(({ name, verdict }) => [name, verdict]));

test('inputs that no longer go together fail where a monitor is to look at it', async () => {
  await using rig = await openWatchedRig(model);
  await rig.predict('one', logged('n', '-'));

  const asked = await together(rig, 'drift: { together: true }');
  const notAsked = await together(rig, 'drift: {}');

  assert.deepEqual(verdictsOf(asked), {
    'drift.together.classifier': 'fail',
    'drift.together.pairs': 'fail',
    'drift.together.reconstruction': 'fail',
  });
  assert.match(asked.find(({ name }) => name.endsWith('pairs'))?.reason ?? '', /wind and speed from 0\.\d+ to -0\.\d+/);
  assert.deepEqual(notAsked, []);
});

test('inputs that are as they were pass', async () => {
  await using rig = await openWatchedRig(model);
  await rig.predict('one', logged('n', '+'));

  assert.ok((await together(rig, 'drift: { together: true }')).every(({ verdict }) => verdict === 'pass'));
});

test('without the rows of the training set inputs are judged by what is stored of them, and not where an input is not looked at', async () => {
  await using rig = await openWatchedRig(model);
  await rig.predict('one', logged('n', '-'));
  await together(rig, 'drift: {}'); // makes the reference
  rmSync(await rig.store.pathOf(rig.live.version.trainedOn ?? assert.fail()), { force: true });

  const stored = await together(rig, 'drift: { together: true }');
  const without = await together(rig, 'drift: { together: true, ignore: [speed] }');

  assert.deepEqual(verdictsOf(stored), { 'drift.together.reconstruction': 'fail' });
  assert.deepEqual(verdictsOf(without), { 'drift.together': 'inconclusive' });
  assert.match(without[0]?.reason ?? '', /the training set is no longer kept, and "speed" is not looked at or not in the log/);
});

test('where something moved the rows are told in which it did, first those that move the predictions most', async () => {
  await using rig = await openWatchedRig(model);
  const shifted = (column: string, salt: string, by: string): string =>
    `${column} + CASE WHEN ${carrier(`${salt}`)} = 'UA' THEN ${by} ELSE 0 END`;
  await rig.predict(
    'one',
    `SELECT 'n' || i AS id, TIMESTAMP '2024-06-14 12:00:00' AS "at", w AS "input.wind", s AS "input.speed", c AS "input.carrier",
      0.5 + 0.4 * w AS prediction, NULL::VARCHAR AS label, NULL::DOUBLE[] AS probabilities
     FROM (SELECT i, ${carrier('n')} AS c, ${shifted(wind('n'), 'n', '0.8')} AS w, ${speed('n', '+')} AS s FROM range(6000) t(i))`,
  );
  const watched = rig.watching('drift: { together: true }');

  const { evidence } = await judgeWindowDrift(rig.sources, watched, watched.config.drift ?? assert.fail('drift is watched'));
  const slices = evidence.find(({ name }) => name === 'drift.slices');

  assert.match(
    slices?.reason ?? '',
    /^wind moved where carrier = UA \(3\d\.?\d* % of the rows\): .*; by itself it moves the mean of the prediction by 0\.[01]\d*/,
  );
});

test('vectors that lie elsewhere fail, as lists of a file that is tried and as a column for each number', async () => {
  const places = [0, 1, 2, 3, 4, 5, 6, 7];
  const numbered = places.map((place) => ({ name: `emb_${place}`, type: 'number' }) as const);
  const number = (salt: string, place: number, shift: string): string => `${chance(`${salt}${place}`)} + ${shift}`;
  const list = (salt: string, shift: string): string => `[${places.map((place) => number(salt, place, shift)).join(', ')}]`;
  const own = {
    ...model,
    inputs: [{ name: 'v', type: 'array' }, ...numbered] as const,
    training: `SELECT ${list('a', '0')} AS v, ${places.map((place) => `${number('b', place, '0')} AS emb_${place}`).join(', ')}, TIMESTAMP '2024-01-01' AS moment FROM range(150) t(i)`,
  };
  await using rig = await openWatchedRig(own);
  await rig.predict(
    'one',
    `SELECT 'n' || i AS id, TIMESTAMP '2024-06-14 12:00:00' AS "at", ${list('n', '0.3')} AS "input.v",
      ${places.map((place) => `${number('m', place, '0.3')} AS "input.emb_${place}"`).join(', ')},
      0.5 AS prediction, NULL::VARCHAR AS label, NULL::DOUBLE[] AS probabilities FROM range(150) t(i)`,
  );

  const verdicts = verdictsOf(await together(rig, 'drift: { together: true }'));

  assert.equal(verdicts['drift.together.embedding.v'], 'fail');
  assert.equal(verdicts['drift.together.embedding.emb_0 to emb_7'], 'fail');
});
