import {
  type AnomalyReport,
  compareCodeUnits,
  type Digest,
  type FineNote,
  type JudgedMeasure,
  type MeasuredVersion,
  type VersionMeasure,
  worstVerdict,
} from '@tidegate/formats';
import { judgeVersion, type JudgedVersionMeasure, leastPast, type MeasuredPoint, type MeasureToJudge } from '@tidegate/runtime';
import { calendarMeans } from './calendar-means.ts';
import { measureReason } from './measure-reason.ts';
import { mostColumns } from './measures-of.ts';
import { unseenOf } from './unseen.ts';

/** A version with others of its dataset, in any order. */
export interface VersionHistory {
  readonly version: MeasuredVersion;
  readonly others: readonly MeasuredVersion[];
  /** What somebody has said of versions, the oldest first. */
  readonly notes: readonly FineNote[];
}

export interface AnomalySettings {
  /** The chance of any false alarm in a version that is as ever. */
  readonly falseAlarms: number;
  /** Measures (`rows`, `dep_delay.mean`) and columns that are not judged. */
  readonly ignore: readonly string[];
}

/** Versions further back say nothing of the next one. */
const mostVersions = 200;

/** Of the false alarms this share is for what is about the table; the columns have the rest between them. */
const shareOfTable = 0.5;

/** Judges a version by the versions that were had before it. Versions that do not pass their checks do not count, unless somebody has said that they are fine. */
export function judgeHistory({ version, others, notes }: VersionHistory, { falseAlarms, ignore }: AnomalySettings): AnomalyReport {
  const fine = fineMeasures(notes);
  const before = versionsBefore(version, others)
    .filter((one) => one.verdict === 'pass' || one.verdict === 'inconclusive' || fine(one.version, null))
    .slice(-mostVersions);
  const columnsLeftOut = Math.max(0, version.columns - mostColumns);
  const time = haveEventTimes([...before, version]) ? 'event' : 'made';
  const momentOf = (one: MeasuredVersion): number => Date.parse(time === 'event' ? (one.newestEvent ?? one.at) : one.at);
  const calendar = calendarMeans(version, before);
  const measured = withAdded(version, before).filter(
    ({ name, column }) =>
      !ignore.includes(name) && (column === null || !ignore.includes(column)) && !calendar.some(({ measure }) => measure === name),
  );
  const series = measured.map((measure) => ({ measure, past: pastOf(measure, before) }));
  const ofTable = measured.filter(({ column }) => column === null).length;
  const ofColumns = measured.length - ofTable;
  const weightOf = ({ column }: VersionMeasure): number =>
    column === null ? (ofColumns === 0 ? 1 : shareOfTable / ofTable) : (ofTable === 0 ? 1 : 1 - shareOfTable) / ofColumns;
  const judged = judgeVersion(
    series.map(({ measure, past }): MeasureToJudge => ({
      kind: measure.sort,
      sides: measure.sort === 'lag' ? 'up' : 'both',
      past: past.map(({ from, value }) => pointOf(value, momentOf(from))),
      fine: new Set(past.flatMap(({ from }, index) => (fine(from.version, measure.name) ? [index] : []))),
      next: pointOf(measure, momentOf(version)),
      weight: weightOf(measure),
      unit: measure.unit,
    })),
    { falseAlarms },
  );
  const measures = series.flatMap(({ measure, past }, index) => {
    const found = judged[index];
    if (found === undefined) return [];
    const record = recordOf({ measure, past, found }, version);
    const isFine = record.verdict === 'fail' && fine(version.version, measure.name);
    return [isFine ? { ...record, verdict: 'pass' as const, reason: `${record.reason}; somebody has said that it is fine` } : record];
  });
  const moments = [...before, version].map(momentOf);
  return {
    format: 'tidegate.anomalies/1',
    dataset: version.dataset,
    version: version.version,
    at: new Date(momentOf(version)).toISOString(),
    time,
    versions: before.length,
    falseAlarms,
    verdict: verdictOf(measures, columnsLeftOut),
    measures,
    columnsLeftOut,
    unseen: unseenOf({ measures, moments, versions: before.length, columnsLeftOut, calendar }),
  };
}

interface PastValue {
  readonly from: MeasuredVersion;
  readonly value: VersionMeasure;
}

