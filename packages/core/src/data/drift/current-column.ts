import type { HalvedCounts, OrderedBins, ReferenceColumn } from '@tidegate/formats';
import { type BinnedColumn, type Engine, quoteName } from '@tidegate/runtime';
import { countBetween, type CountedColumn, numberSql, withMissing } from './count-columns.ts';
import { currentCategories } from './current-categories.ts';
import { binning } from './reference-column.ts';

/** A column of the window in the bins of its reference. */
export interface CurrentColumn {
  readonly reference: ReferenceColumn;
  readonly binned: BinnedColumn;
  /** Of categories the value of each bin but the last, which holds the others; null for numbers. */
  readonly values: readonly string[] | null;
  /** Average of the numbers; null for categories. */
  readonly mean: number | null;
  /** A value that the reference never had, the most frequent of them; null when there is none. */
  readonly unseen: string | null;
}

/** SQL of a column's value as the bins of its reference take it. */
export function valueSql(column: string, { type }: Pick<ReferenceColumn, 'type'>): string {
  return binning(type) === 'numbers' ? numberSql(column) : `CAST(${quoteName(column)} AS VARCHAR)`;
}

export async function currentColumn(engine: Engine, source: CountedColumn, reference: ReferenceColumn): Promise<CurrentColumn> {
  if (reference.kind === 'ordered') return currentNumbers(engine, source, reference);
  return { reference, mean: null, ...(await currentCategories(engine, source, reference)) };
}

async function currentNumbers(engine: Engine, source: CountedColumn, reference: OrderedBins): Promise<CurrentColumn> {
  const { halves, missing, mean } = await countBetween(engine, source, reference.edges);
  return numbersIn(reference, withMissing(halves, missing), mean);
}

/** Numbers that are counted in the bins of their reference. */
export function numbersIn(reference: OrderedBins, counts: HalvedCounts, mean: number | null): CurrentColumn {
  const { edges, mean: centre, std } = reference;
  const binned = {
    kind: 'ordered',
    valueBins: edges.length + 1,
    reference: withUnseen(reference.counts),
    current: withUnseen(counts),
    ...(centre !== null && std !== null && std > 0 && { scale: { edges, mean: centre, deviation: std } }),
  } as const;
  return { reference, binned, values: null, mean, unseen: null };
}

/** Numbers are never unseen: each is in some bin. */
function withUnseen([first, second]: HalvedCounts): HalvedCounts {
  return [
    [...first, 0],
    [...second, 0],
  ];
}
