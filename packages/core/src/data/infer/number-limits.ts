import type { InferredLimit } from './inferred-contract.ts';
import { outward } from './outward.ts';
import type { ColumnSurvey } from './survey.ts';
import { limitBeyond } from './tail-limit.ts';
import { chanceOfUnseenClass, closedChance } from './unseen-class.ts';

/** What one limit may cost, and what else decides how wide it is. */
export interface Allowance {
  /** Chance that a next version of the same size breaks it. */
  readonly chance: number;
  /** Columns whose values follow the event time: the next ones may go on where the last ones were. */
  readonly moving: ReadonlySet<string>;
}

export interface Judged {
  readonly limits: readonly InferredLimit[];
  readonly remarks: readonly string[];
}

/** Different values of a whole number up to which it may reach the end of what it can be: hours, months, grades. */
const fewValues = 50;
/** Ranges beyond those seen that a limit leaves at least. */
const leastRoom = 0.5;
/** Ranges beyond those seen from which a limit says nothing that would be of use. */
const uselessRanges = 100;

/**
 * `minimum` and `maximum` of a column of numbers, from its tails. What was never negative stays so; numbers that tell rows apart have no end; and where the values follow the
 * time a limit leaves room for as much again as was seen.
 */
export function numberLimits(survey: ColumnSurvey, { isKey, chance, moving }: Allowance & { readonly isKey: boolean }): Judged {
  const { column, profile, greatest, least, infinite } = survey;
  const [max, min] = [greatest[0], least[0]];
  if (max === undefined || min === undefined) return { limits: [], remarks: [] };
  const values = profile.rows - profile.nulls;
  const isWhole = column.type === 'integer';
  if (max === min) return { limits: finiteLimit(survey), remarks: [`every value is ${max}, which says nothing of how far others may be`] };
  const reach = max - min;
  if (!Number.isFinite(reach * 2)) return { limits: finiteLimit(survey), remarks: ['no limits: its numbers are as large as numbers get'] };
  const counts = (survey.classes ?? []).map(([, count]) => count);
  if (counts.length > 1 && chanceOfUnseenClass(counts, values) > closedChance)
    return { limits: [], remarks: [`no limits: of its ${counts.length} values some are so rare that there may be others`] };
  const step = isWhole ? 1 : 0;
  const room = moving.has(column.name) ? reach : profile.distinct > fewValues ? leastRoom * reach : 0;
  const beyond = (outermost: readonly number[]): number | null => limitBeyond({ outermost, values, step }, { next: values, chance });
  const [high, low] = [beyond(greatest), beyond(least.map((value) => -value))];
  const limits: InferredLimit[] = [];
  const remarks: string[] = [];
  const seen = (value: number, side: 'least' | 'greatest'): string =>
    `${side} seen: ${value}${moving.has(column.name) ? '; it follows the time' : ''}`;
  const lowest = isKey || low === null || infinite > 0 || min + low > uselessRanges * reach ? null : Math.min(-low, min - room);
  const highest = isKey || high === null || infinite > 0 || high - max > uselessRanges * reach ? null : Math.max(high, max + room);
  const rounded = (limit: number, side: 'low' | 'high'): number => {
    const wide = outward(limit, { reach, side });
    return isWhole ? (side === 'low' ? Math.floor : Math.ceil)(wide) : wide;
  };
  // what was never negative stays so
  if (min >= 0 && infinite === 0 && (lowest === null || lowest <= 0))
    limits.push({ name: 'minimum', value: 0, chance: null, seen: seen(min, 'least') });
  else if (lowest !== null)
    limits.push({ name: 'minimum', value: rounded(lowest, 'low'), chance, outermost: min, seen: seen(min, 'least') });
  else remarks.push(isKey ? 'no minimum: it tells rows apart' : noLimit('minimum', values));
  if (highest !== null)
    limits.push({ name: 'maximum', value: rounded(highest, 'high'), chance, outermost: max, seen: seen(max, 'greatest') });
  else remarks.push(isKey ? 'no maximum: it tells rows apart, so that the next ones go on' : noLimit('maximum', values));
  const isOpen = limits.length < 2;
  return { limits: isOpen ? [...limits, ...finiteLimit(survey)] : limits, remarks };
}

function noLimit(name: string, values: number): string {
  return values < 20
    ? `no ${name}: ${values} values are too few to tell`
    : `no ${name}: its values reach out too far to tell where they end`;
}

function finiteLimit({ column, infinite }: ColumnSurvey): readonly InferredLimit[] {
  if (column.type !== 'number' || infinite > 0) return [];
  const value = { type: 'custom', engine: 'tidegate', implementation: { check: 'finite' } };
  return [{ name: 'finite', value, chance: null, seen: 'no value is infinite' }];
}
