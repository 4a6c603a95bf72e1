import type { VersionMeasure } from '@tidegate/formats';
import type { JudgedVersionMeasure } from '@tidegate/runtime';

/** What a judgement of a measure comes to, as a sentence. */
export function measureReason(
  measure: Pick<VersionMeasure, 'name' | 'sort' | 'value'>,
  found: JudgedVersionMeasure,
  { dataset, versions }: { readonly dataset: string; readonly versions: number },
): string {
  const { name, sort, value } = measure;
  const start = `${name} of data.${dataset}`;
  const { verdict, expected, low, high, chance, needed, isAllowed, isNewTime } = found;
  if (expected === null || chance === null)
    return `${start}: ${figure(sort, value)}; ${versions} ${plural(versions)} before it, and it is judged from ${needed ?? 5} on`;
  const range = `${figure(sort, value)}, expected ${figure(sort, expected)} (${bounds(sort, { low, high })}) from the ${versions} ${plural(versions)} before it`;
  if (verdict === 'fail') return `${start}: ${range}; by chance ${oneIn(chance)}`;
  if (isAllowed) return `${start}: ${range}; as far off as one that was said to be fine`;
  if (verdict === 'pass') return `${start}: ${range}`;
  if (isNewTime && chance <= found.level)
    return `${start}: ${range}; no version before it is of this time of the week or day, which may be why it is off`;
  const from = needed === null ? 'it varies too much for that, however many versions there are' : `that takes about ${needed}`;
  return `${start}: ${range}; ${hidden[sort]} cannot be seen: ${from}`;
}

const hidden = {
  count: 'a loss of half of them',
  values: 'a loss of half of them',
  rate: 'a change by ten points',
  mean: 'a shift by one standard deviation',
  lag: 'a lag twice as long',
} as const;

/** A value of a measure for a reader. */
export function figure(sort: VersionMeasure['sort'], value: number): string {
  switch (sort) {
    case 'count':
    case 'values':
      return String(Math.round(value)).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
    case 'rate':
      return value > 0 && value < 1e-4 ? '< 0.01 %' : `${digits(value * 100)} %`;
    case 'mean':
      return digits(value);
    case 'lag':
      return Math.abs(value) >= 48 ? `${digits(value / 24)} d` : `${digits(value)} h`;
  }
}

function bounds(sort: VersionMeasure['sort'], { low, high }: Pick<JudgedVersionMeasure, 'low' | 'high'>): string {
  if (low === null && high === null) return 'anything is possible';
  if (low === null) return `at most ${figure(sort, high ?? 0)}`;
  if (high === null) return `at least ${figure(sort, low)}`;
  return `${figure(sort, low)} to ${figure(sort, high)}`;
}

/** Three significant digits, without an exponent where one can do without. */
function digits(value: number): string {
  return String(Number(value.toPrecision(3)));
}

function oneIn(chance: number): string {
  return chance < 1e-9 ? 'less than one in a billion' : `one in ${String(Math.round(1 / chance)).replace(/\B(?=(\d{3})+(?!\d))/g, ',')}`;
}

function plural(versions: number): string {
  return versions === 1 ? 'version' : 'versions';
}
