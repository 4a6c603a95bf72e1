import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keptFiles } from './kept-files.ts';

const dayMs = 86_400_000;
const files = (...paths: readonly string[]): readonly { readonly path: string }[] => paths.map((path) => ({ path }));
const day = (name: string): string => `data/day=${name}/a.parquet`;

function keptBy(by: string, keep: Parameters<typeof keptFiles>[1]['keep'], paths: readonly string[]): readonly string[] {
  return keptFiles(files(...paths), { by, keep }).kept.map(({ path }) => path);
}

test('the newest partitions are kept with all of their files, and what is left out is counted', () => {
  const paths = [day('2026-01-01'), day('2026-01-02'), 'data/day=2026-01-02/b.parquet', day('2026-01-03'), 'data/day=2026-01-01/b.parquet'];

  const { kept, leftOut } = keptFiles(files(...paths), { by: 'day(day)', keep: { partitions: 2 } });

  assert.deepEqual(
    kept.map(({ path }) => path),
    paths.slice(1, 4),
  );
  assert.deepEqual(leftOut, { files: 2, partitions: 1, before: '2026-01-02' });
  assert.equal(keptFiles(files(...paths), { by: 'day(day)', keep: { partitions: 3 } }).leftOut, null);
  assert.equal(keptFiles(files(...paths), { by: 'day(day)', keep: null }).leftOut, null);
});

test('an age is counted from the newest partition, days without a folder included', () => {
  const paths = [day('2025-12-30'), day('2026-01-01'), day('2026-01-08')];

  assert.deepEqual(keptBy('day(day)', { ms: 7 * dayMs }, paths), paths.slice(1));
  assert.deepEqual(keptBy('day(day)', { ms: 6 * dayMs }, paths), paths.slice(2));
  assert.deepEqual(keptFiles(files(...paths), { by: 'day(day)', keep: { ms: 6 * dayMs } }).leftOut, {
    files: 2,
    partitions: 2,
    before: '2026-01-08',
  });
  assert.deepEqual(keptBy('month(day)', { ms: dayMs }, paths), paths);
  assert.deepEqual(keptBy('month(day)', { partitions: 1 }, paths), paths.slice(1));
});

test('whole numbers are ordered by their size, other values by their signs, and a folder for rows without a value is the oldest', () => {
  const at = (value: string): string => `data/batch=${value}/a.csv`;

  assert.deepEqual(keptBy('value(batch)', { partitions: 2 }, [at('10'), at('9'), at('8')]), [at('10'), at('9')]);
  assert.deepEqual(keptBy('value(batch)', { partitions: 1 }, [at('a'), at('b'), at('__HIVE_DEFAULT_PARTITION__')]), [at('b')]);
});

test('a partition by value is the folder with those above it, so that the second of two months is two', () => {
  const at = (month: string, name: string): string => `data/year=2026/month=${month}/day=${name}/a.csv`;
  const paths = [at('1', '30'), at('1', '31'), at('2', '1'), at('10', '1')];

  assert.deepEqual(keptBy('value(day)', { partitions: 3 }, paths), paths.slice(1));
  assert.deepEqual(keptBy('value(month)', { partitions: 2 }, paths), paths.slice(2));
});

test('a file in no such folder, or in one that says no such time, is refused by name', () => {
  const refusal = (by: string, path: string): void => void keptFiles(files(day('2026-01-01'), path), { by, keep: null });

  assert.throws(
    () => refusal('day(day)', 'data/README.md'),
    /TG-DATA-PARTITION: Cannot tell the partition of "data\/README\.md": it lies in no folder "day=…"/,
  );
  assert.throws(() => refusal('day(day)', day('monday')), /"monday" says no day/);
  assert.throws(() => refusal('day(day)', day('2026-02-30')), /"2026-02-30" says no day/);
  assert.throws(() => refusal('hour(day)', day('2026-02-03')), /says no hour/);
});

test('days may be written without signs between, with a time behind, or as an address writes them', () => {
  const paths = [day('20260101'), day('2026-01-02 05:00:00'), day('2026-01-03T05%3A00')];

  assert.deepEqual(keptBy('day(day)', { partitions: 2 }, paths), paths.slice(1));
  assert.deepEqual(keptBy('hour(day)', { partitions: 1 }, paths.slice(1)), paths.slice(2));
});
