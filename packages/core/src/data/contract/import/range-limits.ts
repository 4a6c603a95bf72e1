import type { Json } from '@tidegate/formats';
import { type LimitText, sqlValue } from './foreign-rules.ts';

/** Bounds of a number or a value; null for none. */
export interface ForeignRange {
  readonly min: Json;
  readonly max: Json;
  readonly strictMin: boolean;
  readonly strictMax: boolean;
}

/** What a number must be so that it is in the range, as operators; two where one cannot say it. Bounds are numbers. */
export function limitsOf({ min, max, strictMin, strictMax }: ForeignRange): readonly LimitText[] {
  if (min !== null && min === max && !strictMin && !strictMax) return [{ mustBe: min }];
  if (min !== null && max !== null && strictMin && strictMax && Number(min) < Number(max)) return [{ mustBeBetween: [min, max] }];
  return [
    ...(min === null ? [] : [{ [strictMin ? 'mustBeGreaterThan' : 'mustBeGreaterOrEqualTo']: min }]),
    ...(max === null ? [] : [{ [strictMax ? 'mustBeLessThan' : 'mustBeLessOrEqualTo']: max }]),
  ];
}

/** SQL that is true of an expression in the range; NULL for NULL. */
export function inRange(sql: string, { min, max, strictMin, strictMax }: ForeignRange): string {
  const parts = [
    ...(min === null ? [] : [`${sql} ${strictMin ? '>' : '>='} ${sqlValue(min)}`]),
    ...(max === null ? [] : [`${sql} ${strictMax ? '<' : '<='} ${sqlValue(max)}`]),
  ];
  return parts.join(' AND ');
}

/** Bounds in percent of bounds that are shares. */
export function inPercent(range: ForeignRange): ForeignRange {
  const percent = (share: Json): Json => (typeof share === 'number' ? Number((share * 100).toPrecision(12)) : share);
  return { ...range, min: percent(range.min), max: percent(range.max) };
}
