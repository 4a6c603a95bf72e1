import type { Engine } from '@tidegate/runtime';
import type { CountedColumn } from './count-columns.ts';

/** Of about so many rows the edges are taken, whatever there are. */
const sampledRows = 40_000;
const fineBins = 200;

export interface FineEdges {
  /** Of bins of about as many rows each; one that several quantiles fall on is there once. */
  readonly edges: readonly number[];
  /** Different values among the rows that were looked at. */
  readonly distinct: number;
}

/** Edges for a column of so many rows, from stretches of them drawn by a fixed seed. Any edges are right: good ones make bins of equal size. */
export async function fineEdges(engine: Engine, { table, value }: CountedColumn, rows: number): Promise<FineEdges> {
  const probabilities = Array.from({ length: fineBins - 1 }, (_, index) => (index + 1) / fineBins);
  const drawn = `SELECT v FROM (SELECT ${value} AS v FROM ${table}) ${sampleSql(sampledRows, rows)}`;
  const [row = {}] = await engine.rows(
    `SELECT quantile_disc(v, [${probabilities.join(', ')}]) AS edges, count(DISTINCT v) AS values FROM (${drawn})`,
  );
  const edges = Array.isArray(row['edges']) ? row['edges'].map(Number) : [];
  return { edges: [...new Set(edges)].filter(Number.isFinite).toSorted((a, b) => a - b), distinct: Number(row['values']) };
}

/** About so many rows of all, in stretches of some thousand, always the same ones. */
export function sampleSql(wanted: number, rows: number): string {
  return rows <= wanted ? '' : `USING SAMPLE system(${((100 * wanted) / rows).toFixed(4)} PERCENT) REPEATABLE (1)`;
}
