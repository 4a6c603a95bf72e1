import assert from 'node:assert/strict';
import { test } from 'node:test';
import { digestOfHex, type MeasuredServing, type ServingCost } from '@tidegate/formats';
import type { ServingLimits } from '../../config/index.ts';
import { judgeCost, requestsNeeded, startsFor } from './judge-cost.ts';

const release = digestOfHex('11'.repeat(32));
const upTo = (count: number, factor = 1): readonly number[] => Array.from({ length: count }, (_, index) => (index + 1) * factor);
const serving = (more: Partial<MeasuredServing> = {}): MeasuredServing => ({
  coldStartMs: [500, 510, 520, 530, 540],
  peakBytes: [100e6, 101e6, 102e6, 103e6, 104e6],
  latencyMs: upTo(1000),
  lacks: null,
  ...more,
});
const cost = (more: Partial<ServingCost> = {}): ServingCost => ({
  format: 'tidegate.serving-cost/1',
  machine: 'linux-x64, 2 x Test',
  test: 'a price is predicted',
  batch: null,
  candidate: serving(),
  champion: null,
  withoutChampion: null,
  replay: null,
  ...more,
});
const champion = (more: Partial<MeasuredServing> = {}): ServingCost['champion'] => ({ release, ...serving(more) });
const none = { batch: null, requests: null, starts: null };
const most = (value: number) => ({ most: value, times: null });
const times = (value: number) => ({ most: null, times: value });
const judged = (measured: ServingCost, limits: Omit<ServingLimits, 'batch' | 'requests' | 'starts'>) =>
  judgeCost(measured, { limits: { ...none, ...limits }, confidence: 0.95 }).map(({ name, verdict, blocking, reason }) => ({
    name,
    verdict,
    blocking,
    reason,
  }));

test('a latency passes when its upper bound keeps the limit, fails when its lower bound breaks it, and else says how many more requests would decide', () => {
  const [pass] = judged(cost(), { p99: most(996) });
  const [fail] = judged(cost(), { p99: most(984) });
  const [open] = judged(cost(), { p99: most(995) });

  assert.deepEqual(
    [pass, fail],
    [
      {
        name: 'latency.p99',
        verdict: 'pass',
        blocking: true,
        reason: 'Latency is within 996 ms: the 99th percentile over 1,000 requests is 990 ms (985 ms to 996 ms at 95 % each side)',
      },
      {
        name: 'latency.p99',
        verdict: 'fail',
        blocking: true,
        reason: 'Latency is above 984 ms: the 99th percentile over 1,000 requests is 990 ms (985 ms to 996 ms at 95 % each side)',
      },
    ],
  );
  assert.equal(open?.verdict, 'inconclusive');
  // share within 0.995, normal approximation: ((1.645 · √(0.99 · 0.01) + 0.842 · √(0.995 · 0.005)) / 0.005)² = 1989.6
  assert.match(open?.reason ?? '', /; about 990 more requests would decide \("requests" under "latency"\)$/);
});

test('too few requests say how many more are needed', () => {
  const [finding] = judged(cost({ candidate: serving({ latencyMs: upTo(200) }), batch: 32 }), { p99: most(1e6) });

  assert.equal(finding?.verdict, 'inconclusive');
  assert.equal(finding?.reason, 'Latency cannot be judged: 200 requests were measured, 99 more are needed ("requests" under "latency")');
});

test('five starts bound a median at 95 %, of cold start and of memory, and four do not', () => {
  const limits = { coldStart: most(540), memory: most(99e6) };
  const four = cost({ candidate: serving({ coldStartMs: [500, 510, 520, 530] }) });

  assert.deepEqual(
    judged(cost(), limits).map(({ name, verdict, reason }) => [name, verdict, reason]),
    [
      ['cold-start', 'pass', 'Cold start is within 540 ms: the median of 5 starts is 520 ms (500 ms to 540 ms at 95 % each side)'],
      ['memory', 'fail', 'Memory is above 99 MB: the median of the peaks of 5 starts is 102 MB (100 MB to 104 MB at 95 % each side)'],
    ],
  );
  assert.deepEqual(
    judged(four, { coldStart: most(1e6) }).map(({ verdict, reason }) => [verdict, reason]),
    [['inconclusive', 'Cold start cannot be judged: 4 starts were measured, 1 more is needed ("starts" under "gate")']],
  );
});

