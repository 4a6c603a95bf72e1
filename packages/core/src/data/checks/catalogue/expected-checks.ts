import { boundsAt, numberAt, sharesAt, textAt, valuesAt } from '../../contract/check-arguments.ts';
import type { ColumnTarget } from '../column-target.ts';
import { isOneOf, momentSql, numberSql } from '../sql-literal.ts';
import type { Built, ColumnBuilder } from './built.ts';
import { finite } from './summary-checks.ts';

function counted(what: string, aggregate: string, dimension: Built['dimension'], unit: 'plain' | 'percent' = 'plain'): Built {
  return { kind: 'number', what, dimension, aggregate, unit, isHidden: false };
}

const timesOf = ({ sql, type }: ColumnTarget, value: string): string => `count(*) FILTER (WHERE ${isOneOf(sql, type, [value])})`;

/** What is expected of a column by name: periods, classes, their shares, quantiles. Each gives one number, of what is not as expected. */
export const expectedChecks = {
  periodsWithFewRows: (target, { given }) => {
    const [every, from, until, min] = [textAt(given, 'every'), textAt(given, 'from'), textAt(given, 'until'), numberAt(given, 'min') ?? 1];
    const period = (moment: string): string => `date_trunc('${every}', CAST(${moment} AS TIMESTAMP))`;
    const bound = (day: string): string => period(momentSql(day, 'date'));
    const wanted = [
      `isfinite(${target.sql})`,
      ...(from === '' ? [] : [`${period(target.sql)} >= ${bound(from)}`]),
      ...(until === '' ? [] : [`${period(target.sql)} <= ${bound(until)}`]),
    ];
    const moment = `CASE WHEN ${wanted.join(' AND ')} THEN ${period(target.sql)} END`;
    const [first, last] = [from === '' ? `min(${moment})` : bound(from), until === '' ? `max(${moment})` : bound(until)];
    const enough = `coalesce(len(list_filter(map_values(histogram(${moment})), x -> x >= ${Math.max(min, 1)})), 0)`;
    const within = `${from === '' ? 'the first' : from} to ${until === '' ? 'the last' : until}`;
    return counted(
      `the number of ${every}s from ${within} with fewer than ${Math.max(min, 1)} rows of ${target.name}`,
      `date_diff('${every}', ${first}, ${last}) + 1 - ${enough}`,
      'completeness',
    );
  },
  valuesWithFewRows: (target, { given }) => {
    const [values, min] = [valuesAt(given, 'values').map(String), numberAt(given, 'min') ?? 1];
    const parts = values.map((value) => `CASE WHEN ${timesOf(target, value)} < ${min} THEN 1 ELSE 0 END`);
    return counted(
      `the number of ${values.join(', ')} that ${target.name} has in fewer than ${min} rows`,
      `(${parts.join(' + ')})`,
      'completeness',
    );
  },
  shareDeviation: (target, { given }) => {
    const shares = sharesAt(given, 'shares');
    const rest = 100 - shares.reduce((sum, [, share]) => sum + share, 0);
    const others = `count(${target.sql})${shares.map(([value]) => ` - ${timesOf(target, value)}`).join('')}`;
    const parts = [...shares.map(([value, share]) => [timesOf(target, value), share] as const), [`(${others})`, rest] as const];
    const distances = parts.map(([times, share]) => `abs(100.0 * ${times} / nullif(count(${target.sql}), 0) - ${numberSql(share)})`);
    const named = shares.map(([value, share]) => `${value} ${share} %`).join(', ');
    return counted(
      `the largest difference between a share of ${target.name} and its stated one (${named})`,
      `greatest(${distances.join(', ')})`,
      'accuracy',
      'percent',
    );
  },
  quantilesOutside: (target, { given }) => {
    const bounds = boundsAt(given, 'bounds');
    const parts = bounds.map(({ at, low, high }) => {
      const quantile = `quantile_cont(${finite(target)}, ${numberSql(at)})`;
      return `CASE WHEN ${quantile} BETWEEN ${numberSql(low)} AND ${numberSql(high)} THEN 0 ELSE 1 END`;
    });
    const named = bounds.map(({ at, low, high }) => `${at} in ${low} to ${high}`).join(', ');
    const outside = `CASE WHEN count(${finite(target)}) > 0 THEN ${parts.join(' + ')} END`;
    return counted(`the number of quantiles of ${target.name} out of bounds (${named})`, outside, 'accuracy');
  },
} as const satisfies { readonly [name: string]: ColumnBuilder };
