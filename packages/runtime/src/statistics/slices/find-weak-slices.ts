import { hochbergAdjusted } from '../hochberg.ts';
import { type Moments, momentsOf } from '../means.ts';
import { type SeededRandom, seededRandom } from '../seeded-random.ts';
import { studentCdf } from '../student-t.ts';

/** A column that slices may be cut by. */
export interface SliceColumn {
  readonly name: string;
  /** By row: a number, a text, or null for a missing value. All values of a column are of one kind. */
  readonly values: readonly (number | string | null)[];
}

export interface WeakSliceRequest {
  readonly columns: readonly SliceColumn[];
  /** By row: what is bad about it, more being worse, such as a loss, or a loss less that of another model. */
  readonly loss: Float64Array;
  /** By row: the cluster of rows that are not independent of each other. Default: every row is. */
  readonly clusters?: Int32Array;
  /** Compared with 0 where the loss is a difference already, otherwise with the loss outside the slice. */
  readonly against: 'zero' | 'rest';
  /** Chance of a false find among those that are told. */
  readonly falseFinds: number;
  /** Rows of the half that slices are looked for in which a slice needs. */
  readonly leastRows: number;
  readonly seed: number;
}

/** A set of rows that nobody named, in which the loss is proven to be larger. */
export interface WeakSlice {
  /** What its rows have in common, all of it. */
  readonly conditions: readonly Condition[];
  /** Rows that it was tested by, none of which it was found in. */
  readonly rows: number;
  readonly mean: number;
  /** What it is compared with: 0, or the mean outside. */
  readonly other: number;
  /** In standard deviations: the effect size of Slice Finder (Chung et al. 2019, ICDE). */
  readonly effect: number;
  readonly p: number;
  /** After Benjamini and Hochberg over all that was tested. */
  readonly adjusted: number;
}

export type Condition =
  | { readonly column: string; readonly kind: 'at-most' | 'above'; readonly value: number }
  | { readonly column: string; readonly kind: 'is' | 'is-not'; readonly value: string }
  | { readonly column: string; readonly kind: 'missing' | 'known' };

export interface WeakSlices {
  /** The worst first. */
  readonly found: readonly WeakSlice[];
  readonly tested: number;
}

/** Conditions of a slice at most: what people still understand. */
const mostDepth = 3;
const thresholds = 9;
const mostValues = 20;

/**
 * Looks in half of the rows for slices of large loss, by a tree that cuts where the losses on either side differ most, and tests in the other
 * half what it found: so that looking at many slices makes none of them likelier to be told.
 */
export function findWeakSlices(request: WeakSliceRequest): WeakSlices {
  const rows = request.loss.length;
  const random = seededRandom(request.seed);
  const inSearch = halves(request, random);
  const search = Int32Array.from({ length: rows }, (_, row) => row).filter((row) => inSearch[row] === 1);
  const others = Int32Array.from({ length: rows }, (_, row) => row).filter((row) => inSearch[row] === 0);
  const leaves: (readonly Condition[])[] = [];
  grow(request, search, [], leaves);
  const tested = leaves.flatMap((conditions) => testSlice(request, others, conditions) ?? []);
  const adjusted = hochbergAdjusted(tested.map(({ p }) => p));
  const found = tested
    .map((slice, place) => ({ ...slice, adjusted: adjusted[place] ?? 1 }))
    .filter((slice) => slice.adjusted <= request.falseFinds);
  return { found: found.toSorted((a, b) => b.effect - a.effect), tested: tested.length };
}

/** By row whether slices are looked for in it; rows of a cluster stay together, for otherwise one half would know the other. */
function halves({ loss, clusters }: WeakSliceRequest, random: SeededRandom): Uint8Array {
  if (clusters === undefined) return Uint8Array.from(loss, () => Number(random.unit() < 0.5));
  const chosen = new Map<number, number>();
  return Uint8Array.from(clusters, (cluster) => {
    const half = chosen.get(cluster) ?? Number(random.unit() < 0.5);
    chosen.set(cluster, half);
    return half;
  });
}

