import { numberAt, textAt, valuesAt } from '../../contract/check-arguments.ts';
import type { ColumnTarget } from '../column-target.ts';
import { isOneOf } from '../sql-literal.ts';
import type { Built, ColumnBuilder } from './built.ts';

interface Summary {
  readonly what: string;
  readonly aggregate: string;
  readonly unit?: 'plain' | 'percent';
  readonly dimension?: Built['dimension'];
  /** Whether it tells a value of the column, which must not be shown of a personal one. */
  readonly tells?: boolean;
}

function summary(target: ColumnTarget, { what, aggregate, unit = 'plain', dimension = 'accuracy', tells = false }: Summary): Built {
  return { kind: 'number', what: `${what} of ${target.name}`, dimension, aggregate, unit, isHidden: tells && target.personal };
}

/** The column as a number without infinities, which have no place in a sum or a mean. */
export function finite({ sql, type }: ColumnTarget): string {
  return type === 'integer' ? `CAST(${sql} AS DOUBLE)` : `CASE WHEN isfinite(${sql}) THEN CAST(${sql} AS DOUBLE) END`;
}

function statistic(what: string, aggregate: (values: string) => string): ColumnBuilder {
  return (target) => summary(target, { what, aggregate: aggregate(finite(target)), tells: true });
}

const share = (part: string, whole: string): string => `100.0 * ${part} / nullif(${whole}, 0)`;

/** One number of a column. Means, deviations and quantiles are those of the finite values; nothing to measure gives NULL. */
export const summaryChecks = {
  distinctCount: (target) =>
    summary(target, { what: 'the number of different values', aggregate: `count(DISTINCT ${target.sql})`, dimension: 'uniqueness' }),
  distinctShare: (target) =>
    summary(target, {
      what: 'the share of different values',
      aggregate: share(`count(DISTINCT ${target.sql})`, `count(${target.sql})`),
      unit: 'percent',
      dimension: 'uniqueness',
    }),
  valueShare: (target, { given }) => {
    const values = valuesAt(given, 'values');
    const part = `count(*) FILTER (WHERE ${isOneOf(target.sql, target.type, values)})`;
    return summary(target, {
      what: `the share of ${values.map(String).join(', ')} among the values`,
      aggregate: share(part, `count(${target.sql})`),
      unit: 'percent',
    });
  },
  mostFrequentShare: (target) =>
    summary(target, {
      what: 'the share of the most frequent value',
      aggregate: share(`list_max(map_values(histogram(${target.sql})))`, `count(${target.sql})`),
      unit: 'percent',
    }),
  valuesAbsent: (target, { given }) => {
    const parts = valuesAt(given, 'values').map(
      (value) => `CASE WHEN bool_or(${isOneOf(target.sql, target.type, [value])}) THEN 0 ELSE 1 END`,
    );
    return summary(target, {
      what: `the number of ${valuesAt(given, 'values').map(String).join(', ')} that are no value`,
      aggregate: `(${parts.join(' + ')})`,
      dimension: 'completeness',
    });
  },
  entropy: (target) => summary(target, { what: 'the entropy in bits', aggregate: `entropy(${target.sql})` }),
  meanLength: (target) => summary(target, { what: 'the mean length', aggregate: `avg(length(${target.sql}))` }),
  least: statistic('the smallest value', (values) => `min(${values})`),
  greatest: statistic('the largest value', (values) => `max(${values})`),
  mean: statistic('the mean', (values) => `avg(${values})`),
  median: statistic('the median', (values) => `median(${values})`),
  quantile: (target, { given }) => {
    const at = numberAt(given, 'at') ?? 0.5;
    return summary(target, { what: `the ${at} quantile`, aggregate: `quantile_cont(${finite(target)}, ${at})`, tells: true });
  },
  standardDeviation: statistic('the standard deviation', (values) => `stddev_samp(${values})`),
  sum: statistic('the sum', (values) => `sum(${values})`),
  skewness: (target) => summary(target, { what: 'the skewness', aggregate: `skewness(${finite(target)})` }),
  kurtosis: (target) => summary(target, { what: 'the excess kurtosis', aggregate: `kurtosis(${finite(target)})` }),
  correlation: (target, { column }) => {
    const other = column('with');
    return summary(target, {
      what: `the correlation with ${other.name}`,
      aggregate: `corr(${finite(target)}, ${finite(other)})`,
      dimension: 'consistency',
    });
  },
  periodsWithoutRows: (target, { given }) => {
    const every = textAt(given, 'every');
    const moment = `CASE WHEN isfinite(${target.sql}) THEN date_trunc('${every}', CAST(${target.sql} AS TIMESTAMP)) END`;
    return summary(target, {
      what: `the number of ${every}s without a row between the first and the last`,
      aggregate: `date_diff('${every}', min(${moment}), max(${moment})) + 1 - count(DISTINCT ${moment})`,
      dimension: 'completeness',
    });
  },
} as const satisfies { readonly [name: string]: ColumnBuilder };
