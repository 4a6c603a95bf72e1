import type { JudgedMeasure } from '@tidegate/formats';
import { leastPast } from '@tidegate/runtime';
import { figure } from './measure-reason.ts';

const dayMs = 86_400_000;

/** Periods that must have been seen before a season is expected. */
const periods = 3;

/** What cannot be seen yet, a sentence each. */
export function unseenOf({
  measures,
  moments,
  versions,
  columnsLeftOut,
}: {
  readonly measures: readonly JudgedMeasure[];
  /** Of the versions, the judged one last, in milliseconds. */
  readonly moments: readonly number[];
  readonly versions: number;
  readonly columnsLeftOut: number;
}): readonly string[] {
  const left = columnsLeftOut > 0 ? [`${columnsLeftOut} columns are not looked at: there are too many`] : [];
  if (versions < leastPast)
    return [`Nothing is judged before there are ${leastPast} versions: there ${versions === 1 ? 'is' : 'are'} ${versions}`, ...left];
  const rows = measures.find(({ name }) => name === 'rows');
  const share = (limit: number, expected: number): string => `${Math.round(Math.abs(limit / expected - 1) * 100)} %`;
  const ofRows: string[] = [];
  if (rows?.expected && rows.low !== null)
    ofRows.push(`A loss of less than ${share(rows.low, rows.expected)} of the rows (down to ${figure('count', rows.low)}) cannot be seen`);
  if (rows?.expected && rows.low === null) ofRows.push('Not even a loss of all rows can be seen');
  return [...ofRows, ...seasons(moments), ...left];
}

function seasons(moments: readonly number[]): readonly string[] {
  const steps = moments.slice(1).map((moment, index) => moment - (moments[index] ?? moment));
  const step = steps.toSorted((a, b) => a - b)[steps.length >> 1] ?? 0;
  const span = (moments.at(-1) ?? 0) - (moments[0] ?? 0);
  return (
    [
      ['week', 7 * dayMs],
      ['day', dayMs],
    ] as const
  ).flatMap(([name, period]) =>
    step <= period / 3 && span < periods * period * 0.99
      ? [
          `A season of the ${name} cannot be seen: it needs ${periods} ${name}s of versions, there are ${Number((span / period).toPrecision(2))}`,
        ]
      : [],
  );
}