/** Adds the slices of larger loss below a node; the node itself when it cannot be cut. */
function grow(request: WeakSliceRequest, rows: Int32Array, conditions: readonly Condition[], leaves: (readonly Condition[])[]): void {
  const best = conditions.length >= mostDepth ? null : bestCut(request, rows);
  if (best === null) {
    if (conditions.length > 0) leaves.push(conditions);
    return;
  }
  for (const condition of [best, opposite(best)])
    grow(request, rowsWhere(request.columns, rows, condition), [...conditions, condition], leaves);
}

/** The condition by which the losses differ most, as a share of their spread that it explains; null when no cut explains more than chance. */
function bestCut(request: WeakSliceRequest, rows: Int32Array): Condition | null {
  const { loss, leastRows } = request;
  let total = 0;
  for (const row of rows) total += loss[row] ?? 0;
  const mean = total / rows.length;
  let best: { readonly condition: Condition; readonly gain: number } | null = null;
  for (const column of request.columns)
    for (const condition of conditionsOf(column, rows)) {
      let [count, sum] = [0, 0];
      for (const row of rows)
        if (holds(condition, column.values[row] ?? null)) {
          count++;
          sum += loss[row] ?? 0;
        }
      const rest = rows.length - count;
      if (count < leastRows || rest < leastRows) continue;
      const gain = count * (sum / count - mean) ** 2 + rest * ((total - sum) / rest - mean) ** 2;
      if (best === null || gain > best.gain) best = { condition, gain };
    }
  if (best === null) return null;
  let squares = 0;
  for (const row of rows) squares += ((loss[row] ?? 0) - mean) ** 2;
  // an F of 4 is what a single cut has by chance in one case of 20; what is not real is left to the test
  return best.gain > (4 * squares) / rows.length ? best.condition : null;
}

function conditionsOf({ name, values }: SliceColumn, rows: Int32Array): readonly Condition[] {
  const known: (number | string)[] = [];
  let missing = 0;
  for (const row of rows) {
    const value = values[row] ?? null;
    if (value === null) missing++;
    else known.push(value);
  }
  const lacking: readonly Condition[] = missing > 0 && known.length > 0 ? [{ column: name, kind: 'missing' }] : [];
  const numbers = known.filter((value) => typeof value === 'number').sort((a, b) => a - b);
  if (numbers.length > 0) {
    const cuts = new Set(
      Array.from({ length: thresholds }, (_, place) => numbers[Math.floor(((place + 1) / (thresholds + 1)) * numbers.length)] ?? 0),
    );
    cuts.delete(numbers.at(-1) ?? 0);
    return [...[...cuts].map((value) => ({ column: name, kind: 'at-most', value }) as const), ...lacking];
  }
  const counts = new Map<string, number>();
  for (const value of known) counts.set(String(value), (counts.get(String(value)) ?? 0) + 1);
  const frequent = [...counts].toSorted(([a, ca], [b, cb]) => cb - ca || (a < b ? -1 : 1)).slice(0, mostValues);
  return [...frequent.map(([value]) => ({ column: name, kind: 'is', value }) as const), ...lacking];
}

function holds(condition: Condition, value: number | string | null): boolean {
  switch (condition.kind) {
    case 'missing':
      return value === null;
    case 'known':
      return value !== null;
    case 'at-most':
      return value !== null && Number(value) <= condition.value;
    case 'above':
      return value === null || Number(value) > condition.value;
    case 'is':
      return value === condition.value;
    case 'is-not':
      return value !== condition.value;
  }
}

function opposite(condition: Condition): Condition {
  const { column } = condition;
  switch (condition.kind) {
    case 'missing':
      return { column, kind: 'known' };
    case 'known':
      return { column, kind: 'missing' };
    case 'at-most':
      return { column, kind: 'above', value: condition.value };
    case 'above':
      return { column, kind: 'at-most', value: condition.value };
    case 'is':
      return { column, kind: 'is-not', value: condition.value };
    case 'is-not':
      return { column, kind: 'is', value: condition.value };
  }
}

