import type { MetricFormula } from './metric-formula.ts';
import { averagePrecision } from './average-precision.ts';
import { shareOf } from './metric-formula.ts';
import { rocArea } from './roc-area.ts';
import { rowCount, type Sample } from './sample.ts';
import { seededRandom } from './seeded-random.ts';
import { statisticOfSums, type WeightedStatistic } from './weights.ts';

/** A metric as a function of how often each unit was drawn. Units are independent of each other: clusters, queries, or rows. */
export interface ResampledMetric {
  readonly units: number;
  readonly statistic: WeightedStatistic;
}

/** More units than this, and rows are drawn by chance groups of so many: the spread of a smooth function of sums is the same. */
export const mostUnits = 10_000;

/** The metric of a sample, ready to be drawn again. */
export function resampledMetric(formula: MetricFormula, sample: Sample): ResampledMetric {
  const sums = sumsOf(formula);
  const byQuery = formula.kind === 'mean-of-queries';
  if (sums !== null) return resampledSums(sums, sample, byQuery);
  const { unitOf, units } = unitsOf(sample, { byQuery, most: Number.POSITIVE_INFINITY });
  const area = formula.kind === 'roc-area' ? rocArea(sample.truth, sample.prediction) : averagePrecision(sample.truth, sample.prediction);
  return { units, statistic: unitOf === null && sample.weights === undefined ? area : (drawn) => area(cellWeights(sample, unitOf, drawn)) };
}

/** A function of sums over cells, ready to be drawn again. */
export function resampledSums({ columns, of }: Sums, sample: Sample, byQuery = false): ResampledMetric {
  const own = unitsOf(sample, { byQuery, most: mostUnits });
  return { units: own.units, statistic: statisticOfSums(gather(columns, sample, own), of) };
}

export interface Sums {
  /** By cell. */
  readonly columns: readonly Float64Array[];
  readonly of: (sums: readonly number[]) => number;
}

/** A metric as a function of sums over cells that does not change when all grow alike; null for areas under curves. */
export function sumsOf(formula: MetricFormula): Sums | null {
  const ratio = ([part = 0, whole = 0]: readonly number[]): number => part / whole;
  switch (formula.kind) {
    case 'share':
      return { columns: [formula.hits, formula.among ?? ones(formula.hits)], of: ratio };
    case 'share-of-chosen':
      return { columns: [formula.hits, formula.chosen], of: ([hits = 0, chosen = 0]) => shareOf(hits, chosen) };
    case 'mean':
      return { columns: [formula.values, ones(formula.values)], of: ratio };
    case 'mean-of-queries':
      return { columns: [formula.queries.values, formula.queries.counted], of: ratio };
    case 'function-of-means': {
      const [first = new Float64Array()] = formula.columns;
      return {
        columns: [...formula.columns, ones(first)],
        of: (sums) => {
          const total = sums.at(-1) ?? 0;
          return formula.of(sums.slice(0, -1).map((sum) => sum / total));
        },
      };
    }
    case 'roc-area':
    case 'precision-recall-area':
      return null;
  }
}

function ones(cells: Float64Array): Float64Array {
  return new Float64Array(cells.length).fill(1);
}

interface Units {
  /** By row; null: each row is a unit of its own. */
  readonly unitOf: Int32Array | null;
  readonly units: number;
}

function unitsOf(sample: Sample, { byQuery, most }: { readonly byQuery: boolean; readonly most: number }): Units {
  const rows = rowCount(sample);
  const given = sample.clusters ?? (byQuery ? sample.queries : undefined);
  if (given !== undefined) return { unitOf: given, units: given.reduce((highest, unit) => Math.max(highest, unit), -1) + 1 };
  return rows <= most ? { unitOf: null, units: rows } : { unitOf: chanceGroups(rows, most), units: most };
}

/** Groups of equal size but for one, chosen by a fixed chance: rows may lie in an order that would make groups by position alike. */
function chanceGroups(rows: number, groups: number): Int32Array {
  const random = seededRandom(rows);
  const group = Int32Array.from({ length: rows }, (_, row) => row % groups);
  for (let row = rows - 1; row > 0; row--) {
    const other = random.below(row + 1);
    [group[row], group[other]] = [group[other] ?? 0, group[row] ?? 0];
  }
  return group;
}

function gather(columns: readonly Float64Array[], { labels = 1, weights }: Sample, { unitOf, units }: Units): readonly Float64Array[] {
  if (unitOf === null && weights === undefined && labels === 1) return columns;
  return columns.map((column) => {
    const sums = new Float64Array(units);
    for (let cell = 0; cell < column.length; cell++) {
      const row = labels === 1 ? cell : Math.floor(cell / labels);
      const unit = unitOf === null ? row : (unitOf[row] ?? 0);
      sums[unit] = (sums[unit] ?? 0) + (column[cell] ?? 0) * (weights === undefined ? 1 : (weights[row] ?? 0));
    }
    return sums;
  });
}

function cellWeights(
  { truth, labels = 1, weights }: Sample,
  unitOf: Int32Array | null,
  drawn: { readonly [unit: number]: number },
): Float64Array {
  return Float64Array.from(truth, (_, cell) => {
    const row = Math.floor(cell / labels);
    return (drawn[unitOf === null ? row : (unitOf[row] ?? 0)] ?? 0) * (weights?.[row] ?? 1);
  });
}
