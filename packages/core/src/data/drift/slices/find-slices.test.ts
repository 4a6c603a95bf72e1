import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { type Engine, openEngine } from '@tidegate/runtime';
import { findSlices } from './find-slices.ts';

async function engineFor(t: TestContext): Promise<Engine> {
  const engine = await openEngine({ threads: 1 });
  t.after(() => engine[Symbol.dispose]());
  return engine;
}

/** SQL of a number from 0 to 1 that only a row and a seed decide. */
const unit = (seed: number): string => `((hash(i * 1000 + ${seed}) % 1000003) / 1000003.0)`;

const origin = `['EWR', 'JFK', 'LGA'][1 + (${unit(1)} * 3)::INT % 3]`;
const carrier = `['AA', 'UA'][1 + (${unit(2)} * 2)::INT % 2]`;
const columns = [
  { name: 'origin', type: 'string' },
  { name: 'carrier', type: 'string' },
  { name: 'delay', type: 'number' },
  { name: 'wind', type: 'number' },
  { name: 'prediction', type: 'number' },
] as const;

interface Shifts {
  readonly delay: string;
  readonly wind: string;
}

/** The prediction rises with the delay and hardly with the wind. */
function rows(from: number, count: number, { delay, wind }: Shifts): string {
  return `SELECT *, 0.9 * delay + 0.05 * wind AS prediction FROM (
    SELECT origin, carrier, ${unit(3)} + ${delay} AS delay, ${unit(4)} + ${wind} AS wind
    FROM (SELECT i, ${origin} AS origin, ${carrier} AS carrier FROM range(${from}, ${from + count}) r(i)))`;
}

const unchanged = { delay: '0', wind: '0' };

test('the slice in which a feature moved is found, and what moves the model more comes first', async (t) => {
  const engine = await engineFor(t);
  const shifts = {
    delay: "CASE WHEN origin = 'JFK' THEN 0.4 ELSE 0 END",
    wind: "CASE WHEN origin = 'LGA' AND carrier = 'UA' THEN 0.8 ELSE 0 END",
  };

  const { found, outcome, judged } = await findSlices(engine, {
    reference: rows(0, 6000, unchanged),
    current: rows(9000, 5000, shifts),
    columns,
    outcome: 'prediction',
  });

  assert.equal(outcome, 'prediction');
  assert.ok(judged > 20, String(judged));
  assert.deepEqual(found[0]?.slice, [{ column: 'origin', value: 'JFK' }]);
  assert.equal(found[0].feature, 'delay');
  // a third of the rows has predictions that are 0.9 * 0.4 higher
  assert.ok(Math.abs((found[0].effect ?? 0) - 0.12) < 0.03, String(found[0].effect));
  assert.match(
    found[0].reason,
    /^delay moved where origin = JFK \(3\d\.?\d* % of the rows\): .+; by itself it moves the mean of prediction by 0\.1/,
  );
  const [wind] = found.filter(({ feature }) => feature === 'wind');
  assert.deepEqual(wind?.slice, [
    { column: 'origin', value: 'LGA' },
    { column: 'carrier', value: 'UA' },
  ]);
  assert.ok(Math.abs(wind.effect ?? 1) < 0.02, String(wind.effect));
});

test('nothing is found where nothing moved, and small slices are said not to be judged', async (t) => {
  const engine = await engineFor(t);

  const large = await findSlices(engine, { reference: rows(0, 6000, unchanged), current: rows(9000, 5000, unchanged), columns });
  const small = await findSlices(engine, { reference: rows(0, 900, unchanged), current: rows(9000, 150, unchanged), columns });

  assert.deepEqual(large.found, []);
  assert.equal(large.outcome, null);
  assert.ok((large.smallest ?? 1) < 0.3, String(large.smallest));
  assert.ok(small.tooSmall > 0);
});

test('a feature that moved everywhere is told once, of all rows', async (t) => {
  const engine = await engineFor(t);

  const { found } = await findSlices(engine, {
    reference: rows(0, 6000, unchanged),
    current: rows(9000, 5000, { delay: '0.3', wind: '0' }),
    columns: columns.filter(({ name }) => name !== 'prediction'),
  });

  assert.deepEqual(
    found.map(({ slice, feature }) => ({ slice, feature })),
    [{ slice: [], feature: 'delay' }],
  );
});

test('a slice that differs from span to span anyway is usual, and one that does not is found', async (t) => {
  const engine = await engineFor(t);
  // the delay at JFK has another level in each span of 500 rows
  const spans = (from: number, count: number, ewr: string): string => `SELECT *, i AS at FROM (
    SELECT i, origin, carrier, ${unit(3)} + CASE WHEN origin = 'JFK' THEN (hash(i // 500 + 7) % 7) / 4.0 WHEN origin = 'EWR' THEN ${ewr} ELSE 0 END AS delay
    FROM (SELECT i, ${origin} AS origin, ${carrier} AS carrier FROM range(${from}, ${from + count}) r(i)))`;
  const question = {
    reference: spans(0, 5000, '0'),
    columns: [...columns.slice(0, 3), { name: 'at', type: 'integer' } as const],
  };
  const windows = { orderBy: 'at', share: 0.1 };
  const slicesOf = (found: readonly { readonly slice: readonly { readonly value: string }[] }[]): readonly string[] =>
    found.map(({ slice }) => slice.map(({ value }) => value).join(' '));

  const byRows = await findSlices(engine, { ...question, current: spans(90_000, 500, '0') });
  const byWindows = await findSlices(engine, { ...question, current: spans(90_000, 500, '0'), windows });
  const moved = await findSlices(engine, { ...question, current: spans(90_000, 500, '0.6'), windows });

  assert.ok(slicesOf(byRows.found).includes('JFK'), slicesOf(byRows.found).join());
  assert.deepEqual(byWindows.found, []);
  assert.deepEqual(slicesOf(moved.found), ['EWR']);
  assert.match(moved.found[0]?.reason ?? '', /0\.1\d* matters/);
});