/** Those that were had before a version, the oldest first; of two of one moment the name decides. */
export function versionsBefore(version: MeasuredVersion, others: readonly MeasuredVersion[]): readonly MeasuredVersion[] {
  const place = (one: MeasuredVersion): string => `${one.at} ${one.version}`;
  return others
    .filter((one) => compareCodeUnits(place(one), place(version)) < 0)
    .toSorted((one, other) => compareCodeUnits(place(one), place(other)));
}

/** Whether events tell the order that versions were had in: then it is their time that seasons and trends go by, also where many versions were had at once. */
function haveEventTimes(versions: readonly MeasuredVersion[]): boolean {
  const moments = versions.map(({ newestEvent }) => (newestEvent === null ? Number.NaN : Date.parse(newestEvent)));
  return moments.every((moment, index) => !Number.isNaN(moment) && (index === 0 || moment > (moments[index - 1] ?? Number.NaN)));
}

/** What was last said of a version, or of one measure of it. */
function fineMeasures(notes: readonly FineNote[]): (version: Digest, measure: string | null) => boolean {
  const said = new Map<string, boolean>();
  for (const { version, measure, isFine } of notes) {
    said.set(`${version} ${measure ?? ''}`, isFine);
    // what is said of all of a version takes the place of what was said of parts of it
    if (measure === null) for (const name of said.keys()) if (name.startsWith(`${version} `)) said.set(name, isFine);
  }
  return (version, measure) => said.get(`${version} ${measure ?? ''}`) ?? said.get(`${version} `) ?? false;
}

/** With what a version has more than the one before it, where rows were only ever added: their number says little of one that adds none. */
function withAdded(version: MeasuredVersion, before: readonly MeasuredVersion[]): readonly VersionMeasure[] {
  const [rows, ...more] = version.measures;
  if (rows === undefined || rows.name !== 'rows') return version.measures;
  const counts = [...before, version].map(rowsIn);
  const last = counts.at(-2);
  const isGrowing =
    before.length >= leastPast && counts.slice(0, -1).every((count, index) => index === 0 || count > (counts[index - 1] ?? 0));
  if (!isGrowing || last === undefined) return version.measures;
  return [rows, { ...rows, name: 'added rows', value: Math.max(0, rows.value - last) }, ...more];
}

function pastOf({ name, sort }: VersionMeasure, before: readonly MeasuredVersion[]): readonly PastValue[] {
  return before.flatMap((from, index): readonly PastValue[] => {
    if (name === 'added rows') {
      const former = before[index - 1];
      const [rows] = from.measures;
      return former === undefined || rows === undefined ? [] : [{ from, value: { ...rows, name, value: rows.value - rowsIn(former) } }];
    }
    const value = from.measures.find((one) => one.name === name && one.sort === sort);
    return value === undefined ? [] : [{ from, value }];
  });
}

function rowsIn({ measures }: MeasuredVersion): number {
  return measures.find(({ name }) => name === 'rows')?.value ?? 0;
}

function pointOf({ value, rows, error }: VersionMeasure, atMs: number): MeasuredPoint {
  return { atMs, value, rows, error };
}

function recordOf(
  { measure, past, found }: { readonly measure: VersionMeasure; readonly past: readonly PastValue[]; readonly found: JudgedVersionMeasure },
  { dataset }: MeasuredVersion,
): JudgedMeasure {
  const { name, column, sort, value } = measure;
  const { verdict, expected, low, high, chance, level, needed, by } = found;
  return {
    name,
    column,
    sort,
    verdict,
    value,
    expected,
    low,
    high,
    chance,
    level,
    needed,
    by: by.filter(({ weight }) => weight >= 0.01).map(({ name: way, weight }) => ({ name: way, weight: Math.round(weight * 1000) / 1000 })),
    reason: measureReason(measure, found, { dataset, versions: past.length }),
    past: past.map(({ from, value: before }, index) => ({
      version: from.version,
      at: from.at,
      value: before.value,
      state: found.past[index] ?? 'counted',
    })),
  };
}

function verdictOf(measures: readonly JudgedMeasure[], columnsLeftOut: number): AnomalyReport['verdict'] {
  const worst = worstVerdict([...measures.map(({ verdict }) => verdict), ...(columnsLeftOut > 0 ? (['inconclusive'] as const) : [])]);
  return worst === 'invalid' ? 'fail' : worst;
}
