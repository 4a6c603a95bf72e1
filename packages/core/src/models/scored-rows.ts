import { type Signature, compareCodeUnits, failure } from '@tidegate/formats';
import { type Cell, type Contribution, type Engine, quoteText, rowCount, type Sample, withoutGaps } from '@tidegate/runtime';
import { count } from '../evidence/index.ts';
import type { Corruption } from './robustness/corruptions.ts';
import type { CorruptedSet } from './robustness/score-corrupted.ts';
import { classIndex } from './class-index.ts';

/** The labelled rows of a test set with the predictions of both models: all that the gate judges by. */
export interface ScoredRows {
  readonly candidate: Sample;
  /** The same rows in the same order; not a number where the champion has no prediction. Null when there is no champion. */
  readonly champion: Sample | null;
  /** Rows by which the two may be compared. */
  readonly comparable: Int32Array;
  /** The same rows with spoiled inputs; the champion null where it was not asked. */
  readonly corrupted: readonly { readonly corruption: Corruption; readonly candidate: Sample; readonly champion: Sample | null }[];
  readonly slices: readonly Slice[];
  /** Models that anybody could make, on the same rows in the same order. */
  readonly baselines: readonly { readonly name: string; readonly sample: Sample }[];
  /** What models of other seeds say of the same rows in the same order. */
  readonly seeds: readonly { readonly seed: number; readonly sample: Sample }[];
  /** What was computed of the comparable rows as a whole, by model; absent where there are no such metrics. */
  readonly pair?: { readonly candidate: Pick<Sample, 'recomputed'>; readonly champion: Pick<Sample, 'recomputed'> };
  readonly counts: RowCounts;
}

/** The rows that have one value in a column. */
export interface Slice {
  readonly column: string;
  readonly value: string;
  readonly rows: Int32Array;
}

export interface RowCounts {
  /** Rows of the test set. */
  readonly all: number;
  readonly withoutLabel: number;
  /** Rows whose label is no class of the model, with one such label. */
  readonly unknownLabel: { readonly rows: number; readonly example: string | null };
  /** Rows whose id another row has too; null where rows have no ids. */
  readonly repeatedIds: number | null;
  readonly withoutPrediction: number;
  /** Rows whose weight is missing, negative or no number; 0 where rows count alike. */
  readonly withoutWeight: number;
  /** Rows the candidate itself was trained on. */
  readonly trainedOn: number;
  readonly champion: { readonly unmatched: number; readonly withoutPrediction: number; readonly trainedOn: number };
}

/** More values than this make a column no slice but an id. */
const maxValues = 200;

