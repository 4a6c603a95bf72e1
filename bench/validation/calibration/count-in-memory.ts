import { type CategoryBins, compareCodeUnits, type HalvedCounts, type OrderedBins } from '@tidegate/formats';
import type { BinnedColumn } from '@tidegate/runtime';
import { emptyBins, sizeOf } from '../../../packages/core/src/data/drift/count-columns.ts';
import { categoriesBeside } from '../../../packages/core/src/data/drift/current-categories.ts';
import { numbersIn } from '../../../packages/core/src/data/drift/current-column.ts';
import { categoryBinsOf, fineProbabilities, mergeNeighbours } from '../../../packages/core/src/data/drift/reference-column.ts';
import type { Cell } from './cells.ts';
import type { DrawnDataset, DrawnSide } from './draw-dataset.ts';

/** The columns of a dataset, counted as those of tables are, which a test holds, without an engine: in a tenth of the time. */
export function countInMemory({ reference, current }: DrawnDataset, kind: Cell['kind']): readonly BinnedColumn[] {
  return reference.columns.map((_, column) =>
    kind === 'numbers' ? countNumbers(reference, current, column) : countClasses(reference, current, column),
  );
}

function countNumbers(reference: DrawnSide, current: DrawnSide, column: number): BinnedColumn {
  const sorted = Float64Array.from(reference.columns[column] ?? []).sort();
  const largest = sorted.at(-1) ?? 0;
  const quantiles = fineProbabilities.map((share) => sorted[Math.max(0, Math.ceil(share * sorted.length - 1e-6) - 1)] ?? 0);
  const fine = [...new Set(quantiles)].filter((edge) => edge < largest);
  const merged = mergeNeighbours(fine, withNoneMissing(countBetween(reference, column, fine)));
  const mean = sorted.reduce((sum, value) => sum + value, 0) / sorted.length;
  const std = Math.sqrt(sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (sorted.length - 1));
  const bins: OrderedBins = { ...own, kind: 'ordered', ...merged, mean, std };
  return numbersIn(bins, withNoneMissing(countBetween(current, column, merged.edges)), null).binned;
}

const own = { column: 'drawn', role: 'input', type: 'number', usual: null, usualMissing: null } as const;

function countBetween({ columns, halves }: DrawnSide, column: number, edges: readonly number[]): HalvedCounts {
  const counts: readonly [number[], number[]] = [emptyBins(edges.length + 1), emptyBins(edges.length + 1)];
  columns[column]?.forEach((value, row) => {
    let [low, high] = [0, edges.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (value > (edges[middle] ?? 0)) low = middle + 1;
      else high = middle;
    }
    const half = counts[halves[row] === 0 ? 0 : 1];
    half[low] = (half[low] ?? 0) + 1;
  });
  return counts;
}

function withNoneMissing([first, second]: HalvedCounts): HalvedCounts {
  return [
    [...first, 0],
    [...second, 0],
  ];
}

type Rows = readonly [number, number];

function countClasses(reference: DrawnSide, current: DrawnSide, column: number): BinnedColumn {
  const known = [0, 1].map((half) => ({ known: reference.halves.filter((one) => one === half).length, missing: 0 }));
  const found = [...countValues(reference, column)].map(([value, rows]) => ({ value, rows }));
  const counted = found.toSorted((a, b) => sizeOf(b) - sizeOf(a) || compareCodeUnits(a.value, b.value));
  const bins: CategoryBins = { ...own, ...categoryBinsOf(counted, known) };
  return categoriesBeside(bins, { current: countValues(current, column), rest: [0, 0], missing: [0, 0] }).binned;
}

function countValues({ columns, halves }: DrawnSide, column: number): ReadonlyMap<string, Rows> {
  const counts = new Map<number, [number, number]>();
  for (const [row, value] of (columns[column] ?? []).entries()) {
    const rows = counts.get(value);
    if (rows === undefined) counts.set(value, halves[row] === 0 ? [1, 0] : [0, 1]);
    else rows[halves[row] === 0 ? 0 : 1]++;
  }
  return new Map([...counts].map(([value, rows]) => [`k${value}`, rows]));
}
