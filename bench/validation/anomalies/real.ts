import { digestOfHex, type MeasuredVersion, type VersionMeasure } from '@tidegate/formats';
import { judgeVersion, type MeasuredPoint } from '@tidegate/runtime';
import { judgeHistory } from '../../../packages/core/src/data/anomalies/judge-history.ts';
import flights from '../fixtures/flights-by-day.json' with { type: 'json' };
import histories from '../fixtures/r-series.json' with { type: 'json' };

export interface FlightDays {
  readonly from: string;
  readonly measures: number;
  readonly all: number;
  readonly alarms: readonly { readonly day: string; readonly measures: readonly string[] }[];
}

/** Days of flights that look unusual beside the days before them. */
export function flightDays(): FlightDays {
  const versions = flights.days.map(versionOf);
  const alarms = versions.slice(5).flatMap((version, index) => {
    const report = judgeHistory({ version, others: versions.slice(0, index + 5), notes: [] }, { falseAlarms: 0.01, ignore: [] });
    const failed = report.measures.filter(({ verdict }) => verdict === 'fail').map(({ name }) => name);
    return failed.length === 0 ? [] : [{ day: version.at.slice(0, 10), measures: failed }];
  });
  return { from: flights.from, measures: versions[0]?.measures.length ?? 0, all: versions.length - 5, alarms };
}

function versionOf({ day, rows, columns }: (typeof flights.days)[number], index: number): MeasuredVersion {
  const measures: VersionMeasure[] = [{ name: 'rows', column: null, sort: 'count', value: rows, rows: 0, error: 0, unit: 0 }];
  for (const [place, [nulls = 0, distinct = 0, mean = null, std = null]] of (columns ?? []).entries()) {
    const column = flights.columns[place] ?? '';
    const shared = { column, rows: 0, error: 0, unit: 0 };
    const values = rows - (nulls ?? 0);
    measures.push({ ...shared, name: `${column}.nulls`, sort: 'rate', value: (nulls ?? 0) / rows, rows });
    measures.push({ ...shared, name: `${column}.distinct`, sort: 'values', value: distinct ?? 0 });
    if (mean !== null && std !== null)
      measures.push({ ...shared, name: `${column}.mean`, sort: 'mean', value: mean, error: std / Math.sqrt(values), unit: std });
  }
  return {
    format: 'tidegate.measured-version/1',
    project: 'bench',
    dataset: 'flights',
    version: digestOfHex(index.toString(16).padStart(64, '0')),
    at: `${day}T12:00:00.000Z`,
    newestEvent: null,
    columns: flights.columns.length,
    verdict: 'pass',
    measures,
  };
}

export interface RealSeries {
  readonly from: string;
  readonly all: number;
  readonly alarms: number;
  readonly series: readonly { readonly name: string; readonly all: number; readonly alarms: number }[];
}

/** Each value of a series judged by those before it. */
export function realSeries(): RealSeries {
  const series = histories.series.map(({ name, times, values }) => {
    const points = values.map((value, index): MeasuredPoint => ({ atMs: (times[index] ?? 0) * 86_400_000, value, rows: 0, error: 0 }));
    let alarms = 0;
    for (const [index, next] of points.entries()) {
      if (index < 5) continue;
      const past = points.slice(Math.max(0, index - 200), index);
      const [judged] = judgeVersion([{ kind: 'mean', sides: 'both', past, fine: new Set(), next, weight: 1, unit: 1 }], {
        falseAlarms: 0.01,
      });
      if (judged?.verdict === 'fail') alarms++;
    }
    return { name, all: points.length - 5, alarms };
  });
  const sum = (of: 'all' | 'alarms'): number => series.reduce((total, one) => total + one[of], 0);
  return { from: histories.from, all: sum('all'), alarms: sum('alarms'), series };
}
