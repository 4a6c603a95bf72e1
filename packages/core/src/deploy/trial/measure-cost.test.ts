import assert from 'node:assert/strict';
import { test } from 'node:test';
import { digestOfHex, failure, type TestReport } from '@tidegate/formats';
import { openHttpClient, serveOnLoopback } from '../../platform/index.ts';
import type { ApiTest } from '../api-tests/api-test.ts';
import { type CostRequest, measureCost } from './measure-cost.ts';
import type { ThrowAwayServer } from './throw-away-server.ts';
import { timedRequest } from './timed-request.ts';

const release = digestOfHex('11'.repeat(32));
const ask: ApiTest = {
  name: 'a price is predicted',
  request: { method: 'POST', path: '/v1/predict', body: { rows: [{ area: 1 }, { area: 2 }], explain: true } },
  expect: { status: { kind: 'equals', value: 200 } },
};

/** A server of HTTP that writes down who was asked, started or ended. */
function arm(name: string, diary: string[], { refusesAfter = Infinity }: { readonly refusesAfter?: number } = {}) {
  let asked = 0;
  return async (): Promise<ThrowAwayServer> => {
    diary.push(`${name} starts`);
    const answer = async () => {
      diary.push(name);
      return { status: ++asked > refusesAfter ? 503 : 200, headers: {}, body: '{}' };
    };
    const { port, close } = await serveOnLoopback({ port: 0, bodyLimit: 10_000, answer });
    return {
      address: `http://127.0.0.1:${port}`,
      coldStartMs: 100,
      peakBytes: () => 5_000_000,
      [Symbol.asyncDispose]: async () => {
        diary.push(`${name} ends`);
        await close();
      },
    };
  };
}

const requestOf = (more: Partial<CostRequest> & Pick<CostRequest, 'candidate'>): CostRequest => ({
  machine: 'test',
  request: { test: ask, batch: null },
  starts: 2,
  requests: 40,
  needed: 1,
  http: openHttpClient,
  signal: new AbortController().signal,
  progress: () => {},
  ...more,
});

/** `AABA` → `2 A, 1 B, 1 A` */
function inShort(diary: readonly string[]): readonly string[] {
  return diary.reduce<string[]>((lines, word) => {
    const [, count = '0', last = ''] = /^(?:(\d+) )?(.+)$/.exec(lines.at(-1) ?? '') ?? [];
    if (last === word && / (starts|ends)$/.exec(word) === null) return [...lines.slice(0, -1), `${Number(count) + 1} ${word}`];
    return [...lines, / (starts|ends)$/.test(word) ? word : `1 ${word}`];
  }, []);
}

test('candidate and champion are started side by side and asked in turns, and who is first changes', async () => {
  const diary: string[] = [];

  const cost = await measureCost(requestOf({ candidate: arm('A', diary), champion: { release, start: arm('B', diary) } }));

  const [first, second] = [
    'A starts, B starts, 50 A, 50 B, 10 A, 20 B, 10 A, B ends, A ends',
    'B starts, A starts, 50 B, 50 A, 10 B, 20 A, 10 B, A ends, B ends',
  ];
  assert.equal(inShort(diary).join(', '), `${first}, ${second}`);
  assert.deepEqual([cost.candidate.coldStartMs.length, cost.candidate.latencyMs.length, cost.candidate.peakBytes], [2, 40, [5e6, 5e6]]);
  assert.deepEqual([cost.champion?.release, cost.champion?.coldStartMs.length, cost.champion?.latencyMs.length], [release, 2, 40]);
});

test('a champion that does not start, or stops answering, is told, and the candidate is measured all the same', async () => {
  const diary: string[] = [];
  const broken = async (): Promise<never> => {
    throw failure('TG-DEPLOY-NOT-READY', 'Cannot try the release: its server ended with 1', 'Read what it wrote');
  };

  const without = await measureCost(requestOf({ candidate: arm('A', diary), champion: { release, start: broken } }));
  const refusing = await measureCost(
    requestOf({ candidate: arm('A', diary), champion: { release, start: arm('B', diary, { refusesAfter: 65 }) } }),
  );

  assert.deepEqual(
    [without.champion, without.withoutChampion, without.candidate.latencyMs.length, without.candidate.coldStartMs.length],
    [null, { kind: 'unusable', reason: 'Cannot try the release: its server ended with 1' }, 40, 2],
  );
  assert.deepEqual(
    [refusing.champion?.latencyMs.length, refusing.champion?.lacks, refusing.candidate.latencyMs.length, refusing.candidate.lacks],
    [10, 'a request of "a price is predicted" was answered with 503', 40, null],
  );
});

test('a candidate that does not start is an error, and what was started is ended', async () => {
  const diary: string[] = [];
  const broken = async (): Promise<never> => {
    throw failure('TG-DEPLOY-NOT-READY', 'Cannot try the release: its server ended with 1', 'Read what it wrote');
  };

  await assert.rejects(measureCost(requestOf({ candidate: broken })), /TG-DEPLOY-NOT-READY/);
  const later = { starts: 2, requests: 2, candidate: arm('A', diary), champion: { release, start: arm('B', diary) } };
  await measureCost(requestOf(later));

  assert.equal(diary.filter((word) => word.endsWith('starts')).length, diary.filter((word) => word.endsWith('ends')).length);
});

test('the rows of an API test are repeated until the batch is full', () => {
  const report = { cases: [{ name: ask.name, outcome: 'passed' }] } as unknown as TestReport;

  const found = timedRequest([ask], { report, batch: 3 });

  assert.ok(typeof found !== 'string');
  assert.deepEqual(found.test.request.body, { rows: [{ area: 1 }, { area: 2 }, { area: 1 }], explain: true });
  const flat = { ...ask, request: { ...ask.request, body: [1] } };
  assert.equal(timedRequest([flat], { report, batch: 3 }), 'no API test posts "rows", which could be repeated for a batch of 3');
  assert.equal(
    timedRequest([{ ...ask, name: 'failed' }], { report, batch: null }),
    'no API test posts a request, expects the status 200 and passes',
  );
});
