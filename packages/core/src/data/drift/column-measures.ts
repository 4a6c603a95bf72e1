import type { ColumnMeasures } from '@tidegate/formats';
import { binnedMeasures, type Engine, numberMeasures, shareMeasures } from '@tidegate/runtime';
import { numberLiteral } from './count-columns.ts';

/** Rows of both sides up to which every value is looked at. */
const mostRows = 1_000_000;
const mostClasses = 100_000;
/** Bins of about as many rows of the reference each, where there are more. */
const bins = 1000;

export interface MeasuredValues {
  readonly before: string;
  readonly after: string;
  /** SQL of the value in either table. */
  readonly value: string;
  readonly kind: 'numbers' | 'classes';
  readonly rows: number;
}

/** The measures that people know, of all values, or between two bounds where there are too many rows for that. */
export async function columnMeasures(engine: Engine, measured: MeasuredValues): Promise<ColumnMeasures | null> {
  if (measured.kind === 'classes') return classMeasures(engine, measured);
  return measured.rows <= mostRows ? exactMeasures(engine, measured) : boundedMeasures(engine, measured);
}

function countedSql({ before, after, value }: MeasuredValues): string {
  const side = (table: string, which: number): string => `SELECT ${value} AS v, ${which} AS side FROM ${table}`;
  return `SELECT v, count(*) FILTER (side = 0) AS old, count(*) FILTER (side = 1) AS young
    FROM (${side(before, 0)} UNION ALL ${side(after, 1)}) WHERE v IS NOT NULL GROUP BY v`;
}

async function exactMeasures(engine: Engine, measured: MeasuredValues): Promise<ColumnMeasures | null> {
  const rows = await engine.rows(`${countedSql(measured)} ORDER BY v`);
  if (rows.length === 0) return null;
  const found = numberMeasures({
    values: rows.map(({ v }) => Number(v)),
    reference: rows.map(({ old }) => Number(old)),
    current: rows.map(({ young }) => Number(young)),
  });
  const test = (one: { readonly statistic: number; readonly pValue: number } | null) =>
    one === null ? null : { statistic: one.statistic, pValue: one.pValue };
  return {
    of: 'numbers',
    kolmogorovSmirnov: test(found.kolmogorovSmirnov),
    mannWhitney: test(found.mannWhitney),
    cramerVonMises: test(found.cramerVonMises),
    andersonDarling: found.andersonDarling,
    wasserstein: found.wasserstein,
    energy: found.energy,
  };
}

async function boundedMeasures(engine: Engine, { before, after, value }: MeasuredValues): Promise<ColumnMeasures | null> {
  const inner = Array.from({ length: bins - 1 }, (_, index) => (index + 1) / bins);
  const [row = {}] = await engine.rows(
    `SELECT quantile_disc(v, [${inner.join(', ')}]) AS edges, min(v) AS low, max(v) AS high, (SELECT min(v) FROM (SELECT ${value} AS v FROM ${after})) AS low2,
       (SELECT max(v) FROM (SELECT ${value} AS v FROM ${after})) AS high2 FROM (SELECT ${value} AS v FROM ${before})`,
  );
  const ends = ['low', 'high', 'low2', 'high2'].map((name) => (typeof row[name] === 'number' ? row[name] : Number.NaN));
  if (!ends.every(Number.isFinite) || !Array.isArray(row['edges'])) return null;
  const [least, most] = [Math.min(...ends), Math.max(...ends)];
  const edges = [...new Set([least, ...row['edges'].map(Number), most])].toSorted((a, b) => a - b);
  const [old, young] = [await binCounts(engine, { table: before, value, edges }), await binCounts(engine, { table: after, value, edges })];
  const found = binnedMeasures({ reference: old, current: young }, edges);
  if (found === null) return null;
  const { kolmogorovSmirnov, wasserstein, energy } = found;
  return { of: 'binned numbers', bins: old.length, kolmogorovSmirnov, wasserstein, energy };
}

/** Rows between edges, the least value in the first bin. */
async function binCounts(
  engine: Engine,
  { table, value, edges }: { readonly table: string; readonly value: string; readonly edges: readonly number[] },
): Promise<readonly number[]> {
  const list = edges.map(numberLiteral).join(', ');
  const rows = await engine.rows(
    `SELECT b, count(*) AS rows FROM (SELECT list_position([${list}], e) AS b FROM (SELECT ${value} AS v FROM ${table}) ASOF JOIN (SELECT unnest([${list}]) AS e) ON v <= e) GROUP BY b`,
  );
  const counts = Array.from({ length: edges.length - 1 }, () => 0);
  // the first edge is the least value, which belongs to the first bin
  for (const row of rows) {
    const bin = Math.max(0, Number(row['b']) - 2);
    counts[bin] = (counts[bin] ?? 0) + Number(row['rows']);
  }
  return counts;
}

async function classMeasures(engine: Engine, measured: MeasuredValues): Promise<ColumnMeasures | null> {
  const rows = await engine.rows(`${countedSql(measured)} ORDER BY v LIMIT ${mostClasses + 1}`);
  if (rows.length > mostClasses) return null;
  const found = shareMeasures({ reference: rows.map(({ old }) => Number(old)), current: rows.map(({ young }) => Number(young)) });
  return found === null ? null : { of: 'classes', classes: rows.length, ...found };
}