test('against the champion the ratio of quantiles is bounded by both bounds, and that of starts pair by pair', () => {
  const same = cost({ champion: champion() });
  const slow = cost({
    candidate: serving({ coldStartMs: [1000, 1020, 1040, 1060, 1080], latencyMs: upTo(1000, 2) }),
    champion: champion(),
  });

  assert.deepEqual(
    judged(same, { p99: times(1.02), coldStart: times(1) }).map(({ name, verdict, reason }) => [name, verdict, reason]),
    [
      [
        'cold-start.champion',
        'pass',
        "Cold start is within 1 times the champion's: the median of 5 starts is 520 ms against 520 ms, measured in turns: 1 times as much (1 to 1 at 95 % each side)",
      ],
      [
        'latency.p99.champion',
        'pass',
        // binomial(1000, 0.99) at 97.5 %: ranks 983 and 997: 983 / 997 and 997 / 983
        "Latency is within 1.02 times the champion's: the 99th percentile over 1,000 requests is 990 ms against 990 ms, measured in turns: 1 times as much (0.986 to 1.014 at 95 % each side)",
      ],
    ],
  );
  assert.deepEqual(
    judged(slow, { p99: times(1.5), coldStart: times(1.5), p50: { most: 1e6, times: 3 } }).map(({ name, verdict }) => [name, verdict]),
    [
      ['cold-start.champion', 'fail'],
      ['latency.p50', 'pass'],
      ['latency.p50.champion', 'pass'],
      ['latency.p99.champion', 'fail'],
    ],
  );
  const [near] = judged(same, { p99: times(1.001) });
  assert.equal(near?.verdict, 'inconclusive');
  assert.match(near?.reason ?? '', /; about [\d,]+ more requests would decide|; more requests would hardly decide/);
});

test('without a champion only absolute limits count; one that could not be measured leaves the gate open', () => {
  const limits = { p99: { most: 996, times: 1.2 } };
  const first = cost({ withoutChampion: { kind: 'none', reason: 'No champion is live' } });
  const broken = cost({
    withoutChampion: { kind: 'unusable', reason: 'Cannot try the release of "services.prices": its server ended with 1' },
  });

  assert.deepEqual(
    judged(first, limits).map(({ name, verdict, blocking }) => [name, verdict, blocking]),
    [
      ['latency.p99', 'pass', true],
      ['latency.p99.champion', 'inconclusive', false],
    ],
  );
  assert.equal(judged(first, limits)[1]?.reason, "Latency is not held against a champion's: no champion is live");
  assert.deepEqual(
    judged(broken, limits).map(({ verdict, blocking }) => [verdict, blocking]),
    [
      ['pass', true],
      ['inconclusive', true],
    ],
  );
});

test('what was not measured is inconclusive, with the reason', () => {
  const quiet = cost({ candidate: serving({ latencyMs: [], lacks: 'no API test posts a request, expects the status 200 and passes' }) });
  const limits = { p99: most(1), memory: most(1), coldStart: most(1e6) };

  assert.deepEqual(
    judged(quiet, limits).map(({ verdict, reason }) => [verdict, reason.split(': ')[0]]),
    [
      ['pass', 'Cold start is within 1000 s'],
      ['inconclusive', 'Memory was not measured'],
      ['inconclusive', 'Latency was not measured'],
    ],
  );
  assert.deepEqual(
    judged(cost({ candidate: serving({ peakBytes: [] }) }), { memory: most(1) }).map(({ reason }) => reason),
    ['Memory was not measured: this system does not tell how much a process has taken'],
  );
});

test('as many starts and requests are asked for as the bounds at the confidence need', () => {
  const limits = (more: Omit<ServingLimits, 'batch' | 'requests' | 'starts'>) => ({ limits: { ...none, ...more }, confidence: 0.95 });

  assert.deepEqual(
    [
      startsFor(limits({ p99: most(1) })),
      startsFor(limits({ memory: most(1) })),
      startsFor({ ...limits({ coldStart: times(1) }), confidence: 0.99 }),
      requestsNeeded(limits({ p99: most(1) })),
      requestsNeeded(limits({ p99: times(1) })),
      requestsNeeded(limits({ p50: most(1) })),
    ],
    [1, 5, 7, 299, 368, 5],
  );
});
