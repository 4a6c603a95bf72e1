import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ReconstructionReference } from '@tidegate/formats';
import { seededRandom } from '@tidegate/runtime';
import type { FoundEffect } from './finding.ts';
import { fitReconstruction, judgeReconstruction } from './reconstruction.ts';
import type { SampledRows } from './sampled-rows.ts';

const limits = { floor: 0.1, confidence: 0.95, seed: 1 };

/** Rows whose second number goes with the first, or against it, and a class that goes with both. */
function rowsOf(seed: number, rows: number, sign: 1 | -1): SampledRows {
  const random = seededRandom(seed);
  const first = Float64Array.from({ length: rows }, () => random.unit() - 0.5);
  const second = first.map((value) => sign * value + 0.2 * (random.unit() - 0.5));
  const third = first.map(() => random.unit());
  return {
    rows,
    of: rows,
    numbers: new Map([
      ['first', first],
      ['second', second],
      ['third', third],
    ]),
    texts: new Map([['class', Array.from(first, (value) => (value > 0 ? 'high' : 'low'))]]),
    lists: new Map(),
  };
}

/** What it says it would find as a number, so that two can be compared. */
function told(effect: FoundEffect | null) {
  return effect && { ...effect, smallest: effect.smallest(0.01) };
}

test('rows are judged against what is stored of a reference, without its rows, as against the rows', () => {
  const fitted = fitReconstruction(rowsOf(1, 2000, 1), 1) ?? assert.fail('there is something to lose');
  const stored: ReconstructionReference = JSON.parse(JSON.stringify(fitted));

  const same = judgeReconstruction(stored, rowsOf(2, 1500, 1), limits);
  const turned = judgeReconstruction(stored, rowsOf(3, 1500, -1), limits);

  assert.ok((same?.pValue ?? 0) > 0.001, `${same?.pValue}`);
  assert.ok((same?.high ?? 1) < 0.1, `${same?.high}`);
  assert.ok((turned?.low ?? 0) > 0.5, `${turned?.low}`);
  assert.ok((turned?.pValue ?? 1) < 1e-9, `${turned?.pValue}`);
  assert.deepEqual(told(turned), told(judgeReconstruction(fitted, rowsOf(3, 1500, -1), limits)));
});

test('one column, few rows, and columns that say all there is have nothing to lose', () => {
  const { numbers, ...rows } = rowsOf(1, 100, 1);
  const single = new Map([['first', numbers.get('first') ?? new Float64Array()]]);

  assert.equal(fitReconstruction({ ...rows, numbers: single, texts: new Map() }, 1), null);
  assert.equal(fitReconstruction(rowsOf(1, 30, 1), 1), null);
});
