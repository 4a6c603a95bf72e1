import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DatasetVersion, Digest } from '@tidegate/formats';
import { featureRecord, openRig } from './fixtures/evaluation-rig.ts';
import { personalOfDataset, personalOfFeatures } from './personal-inputs.ts';

const meaning = `sha256:${'f'.repeat(64)}` as Digest;
const shown = {
  type: 'number',
  rows: 9,
  nulls: 0,
  distinct: 9,
  min: 1,
  max: 9,
  mean: 5,
  std: 2,
  quantiles: [1, 1, 2, 5, 7, 9, 9],
  histogram: null,
  top: null,
} as const;
/** A profile keeps no values of what a data contract calls personal. */
const kept = { ...shown, min: null, max: null, mean: null, std: null, quantiles: null };

const version: DatasetVersion = {
  format: 'tidegate.dataset-version/1',
  dataset: 'people',
  tree: meaning,
  fileFormat: 'csv',
  rows: 9,
  bytes: 1,
  files: 1,
  columns: ['age', 'salary', 'birth_date', 'late'].map((name) => ({ name, type: 'number', physicalType: 'DOUBLE' })),
  profile: {
    format: 'tidegate.profile/1',
    rows: 9,
    columns: [
      { ...shown, name: 'age' },
      { ...kept, name: 'salary' },
    ],
  },
  contract: null,
  time: null,
  knownAt: {},
  checks: [],
  verdict: 'pass',
};

test('columns are personal that the data contract calls so, and that their names tell', () => {
  assert.deepEqual([...personalOfDataset(version)].toSorted(), ['birth_date', 'salary']);
});

test('a feature with the name of a personal column is personal, under whatever view; of a dataset that is gone every text is', async () => {
  await using rig = await openRig();
  const { digest } = await rig.putJson(version);
  const { service, ...record } = featureRecord(meaning);
  const columns = [
    { name: 'person__salary', type: 'number' },
    { name: 'person__age', type: 'number' },
    { name: 'origin', type: 'string' },
  ] as const;
  const features = { ...record, service: { ...service, columns } };

  assert.deepEqual([...(await personalOfFeatures(rig.store, { ...features, datasets: { people: digest } }))], ['person__salary']);
  assert.deepEqual([...(await personalOfFeatures(rig.store, { ...features, datasets: { people: meaning } }))], ['origin', 'flight']);
});
