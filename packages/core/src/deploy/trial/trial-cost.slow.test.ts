import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { digestOfHex, hexOf } from '@tidegate/formats';
import type { Champion } from '../../models/index.ts';
import { folderObjectStore, type ObjectStore, readRecord } from '../../store/index.ts';
import { pythonCase, storePythonRelease, storeRealRelease } from '../test-release.ts';
import { replayCost } from './replay-cost.ts';
import { apiTests, type Trial, tryRelease } from './test-trial.ts';

const fresh = { batch: null, requests: 60, starts: 5 };
const times = (value: number) => ({ most: null, times: value });

async function championOf(
  store: ObjectStore,
  release: (store: ObjectStore, note: string) => Promise<ReturnType<typeof digestOfHex>>,
): Promise<Champion> {
  const digest = await release(store, 'the one before');
  return { release: digest, manifest: await readRecord(store, 'tidegate.release/1', digest) };
}

const verdictsOf = ({ result }: Trial) =>
  result.evidence.flatMap(({ kind, name, verdict, blocking }) => (kind === 'limit' ? [[name, verdict, blocking]] : []));

test('a release and the live one are started and asked in turns, and every limit is judged against it', async (t) => {
  const limits = { coldStart: times(1000), memory: times(1000), p50: times(1000), p99: times(0.0001) };

  const trial = await tryRelease(t, {
    tests: await apiTests('{ status: 200 }'),
    gate: { serving: { ...fresh, ...limits, requests: 400 } },
    champion: (store) => championOf(store, storeRealRelease),
  });

  const { candidate, champion } = trial.cost;
  assert.deepEqual(
    [candidate.latencyMs.length, candidate.coldStartMs.length, candidate.peakBytes.length],
    [champion?.latencyMs.length, champion?.coldStartMs.length, champion?.peakBytes.length],
  );
  assert.deepEqual([candidate.latencyMs.length, candidate.coldStartMs.length], [400, 5]);
  assert.ok(
    candidate.peakBytes.every((bytes) => bytes > 20e6 && bytes < 2e9),
    candidate.peakBytes.join(', '),
  );
  assert.deepEqual(verdictsOf(trial), [
    ['cold-start.champion', 'pass', true],
    ['memory.champion', 'pass', true],
    ['latency.p50.champion', 'pass', true],
    ['latency.p99.champion', 'fail', true],
  ]);
});

test('what was said of the cost comes out of its record alone, with what a person let through', async (t) => {
  const override = { check: 'latency.p99', model: '0'.repeat(12), person: 'Ann Lee', reason: 'until May' };
  const trial = await tryRelease(t, {
    tests: await apiTests('{ status: 200 }'),
    gate: { serving: { ...fresh, p99: { most: 0.001, times: null }, memory: { most: 1e12, times: 2 } }, overrides: [override] },
    champion: (store) => championOf(store, storeRealRelease),
    trial: 'trials.prices-in-production',
  });
  const empty = await mkdtemp(join(tmpdir(), 'tidegate-replay-'));
  t.after(() => rm(empty, { recursive: true, force: true }));
  const store = folderObjectStore(empty);
  const { digest } = await store.putJson(trial.cost);

  const again = await replayCost(store, digest);

  assert.deepEqual(
    again,
    trial.result.evidence.filter(({ kind }) => kind === 'limit'),
  );
  assert.deepEqual(
    again.map(({ name }) => name),
    ['memory.production', 'memory.champion.production', 'latency.p99.production'],
  );
});

test('a Python model is measured with the process that loads it, in batches', async (t) => {
  const tests = `
- name: a price is predicted
  request: { method: POST, path: /v1/predict, body: { rows: [${JSON.stringify(pythonCase.row)}] } }
  expect: { status: 200 }
`;
  const one = await tryRelease(t, {
    tests,
    gate: { serving: { ...fresh, memory: { most: 1, times: null }, batch: 3, starts: 1 } },
    release: storePythonRelease,
  });

  assert.deepEqual([one.cost.batch, one.cost.candidate.lacks, one.cost.candidate.latencyMs.length], [3, null, 60]);
  // the server alone has some 60 MB, the Python beside it has more than 5
  assert.ok((one.cost.candidate.peakBytes[0] ?? 0) > 40e6);
  assert.deepEqual(verdictsOf(one), [['memory', 'inconclusive', true]]);
  assert.match(one.result.evidence.find(({ name }) => name === 'memory')?.reason ?? '', /: 1 start was measured, 4 more are needed/);
});

test('a champion that cannot answer the same requests leaves the gate open, and none at all leaves the absolute limits', async (t) => {
  const limits = { p99: { most: 60_000, times: 2 } };
  const tests = await apiTests('{ status: 200 }');

  const other = await tryRelease(t, {
    tests,
    gate: { serving: { ...fresh, ...limits, requests: 400 } },
    champion: (store) => championOf(store, storePythonRelease),
  });
  const first = await tryRelease(t, { tests, gate: { serving: { ...fresh, ...limits, requests: 400 } } });

  assert.deepEqual(verdictsOf(other), [
    ['latency.p99', 'pass', true],
    ['latency.p99.champion', 'inconclusive', true],
  ]);
  assert.match(
    other.result.evidence.at(-1)?.reason ?? '',
    /^Latency of the champion was not measured: a request of "a price is predicted" was answered with 4\d\d$/,
  );
  assert.deepEqual(verdictsOf(first), [
    ['latency.p99', 'pass', true],
    ['latency.p99.champion', 'inconclusive', false],
  ]);
});

test('a person lets a limit on the cost through for one model file, and the reason stays in the evidence', async (t) => {
  let artifact = '';
  const release = async (store: ObjectStore) => {
    const digest = await storeRealRelease(store);
    artifact = hexOf((await readRecord(store, 'tidegate.release/1', digest)).model.artifact);
    return digest;
  };
  const tests = await apiTests('{ status: 200 }');
  const serving = { ...fresh, p99: { most: 0.001, times: null }, requests: 400 };
  await tryRelease(t, { tests, release });
  const override = { check: 'latency.p99', person: 'Ann Lee', reason: 'the old machines go in May' };

  const through = await tryRelease(t, { tests, release, gate: { serving, overrides: [{ ...override, model: artifact.slice(0, 12) }] } });
  const another = await tryRelease(t, { tests, release, gate: { serving, overrides: [{ ...override, model: '0123456789ab' }] } });

  assert.deepEqual(verdictsOf(through), [['latency.p99', 'fail', false]]);
  const evidence = through.result.evidence.find(({ name }) => name === 'latency.p99');
  assert.match(evidence?.reason ?? '', /; let through by Ann Lee: the old machines go in May$/);
  const { override: kept } = (evidence?.details ?? {}) as { readonly override?: unknown };
  assert.deepEqual(kept, { person: 'Ann Lee', reason: 'the old machines go in May' });
  assert.deepEqual(verdictsOf(another), [['latency.p99', 'fail', true]]);
});
