import type { JudgedMeasure } from '@tidegate/formats';
import { leastPast } from '@tidegate/runtime';
import type { CalendarMean } from './calendar-means.ts';
import { figure } from './measure-reason.ts';

const dayMs = 86_400_000;

/** Periods that must have been seen before a season is expected (`needed`), and from how many on it is told that there are too few. */
const seasonsKnown = [
  { name: 'year', period: 365.25 * dayMs, needed: 2, told: 1 / 4 },
  { name: 'week', period: 7 * dayMs, needed: 3, told: 0 },
  { name: 'day', period: dayMs, needed: 3, told: 0 },
] as const;

/** What cannot be seen yet, a sentence each. */
export function unseenOf({
  measures,
  moments,
  versions,
  columnsLeftOut,
  calendar,
}: {
  readonly measures: readonly JudgedMeasure[];
  /** Of the versions, the judged one last, in milliseconds. */
  readonly moments: readonly number[];
  readonly versions: number;
  readonly columnsLeftOut: number;
  readonly calendar: readonly CalendarMean[];
}): readonly string[] {
  const left = columnsLeftOut > 0 ? [`${columnsLeftOut} columns are not looked at: there are too many`] : [];
  const moving = calendar.map(({ measure, part }) => `${measure} is not judged: it is the ${part} of the events, in every version`);
  if (versions < leastPast)
    return [`Nothing is judged before there are ${leastPast} versions: there ${versions === 1 ? 'is' : 'are'} ${versions}`, ...left];
  const rows = measures.find(({ name }) => name === 'rows');
  const share = (limit: number, expected: number): string => `${Math.round(Math.abs(limit / expected - 1) * 100)} %`;
  const ofRows: string[] = [];
  if (rows?.expected && rows.low !== null)
    ofRows.push(`A loss of less than ${share(rows.low, rows.expected)} of the rows (down to ${figure('count', rows.low)}) cannot be seen`);
  if (rows?.expected && rows.low === null) ofRows.push('Not even a loss of all rows can be seen');
  return [...ofRows, ...seasons(moments), ...moving, ...left];
}

function seasons(moments: readonly number[]): readonly string[] {
  const steps = moments.slice(1).map((moment, index) => moment - (moments[index] ?? moment));
  const step = steps.toSorted((a, b) => a - b)[steps.length >> 1] ?? 0;
  const span = (moments.at(-1) ?? 0) - (moments[0] ?? 0);
  return seasonsKnown.flatMap(({ name, period, needed, told }) =>
    step <= period / 3 && span >= told * period && span < needed * period * 0.99
      ? [
          `A season of the ${name} cannot be seen: it needs ${needed} ${name}s of versions, there are ${Number((span / period).toPrecision(2))}`,
        ]
      : [],
  );
}
