import { setTimeout as delay } from 'node:timers/promises';
import { failure, type TidegateError } from '@tidegate/formats';
import { answersOf } from './answers.ts';
import type { ModelRunner, RunResult } from './model-runner.ts';
import type { Feed } from './tensor.ts';

/** A runner's live thread or process; when that ends, `ended` resolves and every `run` fails with TG-SERVING-MODEL-DOWN. */
export interface ModelConnection extends ModelRunner {
  readonly ended: Promise<void>;
}

export interface KeepOptions {
  /** Called each time before the model is started again. */
  readonly onRestart: () => void;
  /** Milliseconds after which a run counts as hung: the thread or process is ended. Null = never. */
  readonly runLimitMs: number | null;
  /** Milliseconds from one start to the next at least, so that a model that dies at once is not started in a loop. Default 1,000. */
  readonly restartPauseMs?: number;
}

/** The failure of a request whose model died under it. */
export function modelDown(found: string): TidegateError {
  return failure('TG-SERVING-MODEL-DOWN', `Cannot predict: the process of the model is gone: ${found}`, 'Send the request again');
}

/**
 * A runner that starts its model again when the thread or process ended. Runs that were under way fail with TG-SERVING-MODEL-DOWN,
 * later ones wait for the new start.
 * @throws what `open` throws the first time.
 */
export async function keepConnected(open: () => Promise<ModelConnection>, options: KeepOptions): Promise<ModelRunner> {
  const { onRestart, runLimitMs, restartPauseMs = 1_000 } = options;
  let closed = false;
  const connect = async (): Promise<ModelConnection> => {
    const connection = await open();
    const started = performance.now();
    void connection.ended.then(() => {
      if (!closed) live = reconnect(Math.max(0, restartPauseMs - (performance.now() - started)));
    });
    return connection;
  };
  const reconnect = (waitMs: number): Promise<ModelConnection> => {
    onRestart();
    const opening = delay(waitMs, undefined, { ref: false }).then(connect);
    opening.catch(() => {}); // told to whoever runs next
    return opening;
  };
  const first = await connect();
  let live = Promise.resolve(first);
  const connection = (): Promise<ModelConnection> =>
    live.catch((error: unknown) => {
      live = reconnect(restartPauseMs);
      throw modelDown(`it could not be started again: ${String(error)}`);
    });
  return {
    inputs: first.inputs,
    outputs: first.outputs,
    classes: first.classes,
    run: async (feeds) => (feeds.some(({ rows }) => rows > 0) ? runWithin(await connection(), feeds, runLimitMs) : nothing(feeds)),
    close: async () => {
      closed = true;
      await live.then(
        (last) => last.close(),
        () => {},
      );
    },
  };
}

/** Models are not made for no rows: they are not asked. */
function nothing(feeds: readonly Feed[]): RunResult {
  return { answers: answersOf([], feeds), times: { inferenceMs: 0 } };
}

async function runWithin(connection: ModelConnection, feeds: readonly Feed[], limitMs: number | null): Promise<RunResult> {
  if (limitMs === null) return connection.run(feeds);
  const timer = setTimeout(() => void connection.close(), limitMs);
  try {
    return await connection.run(feeds);
  } finally {
    clearTimeout(timer);
  }
}