function rowsWhere(columns: readonly SliceColumn[], rows: Int32Array, condition: Condition): Int32Array {
  const values = columns.find(({ name }) => name === condition.column)?.values ?? [];
  return rows.filter((row) => holds(condition, values[row] ?? null));
}

/** Fewer clusters than these in a slice, and the spread between them is not known well enough to test by. */
const fewestClusters = 10;

/** One-sided: that the loss is larger there. Null for too few rows or clusters. */
function testSlice(request: WeakSliceRequest, rows: Int32Array, conditions: readonly Condition[]): Omit<WeakSlice, 'adjusted'> | null {
  const { columns, loss, against, leastRows } = request;
  const members = conditions.reduce((left, condition) => rowsWhere(columns, left, condition), rows);
  if (members.length < leastRows / 2) return null;
  const inside = new Set(members);
  const outside = rows.filter((row) => !inside.has(row));
  const [own, rest] = [members, outside].map((some) => momentsOf(Float64Array.from(some, (row) => loss[row] ?? 0)));
  if (own === undefined || rest === undefined || (against === 'rest' && rest.rows < 2)) return null;
  const split = { members, outside: against === 'zero' ? new Int32Array() : outside, own, rest };
  const tested = request.clusters === undefined ? ofRows(split) : ofClusters(split, { loss, clusters: request.clusters });
  const spread = Math.sqrt(against === 'zero' ? own.variance : (own.variance + rest.variance) / 2);
  if (tested === null || !(tested.error > 0)) return null;
  const other = against === 'zero' ? 0 : rest.mean;
  const t = (own.mean - other) / tested.error;
  return { conditions, rows: own.rows, mean: own.mean, other, effect: (own.mean - other) / spread, p: studentCdf(-t, tested.degrees) };
}

interface Split {
  readonly members: Int32Array;
  /** What the slice is compared with; empty when that is 0. */
  readonly outside: Int32Array;
  readonly own: Moments;
  readonly rest: Moments;
}

interface ErrorOfDifference {
  readonly error: number;
  readonly degrees: number;
}

/** Student's t against 0, Welch's against the rest. */
function ofRows({ own, rest, outside }: Split): ErrorOfDifference {
  const ownError = own.variance / own.rows;
  const otherError = outside.length === 0 ? 0 : rest.variance / rest.rows;
  const degrees =
    (ownError + otherError) ** 2 / (ownError ** 2 / (own.rows - 1) + (outside.length === 0 ? 0 : otherError ** 2 / (rest.rows - 1)));
  return { error: Math.sqrt(ownError + otherError), degrees };
}

/**
 * The spread between clusters: what each adds to the difference of the means is what is independent (Liang and Zeger 1986, Biometrika 73:13, with the
 * factor G / (G - 1)). The degrees of freedom are those of the clusters in the slice.
 */
function ofClusters(
  { members, outside, own, rest }: Split,
  { loss, clusters }: { readonly loss: Float64Array; readonly clusters: Int32Array },
): ErrorOfDifference | null {
  const added = new Map<number, number>();
  const add = (rows: Int32Array, { mean, rows: count }: Moments, sign: 1 | -1): void => {
    for (const row of rows) {
      const cluster = clusters[row] ?? 0;
      added.set(cluster, (added.get(cluster) ?? 0) + (sign * ((loss[row] ?? 0) - mean)) / count);
    }
  };
  add(members, own, 1);
  const inside = added.size;
  if (inside < fewestClusters) return null;
  add(outside, rest, -1);
  const squares = [...added.values()].reduce((sum, value) => sum + value * value, 0);
  return { error: Math.sqrt((squares * added.size) / (added.size - 1)), degrees: inside - 1 };
}
