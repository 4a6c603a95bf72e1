import type { ColumnPart, DriftView, FrequentValues, Profile } from '@tidegate/formats';
import type { DriftColumn } from '../drift-side.ts';
import { isMoment } from '../drift-views.ts';
import type { ProfileSide } from './profile-side.ts';

/** One thing that is compared of a column, as the profiles of both sides have it. */
export interface ProfiledView {
  readonly column: DriftColumn;
  readonly view: DriftView;
  readonly before: ColumnPart;
  readonly after: ColumnPart;
}

export interface ProfiledViews {
  readonly views: readonly ProfiledView[];
  readonly leftOut: readonly { readonly column: string; readonly reason: string }[];
}

const dayMs = 86_400_000;
/** With fewer rows whole numbers may all differ by chance. */
const leastRows = 50;

/**
 * What profiles tell of the columns that both sides have. Of moments that is the weekday and the hour, where a profile lists every one of them; how long after another one an event comes is in
 * no profile.
 */
export function profiledViews(before: ProfileSide, after: ProfileSide, ignore: readonly string[]): ProfiledViews {
  const parts = new Map(after.whole.columns.map((part) => [part.name, part]));
  const personalNow = new Set(after.columns.filter(({ personal }) => personal).map(({ name }) => name));
  const known = new Set(before.columns.map(({ name }) => name));
  const views: ProfiledView[] = [];
  const leftOut: { column: string; reason: string }[] = [];
  for (const [at, column] of before.columns.entries()) {
    const [part, now] = [before.whole.columns[at], parts.get(column.name)];
    const leave = (reason: string): unknown => leftOut.push({ column: column.name, reason });
    if (part === undefined || ignore.includes(column.name)) leave('it is not to be looked at');
    else if (column.personal || personalNow.has(column.name)) leave('of a personal column a profile has no values');
    else if (column.type === 'object' || column.type === 'array') leave(`nothing is counted of type ${column.type}`);
    else if (now !== undefined && isMoment(column.type) && isMoment(now.type)) {
      const found = viewsOfMoments({ column, before: part, after: now });
      views.push(...found);
      if (found.length === 0) leave('its hours and weekdays are not in the profiles');
    } else if (now?.type === 'integer' && column.type === 'integer' && [before, after].every((side) => numbersRows(side, column.name)))
      leave('each row has another whole number in it, as a name does');
    else if (
      now?.type === 'string' &&
      column.type === 'string' &&
      [before, after].every((side) => numbersRows(side, column.name)) &&
      isUnlisted(part)
    )
      leave('nearly each row has another text in it, of which profiles tell nothing: its rows would');
    else views.push({ column, view: 'values', before: part, after: now ?? part });
  }
  for (const { name } of after.columns) if (!known.has(name)) leftOut.push({ column: name, reason: 'the reference has no such column' });
  return { views, leftOut };
}

function isUnlisted({ values }: ColumnPart): boolean {
  return values === null || values.error > 0;
}

/** Whether as many different values are known of a column as it has rows, within three standard errors. */
function numbersRows({ profile }: { readonly profile: Profile }, name: string): boolean {
  const column = profile.columns.find((one) => one.name === name);
  if (column === undefined || column.rows < leastRows) return false;
  const known = column.rows - column.nulls;
  return known >= column.rows / 2 && column.distinct >= known * (1 - 3 * (column.distinctError ?? 0));
}

function viewsOfMoments({ column, before, after }: Omit<ProfiledView, 'view'>): readonly ProfiledView[] {
  const view = (name: DriftView, classOf: (moment: string) => string): readonly ProfiledView[] => {
    const [old, young] = [classesOf(before, classOf), classesOf(after, classOf)];
    return old === null || young === null ? [] : [{ column, view: name, before: old, after: young }];
  };
  if (column.type === 'time') return after.type === 'time' ? view('hour of day', (moment) => moment.slice(0, 2)) : [];
  const leastMs = Math.min(spanMs(before), spanMs(after));
  const isTimed = column.type === 'timestamp' && after.type === 'timestamp';
  return [
    ...(isTimed && leastMs >= dayMs ? view('hour of day', (moment) => moment.slice(11, 13)) : []),
    ...(leastMs >= 14 * dayMs ? view('weekday', weekdayOf) : []),
  ];
}

function spanMs({ numbers }: ColumnPart): number {
  return numbers === null ? 0 : (numbers.max - numbers.min) * 1000;
}

const weekdays = ['7 Sunday', '1 Monday', '2 Tuesday', '3 Wednesday', '4 Thursday', '5 Friday', '6 Saturday'];

function weekdayOf(moment: string): string {
  return weekdays[new Date(moment).getUTCDay()] ?? '';
}

/** The rows of a column by a class of its values; null where not every value is listed. Infinite moments have none. */
function classesOf(part: ColumnPart, classOf: (moment: string) => string): ColumnPart | null {
  if (part.values === null || part.values.error > 0) return null;
  const rows = new Map<string, number>();
  let without = 0;
  for (const [value, count] of part.values.values) {
    const name = /^-?infinity$/.test(value) ? '' : classOf(value);
    if (name === '') without += count;
    else rows.set(name, (rows.get(name) ?? 0) + count);
  }
  const values: FrequentValues = { values: [...rows], error: 0 };
  return { ...part, type: 'string', numbers: null, nulls: part.nulls + without, below: 0, above: 0, values };
}
