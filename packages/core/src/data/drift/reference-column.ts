import type { FeatureColumn, HalvedCounts, LogicalType, ReferenceColumn } from '@tidegate/formats';
import type { Engine } from '@tidegate/runtime';
import { type CountedColumn, type CountedValue, countBetween, countMissing, countValues, sizeOf, withMissing } from './count-columns.ts';

/** More bins cost rows: each makes the distance harder to tell from noise. */
const mostBins = 10;
/** Numbers with so few values are categories. */
const fewValues = 10;
/** Values with a bin of their own at most, and the share of rows that earns one. */
const mostValues = 100;
const leastShare = 0.001;
/** Values that are kept to tell a rare one from one that was never seen. */
const mostRare = 10_000;

/** How values of a type are counted; null when they are not: times and days move on by themselves, lists have no bins. */
export function binning(type: LogicalType): 'numbers' | 'categories' | null {
  if (type === 'integer' || type === 'number') return 'numbers';
  return type === 'string' || type === 'boolean' ? 'categories' : null;
}

/** Makes the bins of a column from the rows of a reference, and counts them. */
export async function referenceColumn(
  engine: Engine,
  source: CountedColumn,
  { name, type, role }: FeatureColumn & { readonly role: ReferenceColumn['role'] },
): Promise<ReferenceColumn> {
  const own = { column: name, role, type, usual: null, usualMissing: null };
  if (binning(type) === 'numbers') {
    const [found = {}] = await engine.rows(`SELECT count(DISTINCT v) AS distinct FROM (SELECT ${source.value} AS v FROM ${source.table})`);
    if (!isFewNumbers(Number(found['distinct']))) return { ...own, ...(await orderedBins(engine, source)) };
  }
  return { ...own, ...(await categoryBins(engine, source)) };
}

/** Whether numbers with so many different values are categories. */
export function isFewNumbers(distinct: number): boolean {
  return distinct <= fewValues;
}

/** Of values, most frequent first, those that have bins of their own. */
export function frequentOf<Value>(values: readonly Value[], rows: number, rowsOf: (value: Value) => number): readonly Value[] {
  return values.slice(0, mostValues).filter((value) => rowsOf(value) >= leastShare * rows);
}

/** Of the fine quantiles. */
export const fineProbabilities = Array.from({ length: 39 }, (_, index) => (index + 1) / 40);

/** Bins of about as many rows each: fine quantiles, of which neighbours are merged, so that a value which many rows have stays a bin. */
async function orderedBins(engine: Engine, source: CountedColumn) {
  const [row = {}] = await engine.rows(
    `SELECT quantile_disc(v, [${fineProbabilities.join(', ')}]) AS edges, max(v) AS largest FROM (SELECT ${source.value} AS v FROM ${source.table})`,
  );
  const quantiles = Array.isArray(row['edges']) ? row['edges'].map(Number) : [];
  const fine = [...new Set(quantiles)].filter((edge) => edge < Number(row['largest'])).toSorted((a, b) => a - b);
  const { halves, missing, mean, std } = await countBetween(engine, source, fine);
  const merged = mergeNeighbours(fine, withMissing(halves, missing));
  return { kind: 'ordered', ...merged, mean, std } as const;
}

/** Merges the two neighbouring bins with the fewest rows until there are ten: more would cost rows. */
export function mergeNeighbours(edges: readonly number[], [first, second]: HalvedCounts) {
  const kept = [...edges];
  const halves: readonly [number[], number[]] = [[...first], [...second]];
  while (kept.length + 1 > mostBins) {
    const sums = kept.map((_, bin) => halves.reduce((sum, half) => sum + (half[bin] ?? 0) + (half[bin + 1] ?? 0), 0));
    const least = sums.indexOf(Math.min(...sums));
    kept.splice(least, 1);
    for (const half of halves) half.splice(least, 2, (half[least] ?? 0) + (half[least + 1] ?? 0));
  }
  return { edges: kept, counts: halves };
}

async function categoryBins(engine: Engine, source: CountedColumn) {
  const found = await countValues(engine, source, mostValues + mostRare);
  return categoryBinsOf(found, await countMissing(engine, source));
}

/**
 * The bins of counted values.
 *
 * @param found most frequent first, one more than are kept where there are more
 * @param halves rows with a value and without one
 */
export function categoryBinsOf(found: readonly CountedValue[], halves: Awaited<ReturnType<typeof countMissing>>) {
  const rows = halves.reduce((sum, { known, missing }) => sum + known + missing, 0);
  const valued = found.filter(({ value }) => value !== null);
  const frequent = frequentOf(valued, rows, sizeOf);
  const values = frequent.flatMap(({ value }) => value ?? []);
  const isWhole = found.length <= mostValues + mostRare;
  const others = valued.slice(frequent.length);
  const rare = isWhole ? others.flatMap(({ value }) => value ?? []) : null;
  const rowsOf = (half: 0 | 1): readonly number[] => others.map(({ rows: counted }) => counted[half]);
  const [first, second] = halves.map(({ known, missing }, half) => {
    const counts = frequent.map((one) => one.rows[half] ?? 0);
    return [...counts, known - counts.reduce((sum, count) => sum + count, 0), missing];
  });
  const rareRows = rare === null ? {} : { rareRows: [rowsOf(0), rowsOf(1)] as const };
  return { kind: 'categories', values, rare, ...rareRows, counts: [first ?? [], second ?? []] } as const;
}
