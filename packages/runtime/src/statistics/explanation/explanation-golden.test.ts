import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { findMetric } from '@tidegate/formats';
import type { Sample } from '../sample.ts';
import { dependenceGrid, dependencePoint } from './partial-dependence.ts';
import { permutationImportance } from './permutation-importance.ts';

interface Golden {
  readonly versions: { readonly [name: string]: string };
  readonly rows: readonly (readonly number[])[];
  readonly coefficients: readonly number[];
  readonly intercept: number;
  readonly importances: readonly {
    readonly metric: string;
    readonly truth: readonly number[];
    readonly base: readonly number[];
    readonly inputs: readonly {
      readonly name: string;
      readonly permuted: readonly (readonly number[])[];
      readonly mean: number;
      readonly sd: number;
    }[];
  }[];
  readonly dependences: readonly {
    readonly input: string;
    readonly grid: readonly number[];
    readonly mean: readonly number[];
    readonly lowest: readonly number[];
    readonly highest: readonly number[];
  }[];
}

const golden: Golden = JSON.parse(readFileSync(join(import.meta.dirname, '../fixtures/explanation.json'), 'utf8'));
const options = { confidence: 0.95, seed: 1, replicates: 200 };

function sampleOf(metric: string, truth: readonly number[], prediction: readonly number[]): Sample {
  const task = ['r2', 'mae'].includes(metric) ? 'regression' : 'binary';
  return { task, truth: Float64Array.from(truth), prediction: Float64Array.from(prediction), trueProbability: null };
}

test('permutation importance is that of scikit-learn for the same predictions, by metrics of every form', () => {
  for (const { metric, truth, base, inputs } of golden.importances)
    for (const { name, permuted, mean, sd } of inputs) {
      const samples = { base: sampleOf(metric, truth, base), permuted: permuted.map((some) => sampleOf(metric, truth, some)) };

      const found =
        permutationImportance(findMetric(metric) ?? assert.fail(metric), samples, options) ?? assert.fail(`${metric} of ${name}`);

      assert.ok(Math.abs(found.value - mean) < 1e-7, `${metric} of ${name}: ${found.value} is not ${mean}`);
      assert.ok(Math.abs(found.spread - sd) < 1e-7, `${metric} of ${name}: a spread of ${found.spread} is not ${sd}`);
      assert.ok(found.low <= found.value && found.value <= found.high);
    }
  assert.equal(golden.importances.length, 6);
});

test('partial dependence and the band of the rows are those of scikit-learn, on its grid', () => {
  const { rows, coefficients, intercept } = golden;
  for (const { input, grid, mean, lowest, highest } of golden.dependences) {
    const place = ['wind', 'load', 'hour', 'other'].indexOf(input);

    const own = dependenceGrid(
      Float64Array.from(rows, (row) => row[place] ?? 0),
      10,
    );
    const points = own.map((value) =>
      dependencePoint(
        Float64Array.from(rows, (row) => {
          const logit = row.reduce((sum, cell, column) => sum + (coefficients[column] ?? 0) * (column === place ? value : cell), intercept);
          return 1 / (1 + Math.exp(-logit));
        }),
        { confidence: 0.95, clusters: null },
      ),
    );

    const near = (found: readonly number[], expected: readonly number[]): void => {
      assert.equal(found.length, expected.length);
      found.forEach((value, index) =>
        assert.ok(Math.abs(value - (expected[index] ?? Number.NaN)) < 1e-9, `${input}: ${value} is not ${expected[index]}`),
      );
    };
    near(own, grid);
    near(
      points.map((point) => point.mean),
      mean,
    );
    near(
      points.map((point) => point.lowest),
      lowest,
    );
    near(
      points.map((point) => point.highest),
      highest,
    );
  }
  assert.equal(golden.dependences.length, 2);
});
