import type { Dependence, DependenceLine, FeatureColumn, Signature } from '@tidegate/formats';
import { type Cell, dependenceGrid, dependencePoint } from '@tidegate/runtime';

/** Values of a number that are asked about, and of a category at most. */
const resolution = 12;
/** Lines of one plot at most: classes or labels. */
const mostLines = 10;

/** An input with the values that it is given in turn. */
export interface AskedInput {
  readonly input: string;
  readonly kind: Dependence['kind'];
  readonly values: readonly (number | string)[];
}

/** What values of an input are asked about; null when it is no number and no category, or has one value only. */
export function askedInput({ name, type }: FeatureColumn, cells: readonly Cell[]): AskedInput | null {
  const values =
    type === 'number' || type === 'integer'
      ? numbersOf(type, cells)
      : type === 'string' || type === 'boolean'
        ? categoriesOf(type, cells)
        : [];
  if (values.length < 2) return null;
  return { input: name, kind: type === 'number' || type === 'integer' ? 'number' : 'category', values };
}

function numbersOf(type: 'number' | 'integer', cells: readonly Cell[]): readonly number[] {
  const known = Float64Array.from(
    cells.filter((cell) => typeof cell === 'number' && Number.isFinite(cell)),
    Number,
  );
  if (known.length === 0) return [];
  const grid = dependenceGrid(known, resolution);
  return type === 'integer' ? [...new Set(grid.map(Math.round))] : grid;
}

/** The most frequent ones first. */
function categoriesOf(type: 'string' | 'boolean', cells: readonly Cell[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const cell of cells) {
    if (cell === null || (typeof cell === 'number' && Number.isNaN(cell))) continue;
    const value = type === 'boolean' ? String(cell === 1) : String(cell);
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return [...counts]
    .toSorted(([a, ca], [b, cb]) => cb - ca || (a < b ? -1 : 1))
    .slice(0, resolution)
    .map(([value]) => value);
}

export interface DependenceAnswers {
  readonly signature: Signature;
  /** The answers to the rows with each value in turn. */
  readonly predictions: readonly Cell[];
  readonly probabilities: readonly Cell[];
  readonly rows: number;
  /** By row; null: they are independent. */
  readonly clusters: Int32Array | null;
  /** One-sided. */
  readonly confidence: number;
}

/** What the model says on average for each value. */
export function dependenceOf({ input, kind, values }: AskedInput, answers: DependenceAnswers): Dependence {
  return {
    input,
    kind,
    values,
    lines: numbersByLine(answers).map(({ class: name, numbers }) => lineOf(name, numbers, values.length, answers)),
  };
}

function lineOf(
  name: string | null,
  numbers: Float64Array,
  count: number,
  { rows, clusters, confidence }: DependenceAnswers,
): DependenceLine {
  const points = Array.from({ length: count }, (_, place) =>
    dependencePoint(numbers.subarray(place * rows, (place + 1) * rows), { confidence, clusters }),
  );
  return {
    class: name,
    mean: points.map(({ mean }) => mean),
    low: points.map(({ low, mean }) => low ?? mean),
    high: points.map(({ high, mean }) => high ?? mean),
    lowest: points.map(({ lowest }) => lowest),
    highest: points.map(({ highest }) => highest),
  };
}

/** Predictions as numbers: of several classes or labels the probability of each; where a model gives none, 1 for the one that it says. */
function numbersByLine({
  signature: { task, classes },
  predictions,
  probabilities,
}: DependenceAnswers): readonly { readonly class: string | null; readonly numbers: Float64Array }[] {
  if (task === 'regression') return [{ class: null, numbers: Float64Array.from(predictions, Number) }];
  if (task === 'binary') return [{ class: classes[1] ?? null, numbers: Float64Array.from(predictions, Number) }];
  return classes.slice(0, mostLines).map((name, place) => ({
    class: name,
    numbers: Float64Array.from(predictions, (said, row) => {
      const given = probabilities[row];
      if (Array.isArray(given)) return Number((given as readonly Cell[])[place] ?? 0);
      return Number(Array.isArray(said) ? (said as readonly Cell[]).includes(name) : String(said) === name);
    }),
  }));
}
