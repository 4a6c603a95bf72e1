import type { MeasuredVersion, VersionMeasure } from '@tidegate/formats';

/** A column that has, in each version, one number that the date of its newest event says already: it moves on by itself. */
export interface CalendarMean {
  /** `month.mean`. */
  readonly measure: string;
  readonly column: string;
  readonly part: string;
}

/** Of a moment in UTC, as databases, Python and R count them. */
const parts: readonly { readonly name: string; readonly of: (moment: Date) => number }[] = [
  { name: 'year', of: (moment) => moment.getUTCFullYear() },
  { name: 'quarter', of: (moment) => Math.floor(moment.getUTCMonth() / 3) + 1 },
  { name: 'month', of: (moment) => moment.getUTCMonth() + 1 },
  { name: 'week of the year', of: isoWeek },
  { name: 'day of the year', of: dayOfYear },
  { name: 'day of the month', of: (moment) => moment.getUTCDate() },
  { name: 'weekday (1 = Monday)', of: (moment) => ((moment.getUTCDay() + 6) % 7) + 1 },
  { name: 'weekday (0 = Monday)', of: (moment) => (moment.getUTCDay() + 6) % 7 },
  { name: 'weekday (1 = Sunday)', of: (moment) => moment.getUTCDay() + 1 },
  { name: 'weekday (0 = Sunday)', of: (moment) => moment.getUTCDay() },
  { name: 'hour', of: (moment) => moment.getUTCHours() },
];

/** The means that are parts of the date in each of these versions; a version that has another is no calendar, and what is wrong with it is to be found. */
export function calendarMeans(version: MeasuredVersion, before: readonly MeasuredVersion[]): readonly CalendarMean[] {
  const all = [...before, version];
  return version.measures
    .filter(({ sort }) => sort === 'mean')
    .flatMap((measure) => {
      const values = all.map((one) => oneValueOf(one, measure));
      const part = parts.find(({ of }) =>
        all.every(({ newestEvent }, index) => newestEvent !== null && values[index] === of(new Date(newestEvent))),
      );
      return part === undefined || measure.column === null ? [] : [{ measure: measure.name, column: measure.column, part: part.name }];
    });
}

/** The value of a column that has the same one in all rows; null where it has several, or none. */
function oneValueOf({ measures }: MeasuredVersion, { name }: VersionMeasure): number | null {
  const found = measures.find((one) => one.name === name);
  return found === undefined || found.unit !== 0 ? null : found.value;
}

function dayOfYear(moment: Date): number {
  return Math.floor((moment.getTime() - Date.UTC(moment.getUTCFullYear(), 0, 1)) / 86_400_000) + 1;
}

/** Weeks begin on Monday, and the first has the first Thursday of the year (ISO 8601). */
function isoWeek(moment: Date): number {
  const weekday = (moment.getUTCDay() + 6) % 7;
  const thursday = new Date(moment.getTime() + (3 - weekday) * 86_400_000);
  return Math.ceil(dayOfYear(thursday) / 7);
}
