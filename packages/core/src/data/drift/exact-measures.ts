import type { ColumnMeasures } from '@tidegate/formats';
import { numberMeasures, shareMeasures, type ValueCounts } from '@tidegate/runtime';

/** The measures of numbers of which every value is counted; null without any. */
export function exactNumberMeasures(counts: ValueCounts): ColumnMeasures | null {
  if (counts.values.length === 0) return null;
  const found = numberMeasures(counts);
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

/** The measures of classes, each with its rows of either sample; null where one of them has none. */
export function exactClassMeasures(reference: readonly number[], current: readonly number[]): ColumnMeasures | null {
  const found = shareMeasures({ reference, current });
  return found === null ? null : { of: 'classes', classes: reference.length, ...found };
}
