import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StalenessConfig } from '../config/index.ts';
import { type Ages, ageWords } from './ages.ts';
import { judgeStaleness } from './judge-staleness.ts';

const hour = 3_600_000;
const day = 24 * hour;
const nowMs = Date.UTC(2024, 5, 15);

function agesOf({
  model = null,
  data = {},
  features = {},
  promised = [],
}: {
  model?: number | null;
  data?: Readonly<Record<string, number | null>>;
  features?: Readonly<Record<string, number | null>>;
  promised?: Awaited<ReturnType<Ages['promisedData']>>;
}): Ages {
  return {
    model: () => Promise.resolve(model),
    data: () => Promise.resolve(new Map(Object.entries(data))),
    features: () => Promise.resolve(new Map(Object.entries(features))),
    promisedData: () => Promise.resolve(promised),
    changedData: () => Promise.resolve([]),
  };
}

async function judge(ages: Ages, limits: Partial<StalenessConfig>) {
  const { part, evidence } = await judgeStaleness(
    ages,
    { service: 'api', nowMs },
    { modelMs: null, dataMs: null, featuresMs: null, ...limits },
  );
  return { verdict: part.verdict, reason: part.reason, each: evidence.map(({ name, verdict }) => [name, verdict]) };
}

test('what is younger than its limit passes, what is older fails with its age in words', async () => {
  const ages = agesOf({
    model: nowMs - 3 * day - 4 * hour,
    data: { flights: nowMs - hour, weather: nowMs - 2 * day - 1 },
    features: { load: nowMs - 5 * hour },
  });

  const found = await judge(ages, { modelMs: 30 * day, dataMs: 2 * day, featuresMs: 6 * hour });
  const model = await judge(ages, { modelMs: 3 * day });

  assert.equal(found.verdict, 'fail');
  assert.deepEqual(found.each, [
    ['staleness.model', 'pass'],
    ['staleness.data.flights', 'pass'],
    ['staleness.data.weather', 'fail'],
    ['staleness.features.load', 'pass'],
  ]);
  assert.equal(found.reason, 'data.weather is 2 days old, the limit is 2 days: its newest event is of 2024-06-12T23:59:59.999Z');
  assert.equal(model.reason, 'The model is 3 days 4 hours old, the limit is 3 days: its newest event is of 2024-06-11T20:00:00.000Z');
});

test('where the monitor says nothing of data, what data contracts promise counts', async () => {
  const promised = [
    { data: 'flights', newestMs: nowMs - 3 * day, limitMs: 2 * day },
    { data: 'weather.arrived_at', newestMs: nowMs - hour, limitMs: 6 * hour },
  ];
  const ages = agesOf({ model: nowMs - day, data: { flights: nowMs - 3 * day }, promised });

  const byContract = await judge(ages, { modelMs: 30 * day });
  const byMonitor = await judge(ages, { dataMs: 4 * day });
  const byNobody = await judge(agesOf({ data: { flights: nowMs } }), {});

  assert.deepEqual(byContract.each, [
    ['staleness.model', 'pass'],
    ['staleness.data.flights', 'fail'],
    ['staleness.data.weather.arrived_at', 'pass'],
  ]);
  assert.equal(
    byContract.reason,
    'data.flights is 3 days old, its data contract allows 2 days: its newest event is of 2024-06-12T00:00:00.000Z',
  );
  assert.deepEqual(byMonitor.each, [['staleness.data.flights', 'pass']]);
  assert.deepEqual(
    [byNobody.verdict, byNobody.reason],
    ['inconclusive', 'No age is limited: neither the monitor nor a data contract says how old anything may get'],
  );
});

test('an age that is exactly the limit passes', async () => {
  assert.equal((await judge(agesOf({ model: nowMs - day }), { modelMs: day })).verdict, 'pass');
});

test('what has no age is inconclusive and says why', async () => {
  const ages = agesOf({ data: {}, features: { load: null } });

  const found = await judge(ages, { modelMs: day, dataMs: day, featuresMs: day });

  assert.equal(found.verdict, 'inconclusive');
  assert.deepEqual(found.each, [
    ['staleness.model', 'inconclusive'],
    ['staleness.data', 'inconclusive'],
    ['staleness.features.load', 'inconclusive'],
  ]);
  assert.match(
    found.reason,
    /^The age of the model is not known: neither its training set nor its record is kept; 2 more ages do not pass$/,
  );
});

test('an event a little after the moment that is asked about is fresh; one far after it shows a clock that went back', async () => {
  const fresh = await judge(agesOf({ model: nowMs + hour }), { modelMs: day });
  const back = await judge(agesOf({ model: nowMs + 3 * day }), { modelMs: day });

  assert.deepEqual(
    [fresh.verdict, fresh.reason],
    ['pass', 'The model is up to date, the limit is 1 day: its newest event is of 2024-06-15T01:00:00.000Z'],
  );
  assert.equal(back.verdict, 'inconclusive');
  assert.match(back.reason, /3 days after the moment that is asked about$/);
});

test('ages are told by their two largest units', () => {
  assert.deepEqual([0, 999, 1000, 61_000, hour, 25 * hour, 48 * hour, 90 * day + 30_000].map(ageWords), [
    'less than a second',
    'less than a second',
    '1 second',
    '1 minute 1 second',
    '1 hour',
    '1 day 1 hour',
    '2 days',
    '90 days',
  ]);
});
