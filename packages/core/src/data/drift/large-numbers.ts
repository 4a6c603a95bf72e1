import type { ColumnMeasures, DriftHistogram, FeatureColumn, HalvedCounts, OrderedBins, ReferenceColumn } from '@tidegate/formats';
import type { Engine } from '@tidegate/runtime';
import { histogramBins, histogramTail } from './column-histogram.ts';
import { countBetween, type CountedColumn, type NumberCounts, withMissing } from './count-columns.ts';
import { bothHalves, fineMeasures, wholeSpan } from './fine-measures.ts';
import { mergeNeighbours } from './reference-column.ts';

/** Numbers of two samples that are known by their counts between the same edges. */
export interface LargeNumbers {
  readonly reference: OrderedBins;
  /** In the bins of the reference, rows without a value last. */
  readonly current: HalvedCounts;
  /** Of the current numbers; null without one. */
  readonly mean: number | null;
  readonly measures: ColumnMeasures | null;
  readonly histogram: DriftHistogram | null;
}

/** Parts of about as many rows each that the edges of bins are chosen by, before neighbours are merged to those that are judged. */
const parts = 40;

/** Everything that is said of a column of numbers, from counts of either sample between the same edges. */
export async function largeNumbers(
  engine: Engine,
  { before, after, edges }: { readonly before: CountedColumn; readonly after: CountedColumn; readonly edges: readonly number[] },
  column: CountedAs,
): Promise<LargeNumbers> {
  return numbersBetween(edges, [await countBetween(engine, before, edges), await countBetween(engine, after, edges)], column);
}

export type CountedAs = FeatureColumn & { readonly role: ReferenceColumn['role'] };

/** The same of counts that are at hand. */
export function numbersBetween(
  edges: readonly number[],
  [old, young]: readonly [NumberCounts, NumberCounts],
  { name, type, role }: CountedAs,
): LargeNumbers {
  const coarse = edgesOfParts(edges, bothHalves(old)).filter((edge) => edge < (old.ends?.[1] ?? edge));
  const merged = mergeNeighbours(coarse, binsOf(old, edges, coarse));
  const reference: OrderedBins = {
    kind: 'ordered',
    column: name,
    type,
    role,
    usual: null,
    usualMissing: null,
    edges: merged.edges,
    counts: withMissing(merged.counts, old.missing),
    mean: old.mean,
    std: old.std,
  };
  const current = withMissing(binsOf(young, edges, merged.edges), young.missing);
  return { reference, current, mean: young.mean, measures: fineMeasures(edges, old, young), histogram: drawn(edges, old, young) };
}

/** Of each part of the rows the first edge that it ends before, so that a value which many rows have stays a bin. */
function edgesOfParts(edges: readonly number[], counts: readonly number[]): readonly number[] {
  const rows = sum(counts);
  const chosen: number[] = [];
  let below = 0;
  for (const [bin, edge] of edges.entries()) {
    const before = below;
    below += counts[bin] ?? 0;
    if (Math.floor((parts * below) / rows) > Math.floor((parts * before) / rows)) chosen.push(edge);
  }
  return chosen;
}

/** The counts between some of the edges. */
function binsOf({ halves }: NumberCounts, edges: readonly number[], kept: readonly number[]): HalvedCounts {
  const places = [...kept.map((edge) => edges.indexOf(edge) + 1), edges.length + 1];
  const own = (half: readonly number[]): readonly number[] => places.map((end, bin) => sum(half.slice(places[bin - 1] ?? 0, end)));
  return [own(halves[0]), own(halves[1])];
}

const sum = (counts: readonly number[]): number => counts.reduce((total, rows) => total + rows, 0);

/** Bins of one width, in which the rows of a fine bin lie evenly. */
function drawn(edges: readonly number[], old: NumberCounts, young: NumberCounts): DriftHistogram | null {
  const whole = wholeSpan(edges, old, young);
  if (whole === null) return null;
  const low = Math.min(...[old, young].map((one) => quantile(whole, bothHalves(one), histogramTail)));
  const high = Math.max(...[old, young].map((one) => quantile(whole, bothHalves(one), 1 - histogramTail)));
  const width = (high - low) / histogramBins;
  if (!(width > 0)) return null;
  const shares = (one: NumberCounts): readonly number[] => {
    const counts = bothHalves(one);
    const rows = sum(counts);
    const below = (value: number): number => counts.reduce((total, count, bin) => total + count * partBelow(value, whole, bin), 0);
    const cumulated = Array.from({ length: histogramBins - 1 }, (_, bin) => below(low + (bin + 1) * width) / rows);
    return [...cumulated, 1].map((share, bin) => Number((share - (cumulated[bin - 1] ?? 0)).toFixed(6)));
  };
  return { low, high, reference: shares(old), current: shares(young) };
}

function partBelow(value: number, edges: readonly number[], bin: number): number {
  const [from, until] = [edges[bin] ?? 0, edges[bin + 1] ?? 0];
  if (value >= until) return 1;
  return value <= from ? 0 : (value - from) / (until - from);
}

/** The upper edge of the bin that it falls into. */
function quantile(edges: readonly number[], counts: readonly number[], share: number): number {
  const wanted = share * sum(counts);
  let total = 0;
  for (const [bin, rows] of counts.entries()) {
    total += rows;
    if (total >= wanted) return edges[bin + (share < 0.5 ? 0 : 1)] ?? 0;
  }
  return edges.at(-1) ?? 0;
}
