import type { LogicalType } from '@tidegate/formats';
import type { Cell } from '@tidegate/runtime';

/** Longest text kept in a profile, in characters. */
export const longestText = 200;

export type Family = 'number' | 'text' | 'boolean' | 'moment' | 'nested';

export function familyOf(type: LogicalType): Family {
  if (type === 'integer' || type === 'number') return 'number';
  if (type === 'string') return 'text';
  if (type === 'boolean') return 'boolean';
  return type === 'object' || type === 'array' ? 'nested' : 'moment';
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
