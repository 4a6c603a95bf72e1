import assert from 'node:assert/strict';
import { test } from 'node:test';
import golden from '../fixtures/multivariate.json' with { type: 'json' };
import { discrepancyTest } from './mean-discrepancy.ts';
import type { Points } from './points.ts';
import { principalComponents, reconstructionErrors } from './principal-components.ts';
import { separationOf } from './separation.ts';
import { symmetricEigen } from './symmetric-eigen.ts';

function near(actual: number | undefined, expected: number | undefined, margin: number): void {
  assert.ok(actual !== undefined && expected !== undefined);
  assert.ok(Math.abs(actual - expected) <= margin, `${actual} is not ${expected}`);
}

const pointsOf = (values: readonly number[], width: number): Points => ({ values: Float64Array.from(values), width });

test('the maximum mean discrepancy is the one that scikit-learn kernels give, to single precision', () => {
  for (const { reference, current, width, sigma, squared } of golden.discrepancy) {
    const [first, second] = [pointsOf(reference, width), pointsOf(current, width)];

    const found = discrepancyTest(first, second, { seed: 1 });
    near(found?.kernel.sigma, sigma, 1e-6);
    near(found?.squared, squared, 1e-6);
  }
});

test('components and what they lose are those of scikit-learn', () => {
  for (const { reference, current, width, share, components, kept, errors } of golden.components) {
    const found = principalComponents(pointsOf(reference, width), share);

    near(found.kept, kept, 1e-12);
    assert.equal(found.components.length, components.length);
    found.components.forEach((component, index) => component.forEach((value, at) => near(Math.abs(value), components[index]?.[at], 1e-9)));
    reconstructionErrors(pointsOf(current, width), found).forEach((error, index) => near(error, errors[index], 1e-9));
  }
});

test('what is told apart is ranked as scikit-learn and SciPy rank it, with ties', () => {
  for (const { reference, current, auc, p } of golden.ranked) {
    const half = { reference: Float64Array.from(reference), current: Float64Array.from(current) };

    const found = separationOf([half, half], 0.95);

    near(found?.auc, auc, 1e-12);
    near(found?.pValue, p, 1e-9);
  }
});

test('eigenvectors are at right angles, and put the matrix together again', () => {
  const size = 40;
  const entry = (i: number, j: number): number => Math.cos(1 + i * j) + Math.cos(1 + j * i) + (i === j ? i : 0);
  const matrix = Array.from({ length: size }, (_, i) => Float64Array.from({ length: size }, (_unused, j) => entry(i, j)));

  const { values, vectors } = symmetricEigen(matrix);

  for (let i = 0; i < size; i++)
    for (let j = 0; j < size; j++) {
      const along = vectors.reduce((sum, vector, index) => sum + (values[index] ?? 0) * (vector[i] ?? 0) * (vector[j] ?? 0), 0);
      near(along, entry(i, j), 1e-10);
    }
  assert.deepEqual(
    values,
    values.toSorted((a, b) => b - a),
  );
});

test('what nothing can be said of is no test', () => {
  const one = pointsOf([1, 2], 2);
  const same = pointsOf([3, 3, 3, 3], 1);

  assert.equal(discrepancyTest(one, one, { seed: 1 }), null);
  assert.equal(discrepancyTest(same, same, { seed: 1 }), null);
  assert.equal(
    separationOf(
      [
        { reference: new Float64Array(1), current: new Float64Array(9) },
        { reference: new Float64Array(9), current: new Float64Array(9) },
      ],
      0.95,
    ),
    null,
  );
  assert.deepEqual(Array.from(reconstructionErrors(same, principalComponents(same))), [0, 0, 0, 0]);
});
