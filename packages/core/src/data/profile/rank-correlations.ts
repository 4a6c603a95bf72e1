import type { ColumnPart, ProfilePart } from '@tidegate/formats';
import {
  type BinnedCorrelation,
  binnedSpearman,
  type CrossedBins,
  type Engine,
  quantileOf,
  type RankedColumn,
  rankedColumn,
  spearmanOf,
} from '@tidegate/runtime';
import { finiteSql } from './finite-sql.ts';

/** Rows up to which each is ranked. */
const mostRanked = 200_000;
/** Of more rows so many columns are looked at: each pair of them is counted by itself. */
const mostBinnedColumns = 40;
/** Bins of a column of very many rows, each of about as many. */
const bins = 128;

export interface RankCorrelations {
  readonly spearman: readonly (readonly (number | null)[])[];
  readonly spearmanError: number;
}

interface RankRequest {
  readonly columns: readonly string[];
  readonly part: ProfilePart;
  /** Of more rows than these bins are counted. Default: 200,000. */
  readonly most?: number;
}

/** Spearman's correlation of every pair: of all rows, or of very many by their bins, with what that may be off. Pairs beyond the columns that are looked at are null. */
export async function rankCorrelations(
  engine: Engine,
  rows: string,
  { columns, part, most = mostRanked }: RankRequest,
): Promise<RankCorrelations> {
  if (columns.length === 0) return { spearman: [], spearmanError: 0 };
  if (part.rows <= most) return { spearman: await rankedPairs(engine, rows, columns), spearmanError: 0 };
  const looked = columns.slice(0, mostBinnedColumns);
  const found = await binnedPairs(engine, rows, { columns: looked, part });
  return {
    spearman: columns.map((_, one) => columns.map((__, other) => found[one]?.[other]?.value ?? null)),
    spearmanError: Math.max(0, ...found.flatMap((row) => row.map((pair) => pair?.error ?? 0))),
  };
}

async function rankedPairs(engine: Engine, rows: string, columns: readonly string[]): Promise<RankCorrelations['spearman']> {
  const ranked: RankedColumn[] = [];
  for (const column of columns) {
    const { v = [] } = await engine.columns(`SELECT ${finiteSql(column)} AS v FROM (${rows})`);
    ranked.push(rankedColumn(Float64Array.from(v, Number)));
  }
  return symmetric(ranked, (one, other) => spearmanOf(one, other));
}

interface BinnedValues {
  readonly edges: readonly number[];
  readonly areSingle: readonly boolean[];
}

async function binnedPairs(
  engine: Engine,
  rows: string,
  { columns, part }: Pick<RankRequest, 'columns' | 'part'>,
): Promise<readonly (readonly (BinnedCorrelation | null)[])[]> {
  const binned = columns.flatMap((column) => part.columns.filter(({ name }) => name === column).map(binsOf));
  const values = columns.map((column, at) => `${finiteSql(column)} AS v${at}`);
  const places = binned.map(({ edges }, at) => `${binSql(`v${at}`, edges)} AS b${at}`);
  await engine.run(
    `CREATE OR REPLACE TEMP TABLE tidegate_ranks AS SELECT ${places.join(', ')} FROM (SELECT ${values.join(', ')} FROM (${rows}))`,
  );
  try {
    const crossed = new Map<string, CrossedBins>();
    for (const [one, { areSingle }] of binned.entries())
      for (const [other, own] of binned.slice(0, one).entries()) {
        const counts = areSingle.map(() => own.areSingle.map(() => 0));
        const found = await engine.rows(
          `SELECT b${one} AS x, b${other} AS y, count(*) AS n FROM tidegate_ranks WHERE b${one} IS NOT NULL AND b${other} IS NOT NULL GROUP BY ALL`,
        );
        for (const row of found) {
          const line = counts[Number(row['x'])];
          if (line !== undefined) line[Number(row['y'])] = Number(row['n']);
        }
        crossed.set(`${one} ${other}`, { counts, areSingle: [areSingle, own.areSingle] });
      }
    return symmetric([...binned.keys()], (one, other) => {
      if (one === other) return (binned[one]?.areSingle.length ?? 0) < 2 ? null : { value: 1, error: 0 };
      const counts = crossed.get(`${one} ${other}`);
      return counts === undefined ? null : binnedSpearman(counts);
    });
  } finally {
    await engine.run('DROP TABLE IF EXISTS tidegate_ranks');
  }
}

/** A bin for each value where there are few, else so many with about as many rows each. */
function binsOf({ numbers, values }: ColumnPart): BinnedValues {
  const listed = values === null || values.error > 0 ? [] : values.values.map(([value]) => Number(value)).filter(Number.isFinite);
  if (listed.length > 0 && listed.length <= bins)
    return { edges: listed.toSorted((a, b) => a - b).slice(0, -1), areSingle: listed.map(() => true) };
  const quantiles = Array.from({ length: bins - 1 }, (_, at) => (numbers === null ? 0 : quantileOf(numbers, (at + 1) / bins).high));
  const edges = [...new Set(quantiles)];
  return { edges, areSingle: [...edges, 0].map(() => false) };
}

/** SQL: the bin of a value, counted from 0, by halving: each row takes few comparisons. NULL without a value. */
function binSql(value: string, edges: readonly number[]): string {
  const search = (from: number, until: number): string => {
    if (from === until) return `${from}`;
    const middle = Math.floor((from + until) / 2);
    return `CASE WHEN ${value} <= ${edges[middle]}::DOUBLE THEN ${search(from, middle)} ELSE ${search(middle + 1, until)} END`;
  };
  return `CASE WHEN ${value} IS NOT NULL THEN (${search(0, edges.length)})::UTINYINT END`;
}

/** Of every pair, asked once, the later one first. */
function symmetric<Column, Found>(
  columns: readonly Column[],
  of: (one: Column, other: Column) => Found | null,
): readonly (readonly (Found | null)[])[] {
  const half = columns.map((one, at) => columns.slice(0, at + 1).map((other) => of(one, other)));
  return columns.map((_, one) => columns.map((__, other) => half[Math.max(one, other)]?.[Math.min(one, other)] ?? null));
}
