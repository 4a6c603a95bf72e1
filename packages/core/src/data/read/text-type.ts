import type { LogicalType } from '@tidegate/formats';
import { quoteText } from '@tidegate/runtime';

/** Types that text of a CSV file can stand for, most special first. */
export const textTypes = ['BOOLEAN', 'BIGINT', 'DOUBLE', 'DATE', 'TIMESTAMP', 'TIME'] as const;
export type TextType = (typeof textTypes)[number] | 'VARCHAR';

export function isTextType(type: string): type is TextType {
  return type === 'VARCHAR' || textTypes.some((one) => one === type);
}

/** Texts that mean "no value" in a column that is not text; in a text column they are text. */
export const missingTexts = ['', 'NA', 'N/A', 'n/a', '#N/A', '<NA>', 'NaN', 'nan', '-NaN', 'NULL', 'null', 'None'];

/** SQL: whether a text means "no value". */
export function isMissing(text: string): string {
  return `(${text} IS NULL OR ${text} IN (${missingTexts.map(quoteText).join(', ')}))`;
}

/** SQL: a text as a value of the type; NULL when it is not one. A time with an offset is brought to UTC; one without is UTC. */
export function fromText(text: string, type: TextType): string {
  const matching = (pattern: string, value: string): string =>
    `CASE WHEN regexp_full_match(${text}, ${quoteText(`\\s*${pattern}\\s*`)}) THEN ${value} END`;
  switch (type) {
    case 'BOOLEAN':
      return `CASE lower(trim(${text})) WHEN 'true' THEN true WHEN 'false' THEN false END`;
    case 'BIGINT': // 12.0 too: that is how whole numbers are written by tools that have no null for them
      return matching('[+-]?[0-9]{1,19}(\\.0*)?', `try_cast(${text} AS BIGINT)`);
    case 'DOUBLE': // the engine would read 1_000 as a number; what trains on the file would not
      return `nullif(CASE WHEN NOT contains(${text}, '_') THEN try_cast(${text} AS DOUBLE) END, 'NaN'::DOUBLE)`;
    case 'DATE':
      return matching('[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}', `try_cast(${text} AS DATE)`);
    case 'TIMESTAMP':
      return matching('[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([T ][0-9].*)?', `try_cast(${text} AS TIMESTAMPTZ)::TIMESTAMP`);
    case 'TIME':
      return matching('[0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\\.[0-9]+)?)?', `try_cast(${text} AS TIME)`);
    case 'VARCHAR':
      return text;
  }
}

/** SQL: whether a text looks like one of the type and like none more special; for guessing. */
export function looksLike(text: string, type: TextType): string {
  if (type === 'BIGINT') return `(${fromText(text, type)} IS NOT NULL AND NOT contains(${text}, '.'))`;
  return `(${fromText(text, type)} IS NOT NULL)`;
}

/** The type that text is turned into for a declared logical type. */
export function textTypeOf(logical: LogicalType): TextType {
  const types: Readonly<Partial<Record<LogicalType, TextType>>> = {
    boolean: 'BOOLEAN',
    integer: 'BIGINT',
    number: 'DOUBLE',
    date: 'DATE',
    timestamp: 'TIMESTAMP',
    time: 'TIME',
  };
  return types[logical] ?? 'VARCHAR';
}
