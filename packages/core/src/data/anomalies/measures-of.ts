import type { ColumnProfile, DatasetVersion, MeasuredVersion, VersionMeasure } from '@tidegate/formats';

/** Columns beyond these are not looked at: each takes a part of the false alarms, and of the time. */
export const mostColumns = 100;

/** Approximate numbers of different values are off by about this share (HyperLogLog). */
const distinctError = 0.02;

/** Fewer different values are counted exactly. */
const exactDistinct = 10_000;

/** What a version is judged by, and those after it are. */
export function measureVersion(version: DatasetVersion, had: Pick<MeasuredVersion, 'project' | 'version' | 'at'>): MeasuredVersion {
  return {
    format: 'tidegate.measured-version/1',
    project: had.project,
    dataset: version.dataset,
    version: had.version,
    at: had.at,
    newestEvent: newestEventOf(version),
    columns: version.profile.columns.length,
    verdict: version.checks.length === 0 ? 'pass' : version.verdict,
    measures: measuresOf(version, had.at),
  };
}

/** The numbers by which versions of a dataset are compared; `at` is when the version was first had, in ISO 8601. */
function measuresOf(version: DatasetVersion, at: string): readonly VersionMeasure[] {
  const table = { column: null, rows: 0, error: 0, unit: 0 } as const;
  if (version.fileFormat === 'files')
    return [
      { ...table, name: 'files', sort: 'count', value: version.files },
      { ...table, name: 'bytes', sort: 'count', value: version.bytes },
    ];
  const newest = newestEventOf(version);
  const lagHours = newest === null ? null : (Date.parse(at) - Date.parse(newest)) / 3_600_000;
  return [
    { ...table, name: 'rows', sort: 'count', value: version.rows },
    ...(lagHours === null ? [] : [{ ...table, name: 'freshness', sort: 'lag' as const, value: lagHours }]),
    ...version.profile.columns.slice(0, mostColumns).flatMap(ofColumn),
  ];
}

/** The newest event, in ISO 8601; null when no column has events, or none has come. Times without a zone are taken for UTC. */
function newestEventOf({ time, profile }: Pick<DatasetVersion, 'time' | 'profile'>): string | null {
  const newest = time === null ? null : (profile.columns.find(({ name }) => name === time)?.max ?? null);
  if (typeof newest !== 'string') return null;
  const text = /[zZ]|[+-]\d\d(?::?\d\d)?$/.test(newest.slice(10))
    ? newest
    : `${newest.replace(' ', 'T')}${newest.length === 10 ? '' : 'Z'}`;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? null : new Date(ms).toISOString();
}

function ofColumn({ name: column, rows, nulls, distinct, mean, std }: ColumnProfile): readonly VersionMeasure[] {
  if (rows === 0) return [];
  const values = rows - nulls;
  const shared = { column, rows: 0, error: 0, unit: 0 } as const;
  const found: VersionMeasure[] = [{ ...shared, name: `${column}.nulls`, sort: 'rate', value: nulls / rows, rows }];
  // where most values are different ones their number says what that of the rows does
  if (values > 0 && distinct > values / 2)
    found.push({ ...shared, name: `${column}.distinct share`, sort: 'rate', value: Math.min(1, distinct / values), rows: values });
  else if (values > 0)
    found.push({
      ...shared,
      name: `${column}.distinct`,
      sort: 'values',
      value: distinct,
      error: distinct > exactDistinct ? distinctError : 0,
    });
  if (mean !== null && Number.isFinite(mean) && values > 0) {
    const spread = std !== null && Number.isFinite(std) ? std : 0;
    found.push({ ...shared, name: `${column}.mean`, sort: 'mean', value: mean, error: spread / Math.sqrt(values), unit: spread });
  }
  return found;
}
