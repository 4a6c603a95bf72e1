import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Engine, openEngine } from '@tidegate/runtime';
import fc from 'fast-check';
import { joinAsOf } from './point-in-time.ts';
import { makeViewTable } from './view-table.ts';

/** Times are small whole numbers of microseconds after 2013-01-01, so that ties and bounds are hit all the time. */
type Time = number | null;
interface ViewRow {
  readonly a: number | null;
  readonly b: number | null;
  readonly event: Time;
  readonly known: Time;
  readonly value: number | null;
}
interface SetRow {
  readonly a: number | null;
  readonly b: number | null;
  readonly time: Time;
}
interface Story {
  readonly view: readonly ViewRow[];
  readonly rows: readonly SetRow[];
  /** Microseconds. */
  readonly ttl: number | null;
  readonly hasKnown: boolean;
  /** Microseconds. Default 0. */
  readonly stale?: number;
}

/** Section 1 of the reference statement, word for word: look at every feature row for every row. */
function bruteForce({ view, rows, ttl, hasKnown, stale = 0 }: Story): readonly (number | null)[] {
  return rows.map((row) => {
    const { time } = row;
    if (time === null || row.a === null || row.b === null) return null;
    const knownOf = (candidate: ViewRow): Time => (hasKnown ? candidate.known : candidate.event);
    const candidates = view.filter((candidate) => {
      const known = knownOf(candidate);
      if (candidate.event === null || known === null) return false;
      if (candidate.a !== row.a || candidate.b !== row.b) return false;
      return candidate.event <= time - stale && known <= time - stale && (ttl === null || candidate.event >= time - ttl);
    });
    candidates.sort(
      (x, y) => (y.event ?? 0) - (x.event ?? 0) || (knownOf(y) ?? 0) - (knownOf(x) ?? 0) || (y.value ?? -Infinity) - (x.value ?? -Infinity),
    );
    return candidates[0]?.value ?? null;
  });
}

const instant = (time: Time): string => (time === null ? 'NULL::TIMESTAMP' : `TIMESTAMP '2013-01-01' + INTERVAL (${time}) MICROSECOND`);
const cell = (value: number | null): string => (value === null ? 'NULL::BIGINT' : `${value}::BIGINT`);
const table = (columns: string, rows: readonly string[]): string =>
  `SELECT ${columns} FROM (VALUES ${rows.map((row) => `(${row})`).join(', ')}) t(${columns})`;
const empty = (columns: string, row: string): string => `${table(columns, [row])} WHERE false`;

async function joined(engine: Engine, story: Story): Promise<readonly (number | null)[]> {
  const view = story.view.map((row) => [cell(row.a), cell(row.b), instant(row.event), instant(row.known), cell(row.value)].join(', '));
  const rows = story.rows.map((row, index) => [index, cell(row.a), cell(row.b), instant(row.time)].join(', '));
  const viewColumns = 'a, b, event, known, value';
  const none = [cell(null), cell(null), instant(null), instant(null), cell(null)].join(', ');
  const made = await makeViewTable(engine, 'v', {
    query: view.length === 0 ? empty(viewColumns, none) : table(viewColumns, view),
    keys: ['a', 'b'],
    event: 'event',
    known: story.hasKnown ? 'known' : null,
    features: ['value'],
  });
  const noRow = [0, cell(null), cell(null), instant(null)].join(', ');
  await engine.run(`CREATE OR REPLACE TABLE r AS ${rows.length === 0 ? empty('row, a, b, time', noRow) : table('row, a, b, time', rows)}`);
  const ttlMs = story.ttl === null ? null : story.ttl / 1000;
  const staleMs = (story.stale ?? 0) / 1000;
  await joinAsOf(engine, 'j', { rows: 'r', views: [{ table: made, rowKeys: ['a', 'b'], ttlMs }], staleMs });
  const result = await engine.rows('SELECT row, value_0_0 FROM j ORDER BY row');
  assert.deepEqual(
    result.map((row) => row['row']),
    story.rows.map((_, index) => index),
    'each row exactly once',
  );
  return result.map((row) => row['value_0_0'] as number | null);
}

const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(value, { freq: 8 });
// few keys and few times: collisions, ties and bounds are the point
const key = fc.constantFrom(1, 1, 1, 1, 11, 111, null);
const time = maybe(fc.integer({ min: 0, max: 6 }));
const story: fc.Arbitrary<Story> = fc.record({
  view: fc.array(fc.record({ a: key, b: key, event: time, known: time, value: maybe(fc.integer({ min: 0, max: 3 })) }), {
    maxLength: 40,
    size: 'max',
  }),
  rows: fc.array(fc.record({ a: key, b: key, time }), { maxLength: 15, size: 'max' }),
  ttl: fc.constantFrom(null, 0, 1, 3, 100),
  hasKnown: fc.boolean(),
  stale: fc.constantFrom(0, 0, 1, 2),
});

test('the join gives what looking at every feature row for every row gives', async () => {
  using engine = await openEngine({ threads: 1 });
  await engine.run('CREATE SCHEMA work');

  await fc.assert(
    fc.asyncProperty(story, async (told) => {
      assert.deepEqual(await joined(engine, told), bruteForce(told));
    }),
    { numRuns: 100 },
  );
});

test('the order in which the rows lie changes nothing', async () => {
  using engine = await openEngine({ threads: 1 });
  await engine.run('CREATE SCHEMA work');

  await fc.assert(
    fc.asyncProperty(story, async (told) => {
      const forwards = await joined(engine, told);
      const backwards = await joined(engine, { ...told, view: [...told.view].reverse() });
      assert.deepEqual(backwards, forwards);
    }),
    { numRuns: 25 },
  );
});
