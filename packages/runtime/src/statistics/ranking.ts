import type { Sample } from './sample.ts';

/** A value for each query that has something to rank, at the first of its rows; `counted` is 1 there and 0 elsewhere. */
export interface QueryValues {
  readonly values: Float64Array;
  readonly counted: Float64Array;
}

type RankedQuery = Pick<Sample, 'truth' | 'prediction' | 'queries'>;

/**
 * Normalised discounted cumulative gain of each query (Järvelin and Kekäläinen 2002, ACM TOIS 20:422), the gain being the truth itself
 * and the discount log2(rank + 1), as `ndcg_score` of scikit-learn: rows of equal score share the mean gain of their ranks. A query
 * without any gain is not counted.
 *
 * @param most ranks that count; null: all
 */
export function discountedGains(sample: RankedQuery, most: number | null): QueryValues {
  return byQuery(sample, (rows) => {
    const ideal = idealGain(
      rows.map((row) => sample.truth[row] ?? 0),
      most,
    );
    return ideal > 0 ? gainInOrder(rows, sample, most) / ideal : null;
  });
}

/** One over the rank of the first relevant row (truth above 0), of rows in order of score; rows of equal score in their own order. A query without one is not counted. */
export function reciprocalRanks(sample: RankedQuery): QueryValues {
  return byQuery(sample, (rows) => {
    const first = byScore(rows, sample).findIndex((row) => (sample.truth[row] ?? 0) > 0);
    return first < 0 ? null : 1 / (first + 1);
  });
}

function byQuery({ truth, queries }: RankedQuery, valueOf: (rows: readonly number[]) => number | null): QueryValues {
  const values = new Float64Array(truth.length);
  const counted = new Float64Array(truth.length);
  const rowsOf: number[][] = [];
  queries?.forEach((query, row) => (rowsOf[query] ??= []).push(row));
  for (const rows of rowsOf) {
    const value = valueOf(rows);
    const [first = 0] = rows;
    if (value === null) continue;
    values[first] = value;
    counted[first] = 1;
  }
  return { values, counted };
}

function byScore(rows: readonly number[], { prediction }: RankedQuery): readonly number[] {
  return rows.toSorted((a, b) => (prediction[b] ?? 0) - (prediction[a] ?? 0));
}

function discount(rank: number, most: number | null): number {
  return most !== null && rank >= most ? 0 : 1 / Math.log2(rank + 2);
}

function idealGain(gains: readonly number[], most: number | null): number {
  return gains.toSorted((a, b) => b - a).reduce((sum, gain, rank) => sum + gain * discount(rank, most), 0);
}

function gainInOrder(rows: readonly number[], sample: RankedQuery, most: number | null): number {
  const order = byScore(rows, sample);
  let sum = 0;
  for (let from = 0, until = 1; from < order.length; from = until, until = from + 1) {
    const score = sample.prediction[order[from] ?? 0];
    let gains = sample.truth[order[from] ?? 0] ?? 0;
    let discounts = discount(from, most);
    for (; until < order.length && sample.prediction[order[until] ?? 0] === score; until++) {
      gains += sample.truth[order[until] ?? 0] ?? 0;
      discounts += discount(until, most);
    }
    sum += (gains / (until - from)) * discounts;
  }
  return sum;
}
