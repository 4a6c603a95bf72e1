import {
  type Difference,
  type DifferenceOptions,
  type Estimate,
  studentSpread,
  symmetricDifference,
  symmetricEstimate,
} from './estimate.ts';
import { momentsOf } from './means.ts';
import { once, type WeightedStatistic } from './weights.ts';

/** Groups of rows left out in turn: enough for the variance and skewness of a smooth statistic, few enough for any number of rows. */
const maxGroups = 200;

/** Interval from the delete-a-group jackknife (Efron and Stein 1981, Annals of Statistics 9:586; Student's t over the groups). */
export function jackknifeEstimate(statistic: WeightedStatistic, rows: number, confidence: number): Estimate {
  const { value, error, spread } = jackknife(statistic, rows, 'jackknife');
  return symmetricEstimate(value, error, confidence, spread);
}

/** As {@link jackknifeEstimate} for a difference; null when it cannot be computed. */
export function jackknifeDifference(statistic: WeightedStatistic, rows: number, options: DifferenceOptions): Difference | null {
  const { value, error, spread } = jackknife(statistic, rows, 'paired-jackknife');
  return Number.isFinite(error) ? symmetricDifference(value, error, options, spread) : null;
}

/** The statistic with each group of rows left out; row i belongs to group i modulo the number of groups. */
export function deleteGroupValues(statistic: WeightedStatistic, rows: number): Float64Array {
  const groups = Math.min(rows, maxGroups);
  const weights = once(rows);
  return Float64Array.from({ length: groups }, (_, group) => {
    for (let row = group; row < rows; row += groups) weights[row] = 0;
    const value = statistic(weights);
    for (let row = group; row < rows; row += groups) weights[row] = 1;
    return value;
  });
}

function jackknife(statistic: WeightedStatistic, rows: number, method: string) {
  const left = deleteGroupValues(statistic, rows);
  const { variance } = momentsOf(left);
  const groups = left.length;
  return {
    value: statistic(once(rows)),
    error: Math.sqrt((variance * (groups - 1) ** 2) / groups),
    spread: studentSpread(method, groups - 1),
  };
}
