import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { readFile } from '../platform/index.ts';
import { testDataset } from './test-dataset.ts';

/**
 * Two columns with NaN in a file as Arrow writes it (pyarrow 26.0.1): its statistics leave NaN out, as the specification of Parquet wants, and the engine takes a comparison that statistics rule out for false.
 * `n` double: 1, NaN, 2, NaN. `f` float: NaN, 1, 1, 1.
 */
const file = join(import.meta.dirname, '../../fixtures/parquet/nan-not-in-statistics.parquet');

const contract = `apiVersion: v3.1.0
kind: DataContract
id: t
version: 1.0.0
status: active
schema:
  - name: t
    properties:
      - { name: n, logicalType: number, required: true, logicalTypeOptions: { maximum: 5 } }
      - { name: f, logicalType: number, quality: [{ metric: nullValues, mustBeLessThan: 1 }] }
`;

test('NaN that the statistics of a Parquet file leave out is no value', async () => {
  await using dataset = await testDataset();
  await dataset.write('t.parquet', await readFile(file));

  const { version } = await dataset.run({ contract });

  const broken = version.checks.flatMap(({ name, verdict, failingRows }) => (verdict === 'pass' ? [] : [[name, failingRows]]));
  assert.deepEqual(broken, [
    ['n.required', 2],
    ['f.null_values', 1],
  ]);
  assert.deepEqual(
    version.profile.columns.map(({ nulls, notNumbers, distinct, mean }) => [nulls, notNumbers, distinct, mean]),
    [
      [2, 2, 2, 1.5],
      [1, 1, 1, 1],
    ],
  );
});
