import type { LogicalType } from '@tidegate/formats';

/** The logical type of a type of the engine. */
export function logicalTypeOf(engineType: string): LogicalType {
  if (engineType.endsWith(']')) return 'array';
  if (/^(STRUCT|MAP|UNION|JSON)/.test(engineType)) return 'object';
  if (engineType === 'BOOLEAN') return 'boolean';
  if (/^U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?$/.test(engineType)) return 'integer';
  if (/^(FLOAT|DOUBLE|DECIMAL|BIGNUM)/.test(engineType)) return 'number';
  if (engineType === 'DATE') return 'date';
  if (engineType.startsWith('TIMESTAMP')) return 'timestamp';
  if (engineType.startsWith('TIME')) return 'time';
  return 'string';
}

/** Types that may meet in one column of several files: numbers with numbers, dates with timestamps, else the same. */
export function canMeet(one: string, other: string): boolean {
  return familyOf(one) === familyOf(other);
}

function familyOf(engineType: string): string {
  const logical = logicalTypeOf(engineType);
  if (logical === 'integer') return 'number';
  if (logical === 'date') return 'timestamp';
  return logical;
}