/** Reads the file that `writePredictions` wrote. @throws TG-MODELS-SLICE-VALUES */
export async function readScoredRows(
  engine: Engine,
  path: string,
  options: {
    readonly signature: Signature;
    readonly slices: readonly string[];
    /** Names of custom metrics, without `custom.`. */
    readonly custom: readonly string[];
    /** Default: none. */
    readonly baselines?: readonly string[];
    /** Default: none. */
    readonly corrupted?: readonly Pick<CorruptedSet, 'corruption' | 'hasChampion'>[];
    /** Default: none. */
    readonly seeds?: readonly number[];
    readonly hasIds: boolean;
    readonly hasChampion: boolean;
  },
): Promise<ScoredRows> {
  const { signature, hasChampion, custom } = options;
  const source = `read_parquet(${quoteText(path)})`;
  const columns = await engine.columns(`SELECT * EXCLUDE (id) FROM ${source} WHERE label IS NOT NULL ORDER BY row`);
  const cellsOf = (name: string): readonly Cell[] => columns[name] ?? [];
  const truth = truthOf(signature, cellsOf('label'));
  const roles = rolesOf(columns);
  const contributions = (prefix: string): Pick<Sample, 'contributions'> => contributionsOf(custom, prefix, cellsOf);
  const candidate = {
    ...sampleOf(signature, truth, { predictions: cellsOf('prediction'), probabilities: cellsOf('probabilities') }),
    ...roles,
    ...contributions('custom'),
  };
  const champion = hasChampion
    ? {
        ...sampleOf(signature, truth, { predictions: cellsOf('champion'), probabilities: cellsOf('champion_probabilities') }),
        ...roles,
        ...contributions('champion_custom'),
      }
    : null;
  const rows = rowCount(candidate);
  const sampleNamed = (name: string): Sample => ({
    ...sampleOf(signature, truth, { predictions: cellsOf(name), probabilities: cellsOf(`${name}.probabilities`) }),
    ...roles,
  });
  const known = cellsOf('champion_known').map(Boolean);
  const championTrained = cellsOf('champion_trained').map(Boolean);
  const [whole = {}] = await engine.rows(`SELECT count(*) AS rows, count(*) - count(DISTINCT id) AS repeated FROM ${source}`);
  return {
    candidate,
    champion,
    comparable: indexesWhere(rows, (row) => champion !== null && known[row] === true && championTrained[row] !== true),
    baselines: (options.baselines ?? []).map((name) => ({ name, sample: sampleNamed(`baseline.${name}`) })),
    corrupted: (options.corrupted ?? []).map((set) => ({
      corruption: set.corruption,
      candidate: sampleNamed(`robust.${set.corruption}`),
      champion: set.hasChampion ? sampleNamed(`champion_robust.${set.corruption}`) : null,
    })),
    seeds: (options.seeds ?? []).map((seed) => ({ seed, sample: sampleNamed(`seed.${seed}`) })),
    slices: options.slices.flatMap((column) => slicesOf(column, cellsOf(`slice.${column}`))),
    counts: {
      all: Number(whole['rows']),
      withoutLabel: Number(whole['rows']) - rows,
      unknownLabel: unknownLabels(candidate, cellsOf('label')),
      repeatedIds: options.hasIds ? Number(whole['repeated']) : null,
      withoutPrediction: rowsWithoutPrediction(candidate, () => true),
      withoutWeight:
        roles.weights === undefined ? 0 : countWhere(roles.weights, (weight) => !(weight >= 0 && weight < Number.POSITIVE_INFINITY)),
      trainedOn: cellsOf('trained').filter(Boolean).length,
      champion: {
        unmatched: hasChampion ? known.filter((isKnown) => !isKnown).length : 0,
        withoutPrediction: champion === null ? 0 : rowsWithoutPrediction(champion, (row) => known[row] === true),
        trainedOn: championTrained.filter(Boolean).length,
      },
    },
  };
}

/** Numbers of a regression, for several labels 1 and 0 by label, indexes of classes otherwise; NaN for a label that is no class. */
export function truthOf({ task, classes }: Signature, labels: readonly Cell[]): Float64Array {
  if (task === 'regression') return Float64Array.from(labels, Number);
  const indexOf = classIndex(classes);
  if (task === 'multilabel') return labelCells(classes.length, labels, indexOf);
  return Float64Array.from(labels, (label) => {
    const index = indexOf(String(label));
    return index < 0 ? Number.NaN : index;
  });
}

/** 1 for each label that a row has, 0 for the others; not a number throughout a row with a label that is no class. */
function labelCells(width: number, labels: readonly Cell[], indexOf: (label: string) => number): Float64Array {
  const cells = new Float64Array(labels.length * width);
  labels.forEach((given, row) => {
    for (const label of Array.isArray(given) ? (given as readonly Cell[]) : []) {
      const index = indexOf(String(label));
      if (index < 0) cells.fill(Number.NaN, row * width, (row + 1) * width);
      else cells[row * width + index] = 1;
    }
  });
  return cells;
}

