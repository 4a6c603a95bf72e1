import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { test } from 'node:test';
import { type Artifact, type DriftReference, runId, stepName } from '@tidegate/formats';
import { quoteName, quoteText } from '@tidegate/runtime';
import type { StepContext, StepNode, StepResult } from '../../pipeline/index.ts';
import { systemPlatform } from '../../platform/index.ts';
import { readRecord } from '../../store/index.ts';
import { noteReference } from '../drift/drift-reference.ts';
import { judgeWindowDrift } from '../drift/judge-drift.ts';
import { openWatchedRig, type WatchedRig } from '../fixtures/watched-rig.ts';
import type { Part } from '../part.ts';
import { referenceKind } from './reference-kind.ts';

const inputs = [
  { name: 'wind', type: 'number' },
  { name: 'speed', type: 'number' },
  { name: 'carrier', type: 'string' },
  { name: 'note', type: 'string' },
  { name: 'place', type: 'array' },
  { name: 'owner', type: 'string' },
] as const;

/** A number in 0 to 1 that looks like chance, of a row and a salt. */
const chance = (salt: string): string => `((hash(i || '${salt}') % 100000) / 100000.0)`;

/** Columns of row i; where `moved` wind goes against speed, and lists lie elsewhere. */
const columns = (salt: string, moved: boolean): readonly string[] => [
  `${chance(`${salt}w`)} - 0.5`,
  `${moved ? '-' : ''}(${chance(`${salt}w`)} - 0.5) + 0.3 * (${chance(`${salt}s`)} - 0.5)`,
  `list_extract(['UA', 'DL', 'AA'], 1 + (3 * ${chance(`${salt}c`)})::BIGINT % 3)`,
  `'delayed by ' || list_extract(['snow', 'rain', 'crew', 'nothing'], 1 + (4 * ${chance(`${salt}n`)})::BIGINT % 4) || ' today'`,
  `[${chance(`${salt}p`)} ${moved ? '+ 1' : ''}, ${chance(`${salt}q`)}]`,
  `'owner ' || i % 10`,
];

const selected = (salt: string, moved: boolean, prefix = ''): string =>
  columns(salt, moved)
    .map((sql, at) => `${sql} AS ${quoteName(`${prefix}${inputs[at]?.name}`)}`)
    .join(', ');

/** More rows than any sample has. */
const model = {
  inputs,
  training: `SELECT ${selected('a', false)}, TIMESTAMP '2024-01-01' + INTERVAL (i) MINUTE AS moment FROM range(30000) t(i)`,
  tested: `SELECT i AS row, CAST(i AS VARCHAR) AS id, '1' AS label, ${chance('test')} AS prediction, false AS trained FROM range(3000) t(i)`,
};

const logged = (salt: string, moved: boolean): string =>
  `SELECT '${salt}' || i AS id, TIMESTAMP '2024-06-14 12:00:00' AS "at", ${selected(salt, moved, 'input.')}, ${chance(`${salt}x`)} AS prediction,
   NULL::VARCHAR AS label, NULL::DOUBLE[] AS probabilities FROM range(3000) t(i)`;

const personal = ['owner'];

async function makeReferenceOf(rig: WatchedRig): Promise<StepResult> {
  const { store, state, live } = rig;
  const record = async (value: unknown): Promise<Artifact> => ({ kind: 'file', files: 1, ...(await store.putJson(value)) });
  const node: StepNode = {
    name: stepName('references.api'),
    kind: 'reference',
    inputs: ['version', 'evaluation'].map((output) => ({ from: 'step', step: stepName('models.m'), output, place: null })),
    outputs: ['reference', 'profile', 'sample'].map((name) => ({ name, path: null, publish: false })),
    settings: { model: 'm', personal, withheld: ['carrier'] },
    variables: {},
    cpus: 1,
  };
  const artifacts = { 'models.m/version': await record(live.version), 'models.m/evaluation': await record(live.evaluation) };
  return referenceKind({ state }).run({
    node,
    store,
    platform: systemPlatform,
    run: runId('r-20261123-202553-3f9a'),
    signal: new AbortController().signal,
    inputs: Object.entries(artifacts).map(([name, artifact]) => ({ name, artifact, place: null, source: null })),
    emit: () => {},
    progress: () => {},
    log: () => {},
    ownProcess: () => {},
    workspace: () => Promise.reject(new Error('A reference needs no workspace')),
  } satisfies StepContext);
}

