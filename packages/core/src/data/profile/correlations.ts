import type { ProfilePart } from '@tidegate/formats';
import type { Engine } from '@tidegate/runtime';
import { finiteSql } from './finite-sql.ts';
import { rankCorrelations } from './rank-correlations.ts';

/** How numbers of a table go together. */
export interface Correlations {
  /** Names of the columns of numbers, in their order; none of them is personal. */
  readonly columns: readonly string[];
  /** Pearson's r of each pair, over the rows where both have finite values; null where one of them has one value only. A row a column. */
  readonly pearson: readonly (readonly (number | null)[])[];
  /** Spearman's rho of each pair, likewise. */
  readonly spearman: readonly (readonly (number | null)[])[];
  /** How far any of `spearman` may be off: 0 where every row was ranked, more where rows were counted in bins. */
  readonly spearmanError: number;
}

/** So many columns at most: each pair is an aggregate of its own. */
const mostColumns = 100;

/**
 * Pearson's and Spearman's correlation of every pair of columns of numbers. Pearson's takes one scan.
 *
 * @param rows a SELECT of the rows, by the names of their columns
 * @param part says which columns have numbers: of personal ones it has none
 */
export async function correlationsOf(engine: Engine, rows: string, part: ProfilePart): Promise<Correlations> {
  const columns = part.columns
    .filter(({ type, numbers }) => (type === 'integer' || type === 'number') && numbers !== null)
    .map(({ name }) => name)
    .slice(0, mostColumns);
  const values = columns.map((name, at) => `${finiteSql(name)} AS v${at}`);
  const pairs = columns.flatMap((_, one) => columns.slice(0, one).map((__, other) => `corr(v${one}, v${other}) AS r${one}_${other}`));
  const [row = {}] =
    pairs.length === 0 ? [] : await engine.rows(`SELECT ${pairs.join(', ')} FROM (SELECT ${values.join(', ')} FROM (${rows}))`);
  const between = (one: number, other: number): number | null => {
    if (one === other) return part.columns.find(({ name }) => name === columns[one])?.numbers?.deviation === 0 ? null : 1;
    const found = row[`r${Math.max(one, other)}_${Math.min(one, other)}`];
    return typeof found === 'number' ? found : null;
  };
  const pearson = columns.map((_, one) => columns.map((__, other) => between(one, other)));
  return { columns, pearson, ...(await rankCorrelations(engine, rows, { columns, part })) };
}
