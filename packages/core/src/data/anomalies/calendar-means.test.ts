import assert from 'node:assert/strict';
import { test } from 'node:test';
import { digestOfHex, type MeasuredVersion } from '@tidegate/formats';
import { calendarMeans } from './calendar-means.ts';

const means = (day: Date, delay: number): readonly (readonly [string, number])[] => [
  ['month', day.getUTCMonth() + 1],
  ['dow', day.getUTCDay()],
  ['delay', delay],
];

function versionOf(index: number, columns: (day: Date, delay: number) => readonly (readonly [string, number])[] = means): MeasuredVersion {
  const day = new Date(Date.UTC(2026, 0, 25 + index, 22));
  return {
    format: 'tidegate.measured-version/1',
    project: 'p',
    dataset: 'd',
    version: digestOfHex(String(index).padStart(64, '0')),
    at: day.toISOString(),
    newestEvent: day.toISOString(),
    columns: 3,
    verdict: 'pass',
    measures: columns(day, index + 0.5).map(([column, value]) => ({
      name: `${column}.mean`,
      column,
      sort: 'mean',
      value,
      rows: 0,
      error: 0,
      unit: 0,
    })),
  };
}

test('a column that has the month or the weekday of its version moves on by itself', () => {
  const versions = Array.from({ length: 12 }, (_, index) => versionOf(index));

  assert.deepEqual(calendarMeans(versionOf(12), versions), [
    { measure: 'month.mean', column: 'month', part: 'month' },
    { measure: 'dow.mean', column: 'dow', part: 'weekday (0 = Sunday)' },
  ]);
});

test('a version with another month than that of its events is to be judged', () => {
  const versions = Array.from({ length: 12 }, (_, index) => versionOf(index));
  const wrong = versionOf(12, (day, delay) => [['month', 7], ...means(day, delay).slice(1)]);

  assert.deepEqual(
    calendarMeans(wrong, versions).map(({ column }) => column),
    ['dow'],
  );
});
