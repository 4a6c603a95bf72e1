/** Spans of time that rows and files are divided by. */
export const spans = ['year', 'month', 'day', 'hour'] as const;
export type Span = (typeof spans)[number];

/** How rows or files are divided: by a span of time in a column, or by its very value. */
export interface PartitionRule {
  readonly unit: Span | 'value';
  readonly column: string;
}

/** Reads `day(COLUMN)`, `month(COLUMN)`, `value(COLUMN)`. @returns null for anything else */
export function parsePartition(text: string): PartitionRule | null {
  const [, unit, column] = /^(year|month|day|hour|value)\((.+)\)$/.exec(text) ?? [];
  return unit === undefined || column === undefined ? null : { unit: unit as Span | 'value', column };
}
