import type { LogicalType } from '@tidegate/formats';
import type { Cell, Row } from '@tidegate/runtime';
import type { MeasuredColumn } from './measured-rows.ts';
import { cellText } from '../read/cell-text.ts';

/** What the first scan finds out about a column. */
export interface ColumnFacts {
  readonly values: number;
  readonly distinct: number;
  readonly min: number | string | null;
  readonly max: number | string | null;
  readonly quantiles: readonly number[] | null;
  /** Candidates for the most frequent values of a text or boolean column, from a sketch. */
  readonly frequent: readonly string[];
}

/** Probabilities of the quantiles of a profile. */
export const probabilities = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99] as const;
/** Values asked of the sketch: three times what is kept, because a sketch may miss values near the end of its list. */
const candidates = 60;
/** Longest text kept in a profile, in characters. */
export const longestText = 200;

export type Family = 'number' | 'text' | 'boolean' | 'moment' | 'nested';

export function familyOf(type: LogicalType): Family {
  if (type === 'integer' || type === 'number') return 'number';
  if (type === 'string') return 'text';
  if (type === 'boolean') return 'boolean';
  return type === 'object' || type === 'array' ? 'nested' : 'moment';
}

/** Aggregates of one column for the first scan, each with a name that starts with the column's. */
export function factAggregates({ column, sql, finite }: MeasuredColumn): readonly string[] {
  const name = (fact: string): string => `${sql}_${fact}`;
  const both = [`count(${sql}) AS ${name('n')}`, `approx_count_distinct(${sql}) AS ${name('d')}`];
  switch (familyOf(column.type)) {
    case 'number': {
      const quantiles = `approx_quantile(${narrow(column.physicalType, finite)}, [${probabilities.join(', ')}])`;
      return [...both, `min(${finite}) AS ${name('lo')}`, `max(${finite}) AS ${name('hi')}`, `${quantiles} AS ${name('q')}`];
    }
    case 'text':
      return [
        ...both,
        `left(min(${sql}), ${longestText}) AS ${name('lo')}`,
        `left(max(${sql}), ${longestText}) AS ${name('hi')}`,
        `approx_top_k(${sql}, ${candidates}) AS ${name('t')}`,
      ];
    case 'boolean':
      return both;
    case 'moment':
      return [
        ...both,
        `${momentText(column.type, `min(${sql})`, sql)} AS ${name('lo')}`,
        `${momentText(column.type, `max(${sql})`, sql)} AS ${name('hi')}`,
      ];
    case 'nested':
      return both;
  }
}

export function readFacts({ column, sql }: MeasuredColumn, row: Row): ColumnFacts {
  const cell = (fact: string): Cell => row[`${sql}_${fact}`] ?? null;
  const frequent = cell('t');
  const quantiles = cell('q');
  const isNumber = familyOf(column.type) === 'number';
  const edge = (value: Cell): number | string | null => (value === null ? null : isNumber ? unsignedZero(Number(value)) : cellText(value));
  return {
    values: Number(cell('n') ?? 0),
    distinct: Number(cell('d') ?? 0),
    min: edge(cell('lo')),
    max: edge(cell('hi')),
    quantiles: isList(quantiles) ? quantiles.map((value) => unsignedZero(Number(value))) : null,
    frequent:
      column.type === 'boolean'
        ? ['false', 'true']
        : isList(frequent)
          ? frequent.map(String).filter((text) => text.length <= longestText)
          : [],
  };
}

/** The two zeros are equal, so which of them is the least would depend on the order of the rows; canonical JSON has one as well. */
function unsignedZero(value: number): number {
  return value === 0 ? 0 : value;
}

/** The engine's sketch takes no whole numbers of more than 64 bits. */
function narrow(physicalType: string, sql: string): string {
  return /HUGEINT|UBIGINT/.test(physicalType) ? `CAST(${sql} AS DOUBLE)` : sql;
}

/** ISO 8601 text of the first or last moment (`min(v)`, `max(v)`), infinities aside. */
export function momentText(type: LogicalType, aggregate: string, sql: string): string {
  return momentCell(type, type === 'time' ? aggregate : `${aggregate} FILTER (WHERE isfinite(${sql}))`);
}

/** ISO 8601 text of a moment. */
export function momentCell(type: LogicalType, sql: string): string {
  if (type === 'time') return `CAST(${sql} AS VARCHAR)`;
  return `strftime(${sql}, '${type === 'date' ? '%Y-%m-%d' : '%Y-%m-%dT%H:%M:%S.%gZ'}')`;
}

export function isList(cell: Cell): cell is readonly Cell[] {
  return Array.isArray(cell);
}
