import type { InferredLimit } from './inferred-contract.ts';
import { nextShare } from './next-share.ts';
import type { Allowance } from './number-limits.ts';
import { outward } from './outward.ts';
import type { ColumnSurvey } from './survey.ts';

/** What lies between these two of the quantiles of a profile is the middle: nine of ten values. */
const [lowest, highest, middle] = [1, 5, 0.9];
/** The share of the values that may lie outside it at least: three times as many as now. */
const leastShare = 0.3;
/** From here on a limit says nothing that would be of use. */
const uselessShare = 0.6;
/** Different values that there must be. */
const fewestDistinct = 10;
/** Values that must be there. */
const fewestValues = 20;

/**
 * How many of the values of a column of numbers may lie outside the range that nine of ten of them have. Of few rows the outermost values tell little of where they end, and the
 * limits of single values lie far out; most of the values do not move by chance, and another unit, scale or column moves all of them. It says nothing where the level follows
 * the time, and of values that tell rows apart.
 */
export function middleLimit(
  { column, profile }: ColumnSurvey,
  { isKey, chance, moving }: Allowance & { readonly isKey: boolean },
): readonly InferredLimit[] {
  const { rows, nulls, infinite = 0, distinct, quantiles, min, max } = profile;
  const values = rows - nulls - infinite;
  const [low, high] = [quantiles?.[lowest], quantiles?.[highest]];
  if (low === undefined || high === undefined || typeof min !== 'number' || typeof max !== 'number') return [];
  if (isKey || moving.has(column.name) || values < fewestValues || distinct < fewestDistinct || nulls + infinite > rows / 2) return [];
  const reach = high - low;
  if (!(reach > 0) || !Number.isFinite(reach)) return [];
  const share = Math.max(nextShare({ found: Math.ceil((1 - middle) * values), of: values }, chance), leastShare);
  if (share > uselessShare) return [];
  const bounds = { min: outward(low, { reach, side: 'low' }), max: outward(high, { reach, side: 'high' }) };
  return [
    {
      name: 'between',
      value: {
        type: 'custom',
        engine: 'tidegate',
        implementation: { check: 'between', ...bounds, mustBeLessOrEqualTo: Math.ceil(100 * share), unit: 'percent' },
      },
      chance,
      seen: 'nine of ten values lie there',
    },
  ];
}
