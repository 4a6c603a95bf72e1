import { failure, TidegateError } from '@tidegate/formats';
import type { ModelRunner } from '../model/model-runner.ts';
import type { Answer, Feed } from '../model/tensor.ts';

export interface BatchLimits {
  /** Requests predicted in one go. */
  readonly requests: number;
  /** Rows predicted in one go, unless a single request has more. */
  readonly rows: number;
  /** Requests that may wait. */
  readonly waiting: number;
}

/** What is worth knowing of one batch, times in milliseconds. */
export interface BatchReport {
  readonly requests: number;
  readonly rows: number;
  readonly inferenceMs: number;
  readonly failed: number;
}

export interface BatchWatch {
  readonly onWaited: (milliseconds: number) => void;
  readonly onBatch: (report: BatchReport) => void;
}

/** Requests that wait for a model. */
export interface BatchQueue {
  readonly waiting: () => number;
  /**
   * Predicts the rows of a request, together with others that wait at the same time.
   * @param isGone whether nobody waits for the answer any more when its turn comes.
   * @throws TG-SERVING-OVERLOADED at once when too many wait, and what the runner throws
   */
  readonly submit: (feed: Feed, isGone: () => boolean) => Promise<Answer>;
}

interface Waiting {
  readonly feed: Feed;
  readonly isGone: () => boolean;
  readonly since: number;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Whenever a runner is free it takes what waits, up to the limits; nobody waits for a batch to fill. What arrives in one turn
 * of the event loop is seen together.
 */
export function batchQueue(runners: readonly ModelRunner[], limits: BatchLimits, watch: BatchWatch): BatchQueue {
  const idle = [...runners];
  let waiting: Waiting[] = [];
  let scheduled = false;

  const start = (): void => {
    scheduled = false;
    while (waiting.length > 0) {
      const runner = idle.pop();
      if (runner === undefined) return;
      const count = batchLength(waiting, limits);
      const batch = waiting.slice(0, count);
      waiting = waiting.slice(count);
      void predict(runner, batch, watch).finally(() => {
        idle.push(runner);
        schedule();
      });
    }
  };

  const schedule = (): void => {
    if (scheduled || idle.length === 0 || waiting.length === 0) return;
    scheduled = true;
    setImmediate(start);
  };

  return {
    waiting: () => waiting.length,
    submit: (feed, isGone) =>
      new Promise((resolve, reject) => {
        if (waiting.length >= limits.waiting) return reject(overloaded(waiting.length));
        waiting.push({ feed, isGone, since: performance.now(), resolve, reject });
        schedule();
      }),
  };
}

function batchLength(waiting: readonly Waiting[], limits: BatchLimits): number {
  let rows = 0;
  const end = Math.min(waiting.length, limits.requests);
  for (let count = 0; count < end; count++) {
    rows += waiting[count]?.feed.rows ?? 0;
    if (rows > limits.rows && count > 0) return count;
  }
  return end;
}

function overloaded(count: number): TidegateError {
  return failure('TG-SERVING-OVERLOADED', `Cannot take the request: ${count} are waiting already`, 'Send it again in a second');
}

async function predict(runner: ModelRunner, taken: readonly Waiting[], watch: BatchWatch): Promise<void> {
  const batch = taken.filter((one) => !one.isGone());
  if (batch.length < taken.length) for (const one of taken) if (!batch.includes(one)) one.reject(new Error('The caller is gone'));
  if (batch.length === 0) return;
  const now = performance.now();
  for (const one of batch) watch.onWaited(now - one.since);
  try {
    const { answers, times } = await runner.run(batch.map((one) => one.feed));
    watch.onBatch({ requests: batch.length, rows: rowsOf(batch), inferenceMs: times.inferenceMs, failed: 0 });
    batch.forEach((one, index) => {
      const answer = answers[index];
      if (answer === undefined) one.reject(new Error('The runner gave no answer'));
      else one.resolve(answer);
    });
  } catch (error) {
    await predictAlone(runner, batch, { error, watch });
  }
}

/** One request's values must not fail the others of its batch. */
async function predictAlone(
  runner: ModelRunner,
  batch: readonly Waiting[],
  { error, watch }: { readonly error: unknown; readonly watch: BatchWatch },
): Promise<void> {
  if (batch.length > 1 && isRefusal(error)) {
    for (const one of batch) await predict(runner, [one], { ...watch, onWaited: () => {} });
    return;
  }
  watch.onBatch({ requests: batch.length, rows: rowsOf(batch), inferenceMs: 0, failed: batch.length });
  for (const one of batch) one.reject(error);
}

function isRefusal(error: unknown): boolean {
  return error instanceof TidegateError && error.diagnostics[0].code === 'TG-SERVING-PREDICTION';
}

function rowsOf(batch: readonly Waiting[]): number {
  return batch.reduce((sum, one) => sum + one.feed.rows, 0);
}
