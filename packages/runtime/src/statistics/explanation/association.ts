import { rankedColumn, spearmanOf } from '../multivariate/ranked-column.ts';

/** A column by row: numbers with NaN where there is none, or texts with null. */
export type AssociatedColumn =
  { readonly kind: 'numbers'; readonly values: Float64Array } | { readonly kind: 'texts'; readonly values: readonly (string | null)[] };

/**
 * How closely two columns go together, from 0 to 1: of numbers the size of Spearman's rho, of texts Cramér's V without its bias (Bergsma 2013, J. Korean
 * Stat. Soc. 42:323), of both the correlation ratio of the ranks, as a root. Null when nothing can be said: too few rows with both, or one value only.
 */
export function associationOf(one: AssociatedColumn, other: AssociatedColumn): number | null {
  if (one.kind === 'numbers')
    return other.kind === 'numbers' ? rankAssociation(one.values, other.values) : correlationRatio(other.values, one.values);
  return other.kind === 'numbers' ? correlationRatio(one.values, other.values) : cramersV(one.values, other.values);
}

function rankAssociation(one: Float64Array, other: Float64Array): number | null {
  const rho = spearmanOf(rankedColumn(one), rankedColumn(other));
  return rho === null ? null : Math.abs(rho);
}

/** Share of the spread of the ranks that lies between groups, less what chance gives it (epsilon squared of Kelley 1935). */
function correlationRatio(groups: readonly (string | null)[], numbers: Float64Array): number | null {
  const { ranks } = rankedColumn(numbers.map((value, row) => (groups[row] == null ? Number.NaN : value)));
  const sums = new Map<string, { rows: number; sum: number }>();
  let [rows, sum, squares] = [0, 0, 0];
  ranks.forEach((rank, row) => {
    const group = groups[row];
    if (Number.isNaN(rank) || group == null) return;
    const own = sums.get(group) ?? { rows: 0, sum: 0 };
    sums.set(group, { rows: own.rows + 1, sum: own.sum + rank });
    rows++;
    sum += rank;
    squares += rank * rank;
  });
  const total = squares - (sum * sum) / rows;
  if (sums.size < 2 || rows <= sums.size || total === 0) return null;
  const between = [...sums.values()].reduce((all, own) => all + (own.sum * own.sum) / own.rows, 0) - (sum * sum) / rows;
  const withinMean = (total - between) / (rows - sums.size);
  return Math.sqrt(Math.max(0, 1 - withinMean / (total / (rows - 1))));
}

function cramersV(one: readonly (string | null)[], other: readonly (string | null)[]): number | null {
  const cells = new Map<string, Map<string, number>>();
  const [left, right] = [new Map<string, number>(), new Map<string, number>()];
  let rows = 0;
  one.forEach((first, row) => {
    const second = other[row];
    if (first === null || second == null) return;
    const line = cells.get(first) ?? new Map<string, number>();
    line.set(second, (line.get(second) ?? 0) + 1);
    cells.set(first, line);
    left.set(first, (left.get(first) ?? 0) + 1);
    right.set(second, (right.get(second) ?? 0) + 1);
    rows++;
  });
  if (left.size < 2 || right.size < 2) return null;
  let chi = 0;
  for (const [first, line] of cells)
    for (const [second, count] of line) chi += (count * count) / ((left.get(first) ?? 1) * (right.get(second) ?? 1));
  const phi = Math.max(0, chi - 1 - ((left.size - 1) * (right.size - 1)) / (rows - 1));
  const shrunk = (size: number): number => size - (size - 1) ** 2 / (rows - 1);
  const least = Math.min(shrunk(left.size), shrunk(right.size)) - 1;
  return least <= 0 ? null : Math.min(1, Math.sqrt(phi / least));
}
