/** One set of trials: so many datasets drawn anew, each with a reference, and judged by every tool. */
export interface Cell {
  readonly part: 'nothing changed' | 'a shift';
  readonly kind: 'numbers' | 'classes';
  readonly rows: number;
  readonly columns: number;
  /** Different values of each column of classes, the k-th frequent as log(1 + 1 / k), which is nearly Zipf's law; 0 for numbers. */
  readonly classes: number;
  /** Standard deviations by which the first column lies higher; 0 = nothing changed. */
  readonly shift: number;
}

/** Rows of every reference. */
export const referenceRows = 5000;

/** All that are asked for: up to so many rows. */
export function cellsUpTo(most: number): readonly Cell[] {
  const numbers = { part: 'nothing changed', kind: 'numbers', columns: 20, classes: 0, shift: 0 } as const;
  const classes = { part: 'nothing changed', kind: 'classes', columns: 20, shift: 0 } as const;
  return [
    ...[50, 200, 1000, 10_000, 100_000, 1_000_000].map((rows): Cell => ({ ...numbers, rows })),
    ...[2, 10, 100, 1000].flatMap((count) => [50, 200, 1000, 10_000].map((rows): Cell => ({ ...classes, classes: count, rows }))),
    ...[0.1, 0.2, 0.3, 0.5].flatMap((shift) => [50, 200, 1000, 10_000].map((rows): Cell => ({ ...numbers, part: 'a shift', rows, shift }))),
    ...[200, 1000].map((rows): Cell => ({ ...numbers, rows, columns: 200 })),
  ].filter(({ rows }) => rows <= most);
}

/** How often a cell is repeated: fewer times where there would be more than so many numbers. */
export function repeatsOf({ rows, columns }: Cell, { most, numbers }: { readonly most: number; readonly numbers: number }): number {
  return Math.max(2, Math.min(most, Math.floor(numbers / (rows * columns))));
}

/**
 * SELECT of the rows of all repeats: `repeat`, `side` (0 reference, 1 current) and the columns c0 … of them. Numbers are normal, every second column lognormal
 * with a long tail; each is made of a hash of its place, so that all tools get the same ones.
 */
export function cellSql({ kind, rows, columns, classes, shift }: Cell, repeats: number): string {
  const unit = (column: number, salt: string): string =>
    `((hash(repeat, side, i, ${column}, '${salt}') % 1000000007 + 0.5) / 1000000007.0)`;
  const value = (column: number): string => {
    if (kind === 'classes') return `'k' || floor(exp(${unit(column, 'u')} * ln(${classes + 1})))::INT`;
    const normal = `(sqrt(-2 * ln(${unit(column, 'u')})) * cos(2 * pi() * ${unit(column, 'v')}))`;
    const moved = column === 0 && shift > 0 ? `(${normal} + side * ${shift})` : normal;
    return column % 2 === 0 ? moved : `exp(1.5 * ${moved})`;
  };
  const source = `SELECT repeat, side, i FROM range(${repeats}) a(repeat), (SELECT 0 AS side, i FROM range(${referenceRows}) t(i) UNION ALL SELECT 1, i FROM range(${rows}) t(i))`;
  return `SELECT repeat, side, ${Array.from({ length: columns }, (_, column) => `${value(column)} AS c${column}`).join(', ')} FROM (${source}) ORDER BY repeat, side, i`;
}
