import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { failure } from '@tidegate/formats';
import { answersOf } from '../model/answers.ts';
import type { ModelRunner } from '../model/model-runner.ts';
import { type Feed, valueList } from '../model/tensor.ts';
import { type BatchLimits, type BatchReport, batchQueue } from './batch-queue.ts';

const limits: BatchLimits = { requests: 4, rows: 10, waiting: 100 };
const here = (): boolean => false;

test('requests that wait at the same time are predicted together, up to the limit, and each gets its own rows', async () => {
  const { runner, batches } = doubling();
  const { queue } = queueOf([runner]);

  const answers = await Promise.all(Array.from({ length: 9 }, (_, index) => queue.submit(feedOf(index), here)));

  assert.deepEqual(batches, [4, 4, 1]);
  assert.deepEqual(
    answers.map(({ from, outputs }) => outputs[0]?.data[from]),
    [0, 2, 4, 6, 8, 10, 12, 14, 16],
  );
});

test('a request alone is predicted at once: nobody waits for a batch to fill', async () => {
  const { runner, batches } = doubling();
  const { queue } = queueOf([runner]);

  await queue.submit(feedOf(1), here);
  await queue.submit(feedOf(2), here);

  assert.deepEqual(batches, [1, 1]);
});

test('a batch takes no more rows than its limit, a larger request goes alone', async () => {
  const { runner, batches } = doubling();
  const { queue } = queueOf([runner]);

  await Promise.all([6, 4, 1, 30].map((rows) => queue.submit(feedOf(...Array.from({ length: rows }, () => 0)), here)));

  assert.deepEqual(batches, [2, 1, 1]);
});

test('two runners work side by side', async () => {
  const [a, b] = [doubling(), doubling()];
  const { queue } = queueOf([a.runner, b.runner]);

  await Promise.all(Array.from({ length: 8 }, () => queue.submit(feedOf(1), here)));

  assert.deepEqual([a.batches, b.batches], [[4], [4]]);
});

test('values that the model refuses fail their own request only', async () => {
  const { runner } = doubling((value) => value === 2);
  const { queue, reports } = queueOf([runner]);

  const settled = await Promise.allSettled([1, 2, 3].map((value) => queue.submit(feedOf(value), here)));

  assert.deepEqual(
    settled.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled'],
  );
  assert.equal(
    reports.reduce((sum, report) => sum + report.failed, 0),
    1,
  );
  assert.equal(reports.filter((report) => report.failed === 0).length, 2);
});

test('a request over the limit of waiting ones is refused at once with TG-SERVING-OVERLOADED', async () => {
  const { runner } = doubling();
  const { queue } = queueOf([runner], { ...limits, waiting: 2 });

  const settled = await Promise.allSettled([1, 2, 3].map((value) => queue.submit(feedOf(value), here)));

  assert.deepEqual(
    settled.map(({ status }) => status),
    ['fulfilled', 'fulfilled', 'rejected'],
  );
  assert.match(
    String(settled[2]?.status === 'rejected' && settled[2].reason),
    /TG-SERVING-OVERLOADED: Cannot take the request: 2 are waiting already/,
  );
});

test('a request whose caller has gone is not predicted', async () => {
  const { runner, batches } = doubling();
  const { queue } = queueOf([runner]);

  const gone = queue.submit(feedOf(1), () => true);
  const kept = queue.submit(feedOf(2), here);

  await assert.rejects(gone, /The caller is gone/);
  await kept;
  assert.deepEqual(batches, [1]);
});

function queueOf(runners: readonly ModelRunner[], chosen: BatchLimits = limits) {
  const reports: BatchReport[] = [];
  return { reports, queue: batchQueue(runners, chosen, { onWaited: () => {}, onBatch: (report) => void reports.push(report) }) };
}

function feedOf(...values: readonly number[]): Feed {
  return { rows: values.length, values: [values] };
}

/** A runner that answers twice the value after a while, and refuses a whole batch for one value. */
function doubling(refuses: (value: number) => boolean = () => false): {
  readonly runner: ModelRunner;
  readonly batches: readonly number[];
} {
  const batches: number[] = [];
  const run: ModelRunner['run'] = async (feeds) => {
    batches.push(feeds.length);
    await delay(2);
    const values = feeds.flatMap((feed) => valueList(feed.values[0] ?? []).map(Number));
    if (values.some(refuses)) throw failure('TG-SERVING-PREDICTION', 'Cannot predict: the model says "no"', null);
    const data = Float64Array.from(values, (value) => value * 2);
    return { answers: answersOf([{ name: 'y', kind: 'float64', shape: [], width: 1, data }], feeds), times: { inferenceMs: 2 } };
  };
  return { runner: { inputs: [], outputs: [], classes: null, run, close: async () => {} }, batches };
}