async function judged(rig: WatchedRig, window = '7d'): Promise<Part> {
  const watched = rig.watching(`window: ${window}, drift: { together: true }`, { personal });
  return judgeWindowDrift(rig.sources, watched, watched.config.drift ?? assert.fail('drift is watched'));
}

async function noted(rig: WatchedRig, { outputs }: StepResult): Promise<DriftReference> {
  const reference = await readRecord(rig.store, 'tidegate.drift-reference/1', outputs['reference']?.digest ?? assert.fail('it is made'));
  await noteReference(rig, reference);
  return reference;
}

for (const [moved, window] of [
  [true, '7d'],
  [false, '1d'],
] as const)
  test(`with the training set gone a monitor judges ${window} of rows that ${moved ? 'moved' : 'did not move'} as it does with it, all of it`, async () => {
    await using rig = await openWatchedRig(model);
    await rig.predict('one', logged('n', moved));
    const byRows = await judged(rig, window); // before any step has made a reference

    const made = await makeReferenceOf(rig);
    await noted(rig, made);
    const byReference = await judged(rig, window);
    rmSync(await rig.store.pathOf(rig.live.version.trainedOn ?? assert.fail('it is known')), { force: true });
    const without = await judged(rig, window);

    assert.deepEqual(without, byReference);
    assert.deepEqual(without, byRows);
    const failed = without.evidence.filter(({ verdict }) => verdict === 'fail').map(({ name }) => name);
    assert.deepEqual(failed.includes('drift.together.classifier'), moved, failed.join(', '));
    assert.equal(
      without.evidence.some(({ name, verdict }) => name.startsWith('drift.together') && verdict === 'inconclusive'),
      false,
    );
  });

test('a reference keeps a bounded sample and a profile, and nothing of a personal input', async () => {
  await using rig = await openWatchedRig(model);

  const { outputs } = await makeReferenceOf(rig);
  const reference = await noted(rig, { outputs, evidence: [], facts: {} });
  const profile = await readRecord(rig.store, 'tidegate.profile-part/1', outputs['profile']?.digest ?? assert.fail('it is made'));
  const sample = `read_parquet(${quoteText(await rig.store.pathOf(reference.sample?.rows ?? assert.fail('it is kept')))})`;
  const [counted = {}] = await rig.engine.rows(`SELECT count(*) AS rows, count(place) AS lists FROM ${sample}`);
  const names = (await rig.engine.describe(`SELECT * FROM ${sample}`)).map(({ name }) => name);

  assert.equal(reference.sample?.of, 30_000);
  assert.ok(Number(counted['rows']) > 19_000 && Number(counted['rows']) < 21_000, `${String(counted['rows'])} rows`);
  assert.ok(Number(counted['lists']) > 1000 && Number(counted['lists']) < 2000, `${String(counted['lists'])} lists`);
  assert.equal(profile.rows, 30_000);
  assert.equal(names.includes('owner'), false);
  assert.deepEqual(
    profile.columns.map(({ name }) => name),
    ['wind', 'speed', 'note', 'place'],
    'what a data contract calls personal does not leave with a release',
  );
  assert.deepEqual(
    reference.columns.map(({ column }) => column),
    ['wind', 'speed', 'carrier', 'note', 'prediction'],
  );
  assert.ok((outputs['profile']?.bytes ?? Infinity) < 1_000_000);
});

test('of a model of which nobody knows what it was trained on there is a reference without anything in it', async () => {
  await using rig = await openWatchedRig(model);
  rmSync(await rig.store.pathOf(rig.live.version.trainedOn ?? assert.fail('it is known')), { force: true });

  const { outputs } = await makeReferenceOf(rig);
  const { trainedOn, columns: counted, sample } = await noted(rig, { outputs, evidence: [], facts: {} });

  assert.deepEqual([trainedOn, counted, sample], [null, [], undefined]);
  assert.equal((await judged(rig)).part.verdict, 'inconclusive');
});
