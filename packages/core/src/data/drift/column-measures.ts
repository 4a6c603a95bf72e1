import type { ColumnMeasures } from '@tidegate/formats';
import type { Engine } from '@tidegate/runtime';
import { countBetween } from './count-columns.ts';
import { exactClassMeasures, exactNumberMeasures } from './exact-measures.ts';
import { fineEdges } from './fine-edges.ts';
import { fineMeasures } from './fine-measures.ts';

/** Rows of both sides up to which every value is looked at. */
const mostRows = 1_000_000;
const mostClasses = 100_000;

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
  const {
    v = [],
    old = [],
    young = [],
  } = await engine.columns(`SELECT v::DOUBLE AS v, old::DOUBLE AS old, young::DOUBLE AS young FROM (${countedSql(measured)}) ORDER BY v`);
  return exactNumberMeasures({
    values: Float64Array.from(v, Number),
    reference: Float64Array.from(old, Number),
    current: Float64Array.from(young, Number),
  });
}

async function boundedMeasures(engine: Engine, { before, after, value, rows }: MeasuredValues): Promise<ColumnMeasures | null> {
  const { edges } = await fineEdges(engine, { table: before, value }, rows);
  const [old, young] = [
    await countBetween(engine, { table: before, value }, edges),
    await countBetween(engine, { table: after, value }, edges),
  ];
  return fineMeasures(edges, old, young);
}

async function classMeasures(engine: Engine, measured: MeasuredValues): Promise<ColumnMeasures | null> {
  const rows = await engine.rows(`${countedSql(measured)} ORDER BY v LIMIT ${mostClasses + 1}`);
  if (rows.length > mostClasses) return null;
  return exactClassMeasures(
    rows.map(({ old }) => Number(old)),
    rows.map(({ young }) => Number(young)),
  );
}
