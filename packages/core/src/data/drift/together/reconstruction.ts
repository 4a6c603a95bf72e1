import type { HalvedCounts, ReconstructionReference } from '@tidegate/formats';
import { judgeDrift, type Points, principalComponents, reconstructionErrors, seededRandom } from '@tidegate/runtime';
import type { FoundEffect, JointLimits } from './finding.ts';
import { binAmong, frequentValues } from './pooled-features.ts';
import type { SampledRows } from './sampled-rows.ts';

/** Classes that get a dimension of their own, and dimensions in all. */
const mostClasses = 8;
const mostWidth = 120;
/** Farther than this from the mean, in standard deviations, counts as this: one huge number would be all of the variance. */
const farthest = 5;

const leastReference = 40;
const leastCurrent = 10;
const errorBins = 10;

/**
 * Whether rows fit as well as before into the directions in which the reference differs most: the errors of what principal components
 * say of them, in bins, are judged as a column is.
 *
 * @returns null where components keep all there is, or with too few columns or rows
 */
export function reconstruction(reference: SampledRows, current: SampledRows, limits: JointLimits): FoundEffect | null {
  const fitted = fitReconstruction(reference, limits.seed);
  return fitted === null ? null : judgeReconstruction(fitted, current, limits);
}

/**
 * All that {@link judgeReconstruction} needs of a reference, without its rows. Components are of one half of the rows, and the errors that count
 * are of the other: of rows that they were not made for.
 *
 * @returns null where components keep all there is, or with too few columns or rows
 */
export function fitReconstruction(reference: SampledRows, seed: number): ReconstructionReference | null {
  const dimensions = dimensionsOf(reference).slice(0, mostWidth);
  if (new Set(dimensions.map(({ column }) => column)).size < 2 || reference.rows < leastReference) return null;
  const random = seededRandom(seed);
  const halves = Uint8Array.from({ length: reference.rows }, () => random.below(2));
  const [fit, held] = [0, 1].map((half) => pointsOf(reference, dimensions, (row) => halves[row] === half));
  if (fit === undefined || held === undefined) return null;
  const components = principalComponents(fit);
  if (components.components.length === fit.width) return null;
  const errors = reconstructionErrors(held, components);
  const sorted = errors.slice().sort();
  const cuts = Array.from({ length: errorBins - 1 }, (_, index) => sorted[Math.floor(((index + 1) * sorted.length) / errorBins)] ?? 0);
  const edges = [...new Set(cuts)];
  return edges.length < 2 ? null : { dimensions, ...components, edges, counts: halvesOf(errors, edges) };
}

/**
 * Whether current rows fit into a reference as well as its own did.
 *
 * @returns null with too few rows
 */
export function judgeReconstruction(reference: ReconstructionReference, current: SampledRows, limits: JointLimits): FoundEffect | null {
  const { dimensions, edges, counts } = reference;
  if (current.rows < leastCurrent) return null;
  const errors = reconstructionErrors(
    pointsOf(current, dimensions, () => true),
    reference,
  );
  const binned = { kind: 'ordered', valueBins: edges.length + 1, reference: counts, current: halvesOf(errors, edges) } as const;
  const judgeAt = (falseAlarms: number, withSmallest: boolean) =>
    judgeDrift([binned], { falseAlarms, floor: limits.floor, confidence: limits.confidence, withSmallest })[0];
  const judged = judgeAt(0.01, false);
  if (judged === undefined) return null;
  const { value, low, high } = judged.distance;
  return {
    name: 'reconstruction',
    columns: [...new Set(dimensions.map(({ column }) => column))],
    measure: 'total variation',
    value,
    low,
    high,
    pValue: judged.pValue,
    limit: limits.floor,
    smallest: (level) => judgeAt(level, true)?.smallest?.distance ?? null,
    telling: [],
    pairs: [],
    rows: current.rows,
    referenceRows: counts.flat().reduce((sum, count) => sum + count, 0),
  };
}

/** Rows by bin of their error; the bins after them, of missing and of unseen values, stay empty. */
function halvesOf(errors: Float64Array, edges: readonly number[]): HalvedCounts {
  const empty = (): number[] => Array.from({ length: edges.length + 3 }, () => 0);
  const halves: readonly [number[], number[]] = [empty(), empty()];
  errors.forEach((error, row) => {
    const half = halves[row % 2 === 0 ? 0 : 1];
    const bin = binAmong(edges, error);
    half[bin] = (half[bin] ?? 0) + 1;
  });
  return halves;
}

type Dimension = ReconstructionReference['dimensions'][number];

function dimensionsOf({ numbers, texts }: SampledRows): readonly Dimension[] {
  return [
    ...[...numbers].flatMap(([column, values]): readonly Dimension[] => {
      const finite = values.filter(Number.isFinite);
      const mean = finite.reduce((sum, value) => sum + value, 0) / Math.max(1, finite.length);
      const deviation = Math.sqrt(finite.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, finite.length));
      return deviation > 0 ? [{ kind: 'number', column, mean, deviation }] : [];
    }),
    ...[...texts].flatMap(([column, values]) =>
      frequentValues(values, mostClasses).map((value): Dimension => ({ kind: 'class', column, value })),
    ),
  ];
}

function coordinate(dimension: Dimension, rows: SampledRows, row: number): number {
  if (dimension.kind === 'class') return rows.texts.get(dimension.column)?.[row] === dimension.value ? 1 : 0;
  const value = rows.numbers.get(dimension.column)?.[row] ?? Number.NaN;
  // what is missing is put at the mean
  return Number.isNaN(value) ? 0 : Math.min(farthest, Math.max(-farthest, (value - dimension.mean) / dimension.deviation));
}

function pointsOf(rows: SampledRows, dimensions: readonly Dimension[], isIn: (row: number) => boolean): Points {
  const taken = Array.from({ length: rows.rows }, (_, row) => row).filter(isIn);
  const width = dimensions.length;
  const values = new Float64Array(taken.length * width);
  taken.forEach((row, point) => dimensions.forEach((dimension, at) => (values[point * width + at] = coordinate(dimension, rows, row))));
  return { values, width };
}
