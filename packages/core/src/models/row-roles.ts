import { quoteName } from '@tidegate/runtime';
import type { EvaluateConfig } from '../config/index.ts';
import type { TestSet } from './test-set.ts';

type Roles = Pick<EvaluateConfig, 'label' | 'weight' | 'cluster' | 'query' | 'forecast'>;

/** What a column of the test set says about its rows besides label and features, under the names of the predictions file. */
export function roleColumns({ weight, cluster, query, forecast }: Roles): readonly string[] {
  const named = { weight, cluster, query, last_value: forecast };
  return Object.entries(named).flatMap(([name, given]) => (given === undefined ? [] : [name]));
}

/** SQL of those columns for a row of a table called `t`; the last value comes from {@link lastValueJoin}. A row without a cluster or query is one of its own. */
export function roleSql({ weight, cluster, query, forecast }: Roles): readonly string[] {
  const own = (column: string): string => `coalesce(CAST(t.${quoteName(column)} AS VARCHAR), 'row ' || t.file_row_number)`;
  return [
    ...(weight === undefined ? [] : [`CAST(t.${quoteName(weight)} AS DOUBLE) AS weight`]),
    ...(cluster === undefined ? [] : [`${own(cluster)} AS cluster`]),
    ...(query === undefined ? [] : [`${own(query)} AS query`]),
    ...(forecast === undefined ? [] : ['last_known.label AS last_value']),
  ];
}

/** SQL that joins to each row of a table called `t` the newest value of its series that was known a horizon earlier; empty when nothing is forecast. */
export async function lastValueJoin({ label, forecast }: Roles, testSet: TestSet, test: string): Promise<string> {
  if (forecast === undefined) return '';
  const series = (table: string): string =>
    forecast.series.length === 0
      ? "''"
      : `concat_ws(chr(31), ${forecast.series.map((column) => `CAST(${table}.${quoteName(column)} AS VARCHAR)`).join(', ')})`;
  const time = (table: string): string => `CAST(${table}.${quoteName(forecast.time)} AS TIMESTAMP)`;
  const valuesOf = (rows: string): string =>
    `SELECT ${series('k')} AS series, ${time('k')} AS time, CAST(k.${quoteName(label)} AS DOUBLE) AS label FROM (${rows}) k WHERE k.${quoteName(label)} IS NOT NULL`;
  const trained = testSet.trainedOn === null ? [] : [await testSet.trainingSet(testSet.trainedOn)];
  const known = [`SELECT * FROM ${test}`, ...trained].map(valuesOf).join(' UNION ALL ');
  // one value a moment: of several the mean
  const values = `SELECT series, time, avg(label) AS label FROM (${known}) WHERE isfinite(label) GROUP BY series, time`;
  return `ASOF LEFT JOIN (${values}) last_known ON ${series('t')} = last_known.series AND ${time('t')} - INTERVAL ${forecast.horizonMs} MILLISECONDS >= last_known.time`;
}