/** Predictions as a model's answers have them: for several classes the class by name. */
export function sampleOf(
  { task, classes }: Signature,
  truth: Float64Array,
  given: { readonly predictions: readonly Cell[]; readonly probabilities: readonly Cell[] },
): Sample {
  if (task === 'multilabel') {
    const width = classes.length;
    const prediction = new Float64Array(truth.length).fill(Number.NaN);
    given.probabilities.forEach((cell, row) => {
      if (Array.isArray(cell)) prediction.set((cell as readonly Cell[]).slice(0, width).map(Number), row * width);
    });
    return { task, truth, prediction, trueProbability: null, labels: width };
  }
  if (task !== 'multiclass') return { task, truth, prediction: Float64Array.from(given.predictions, Number), trueProbability: null };
  const indexOf = classIndex(classes);
  const prediction = Float64Array.from(given.predictions, (name) => (name === null ? Number.NaN : indexOf(String(name))));
  const probabilities = given.probabilities.map((cell) => (Array.isArray(cell) ? (cell as readonly Cell[]) : null));
  const hasAll = probabilities.length === truth.length && probabilities.every((list) => list !== null);
  const trueProbability = hasAll ? truth.map((index, row) => Number(probabilities[row]?.[index] ?? Number.NaN)) : null;
  return { task, truth, prediction, trueProbability };
}

function slicesOf(column: string, values: readonly Cell[]): readonly Slice[] {
  const byValue = new Map<string, number[]>();
  values.forEach((cell, row) => {
    const value = String(cell);
    const rows = byValue.get(value);
    if (rows === undefined) byValue.set(value, [row]);
    else rows.push(row);
  });
  if (byValue.size > maxValues)
    throw failure(
      'TG-MODELS-SLICE-VALUES',
      `Cannot slice by "${column}": it has ${count(byValue.size)} values in the test set, ${maxValues} are allowed`,
      'Slice by a coarser column, for instance a group or a range of it',
    );
  return [...byValue]
    .map(([value, rows]) => ({ column, value, rows: Int32Array.from(rows) }))
    .sort((a, b) => b.rows.length - a.rows.length || compareCodeUnits(a.value, b.value));
}

function unknownLabels(sample: Sample, labels: readonly Cell[]): RowCounts['unknownLabel'] {
  const { truth, labels: width = 1 } = sample;
  const unknown = indexesWhere(rowCount(sample), (row) => truth.subarray(row * width, (row + 1) * width).some(Number.isNaN));
  const [first] = unknown;
  return { rows: unknown.length, example: first === undefined ? null : String(labels[first]) };
}

function rowsWithoutPrediction(sample: Sample, counts: (row: number) => boolean): number {
  const { prediction, labels = 1 } = sample;
  const lacks = (row: number): boolean =>
    counts(row) && prediction.subarray(row * labels, (row + 1) * labels).some((value) => !Number.isFinite(value));
  return indexesWhere(rowCount(sample), lacks).length;
}

function rolesOf(columns: { readonly [name: string]: readonly Cell[] }): Pick<Sample, 'weights' | 'clusters' | 'queries' | 'lastValue'> {
  const { weight, cluster, query, last_value: lastValue } = columns;
  const number = (cell: Cell): number => (cell === null ? Number.NaN : Number(cell));
  return {
    ...(weight !== undefined && { weights: Float64Array.from(weight, number) }),
    ...(cluster !== undefined && { clusters: withoutGaps(cluster) }),
    ...(query !== undefined && { queries: withoutGaps(query) }),
    ...(lastValue !== undefined && { lastValue: Float64Array.from(lastValue, number) }),
  };
}

function contributionsOf(
  metrics: readonly string[],
  prefix: string,
  cellsOf: (name: string) => readonly Cell[],
): Pick<Sample, 'contributions'> {
  if (metrics.length === 0) return {};
  const numbers = (name: string): Float64Array => Float64Array.from(cellsOf(name), (cell) => (cell === null ? Number.NaN : Number(cell)));
  const contributions = metrics.map((metric): readonly [string, Contribution] => {
    const per = numbers(`${prefix}.${metric}.per`);
    // a column that is empty throughout stands for a mean
    return [`custom.${metric}`, { values: numbers(`${prefix}.${metric}`), per: per.every(Number.isNaN) ? null : per }];
  });
  return { contributions: Object.fromEntries(contributions) };
}

function indexesWhere(rows: number, holds: (row: number) => boolean): Int32Array {
  return Int32Array.from({ length: rows }, (_, row) => row).filter(holds);
}

function countWhere(values: Float64Array, holds: (value: number, row: number) => boolean): number {
  return values.reduce((sum, value, row) => (holds(value, row) ? sum + 1 : sum), 0);
}
