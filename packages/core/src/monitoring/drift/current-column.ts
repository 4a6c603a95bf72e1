import type { CategoryBins, HalvedCounts, OrderedBins, ReferenceColumn } from '@tidegate/formats';
import { type BinnedColumn, type Engine, quoteName } from '@tidegate/runtime';
import { type CountedColumn, countMissing, countOrdered, countValues, emptyBins, numberSql, sizeOf } from './count-columns.ts';
import { binning } from './reference-column.ts';

/** A column of the window in the bins of its reference. */
export interface CurrentColumn {
  readonly reference: ReferenceColumn;
  readonly binned: BinnedColumn;
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
  return reference.kind === 'ordered' ? currentNumbers(engine, source, reference) : currentCategories(engine, source, reference);
}

async function currentNumbers(engine: Engine, source: CountedColumn, reference: OrderedBins): Promise<CurrentColumn> {
  const { counts, mean } = await countOrdered(engine, source, reference.edges);
  const binned = {
    kind: 'ordered',
    valueBins: reference.edges.length + 1,
    reference: withUnseen(reference.counts),
    current: withUnseen(counts),
  } as const;
  return { reference, binned, mean, unseen: null };
}

/** More values than this are not looked at one by one: rarer ones count as never seen, or as rare where that is not told apart. */
const mostCounted = 100_000;

async function currentCategories(engine: Engine, source: CountedColumn, reference: CategoryBins): Promise<CurrentColumn> {
  const { values, rare } = reference;
  const binOf = new Map(values.map((value, bin) => [value, bin]));
  const known = rare === null ? null : new Set(rare);
  const [pooled, missing, unseen] = [values.length, values.length + 1, values.length + 2];
  const counts: readonly [number[], number[]] = [emptyBins(values.length + 3), emptyBins(values.length + 3)];
  let strangest: { readonly value: string; readonly rows: number } | null = null;
  for (const one of await countValues(engine, source, mostCounted)) {
    const own = one.value === null ? missing : binOf.get(one.value);
    const bin = own ?? (known === null || known.has(one.value ?? '') ? pooled : unseen);
    for (const half of [0, 1] as const) counts[half][bin] = (counts[half][bin] ?? 0) + one.rows[half];
    if (bin === unseen && one.value !== null && (strangest === null || sizeOf(one) > strangest.rows))
      strangest = { value: one.value, rows: sizeOf(one) };
  }
  (await countMissing(engine, source)).forEach((rows, half) => {
    const own = counts[half === 0 ? 0 : 1];
    const listed = own.reduce((sum, count, bin) => (bin === missing ? sum : sum + count), 0);
    const rest = known === null ? pooled : unseen;
    own[missing] = rows.missing;
    own[rest] = (own[rest] ?? 0) + rows.known - listed;
  });
  const binned = { kind: 'categories', valueBins: values.length + 1, reference: withUnseen(reference.counts), current: counts } as const;
  return { reference, binned, mean: null, unseen: strangest?.value ?? null };
}

/** The reference never has what it never saw. */
function withUnseen([first, second]: HalvedCounts): HalvedCounts {
  return [
    [...first, 0],
    [...second, 0],
  ];
}
