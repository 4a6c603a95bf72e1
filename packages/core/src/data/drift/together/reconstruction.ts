import { judgeDrift, type Points, principalComponents, reconstructionErrors, seededRandom } from '@tidegate/runtime';
import type { FoundEffect, JointLimits } from './finding.ts';
import { binAmong, frequentValues } from './pooled-features.ts';
import type { SampledRows } from './sampled-rows.ts';

/** Classes that get a dimension of their own, and dimensions in all. */
const mostClasses = 8;
const mostWidth = 120;
/** Farther than this from the mean, in standard deviations, counts as this: one huge number would be all of the variance. */
const farthest = 5;

type Encoding = (rows: SampledRows, row: number) => number;

/**
 * Whether rows fit as well as before into the directions in which the reference differs most: the errors of what principal components
 * say of them, in bins, are judged as a column is. Components are of one half of the reference, and the errors that count are of the other: of rows
 * that they were not made for.
 *
 * @returns null where components keep all there is, or with too few columns or rows
 */
export function reconstruction(reference: SampledRows, current: SampledRows, limits: JointLimits): FoundEffect | null {
  const encodings = encodingsOf(reference).slice(0, mostWidth);
  const columns = [...new Set(encodings.map(({ name }) => name))];
  if (columns.length < 2 || reference.rows < 40 || current.rows < 10) return null;
  const random = seededRandom(limits.seed);
  const halves = Uint8Array.from({ length: reference.rows }, () => random.below(2));
  const [fit, held] = [0, 1].map((half) => pointsOf(reference, encodings, (row) => halves[row] === half));
  const now = pointsOf(current, encodings, () => true);
  if (fit === undefined || held === undefined) return null;
  const components = principalComponents(fit);
  if (components.components.length === fit.width) return null;
  const [before, after] = [reconstructionErrors(held, components), reconstructionErrors(now, components)];
  const sorted = before.slice().sort();
  const edges = [...new Set(Array.from({ length: 9 }, (_, index) => sorted[Math.floor(((index + 1) * sorted.length) / 10)] ?? 0))];
  if (edges.length < 2) return null;
  const [judged] = judgeDrift(
    [{ kind: 'ordered', valueBins: edges.length + 1, reference: halvesOf(before, edges), current: halvesOf(after, edges) }],
    { falseAlarms: 0.01, floor: limits.floor, confidence: limits.confidence },
  );
  if (judged === undefined) return null;
  const { value, low, high } = judged.distance;
  return {
    name: 'reconstruction',
    columns,
    measure: 'total variation',
    value,
    low,
    high,
    pValue: judged.pValue,
    limit: limits.floor,
    telling: [],
    pairs: [],
    rows: current.rows,
    referenceRows: before.length,
  };
}

function halvesOf(errors: Float64Array, edges: readonly number[]): readonly [number[], number[]] {
  const empty = (): number[] => Array.from({ length: edges.length + 3 }, () => 0);
  const halves: readonly [number[], number[]] = [empty(), empty()];
  errors.forEach((error, row) => {
    const half = halves[row % 2 === 0 ? 0 : 1];
    const bin = binAmong(edges, error);
    half[bin] = (half[bin] ?? 0) + 1;
  });
  return halves;
}

function encodingsOf({ numbers, texts }: SampledRows): readonly { readonly name: string; readonly encode: Encoding }[] {
  return [
    ...[...numbers].flatMap(([name, values]) => {
      const finite = values.filter(Number.isFinite);
      const mean = finite.reduce((sum, value) => sum + value, 0) / Math.max(1, finite.length);
      const deviation = Math.sqrt(finite.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, finite.length));
      if (!(deviation > 0)) return [];
      const encode: Encoding = (rows, row) => {
        const value = rows.numbers.get(name)?.[row] ?? Number.NaN;
        // what is missing is put at the mean
        return Number.isNaN(value) ? 0 : Math.min(farthest, Math.max(-farthest, (value - mean) / deviation));
      };
      return [{ name, encode }];
    }),
    ...[...texts].flatMap(([name, values]) =>
      frequentValues(values, mostClasses).map((own) => ({
        name,
        encode: (rows: SampledRows, row: number) => (rows.texts.get(name)?.[row] === own ? 1 : 0),
      })),
    ),
  ];
}

function pointsOf(rows: SampledRows, encodings: readonly { readonly encode: Encoding }[], isIn: (row: number) => boolean): Points {
  const taken = Array.from({ length: rows.rows }, (_, row) => row).filter(isIn);
  const width = encodings.length;
  const values = new Float64Array(taken.length * width);
  taken.forEach((row, point) => encodings.forEach(({ encode }, at) => (values[point * width + at] = encode(rows, row))));
  return { values, width };
}
