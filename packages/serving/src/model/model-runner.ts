import type { Answer, Feed, InputTensor, OutputTensor } from './tensor.ts';

/** Times of one run in milliseconds, for metrics. */
export interface RunTimes {
  /** The model alone. */
  readonly inferenceMs: number;
}

export interface RunResult {
  /** One answer for each feed, in order. */
  readonly answers: readonly Answer[];
  readonly times: RunTimes;
}

/**
 * A loaded model outside the HTTP thread: a worker thread with ONNX Runtime or a process with Python.
 * Does one `run` at a time; the caller waits for it before the next. Use several runners for parallel work.
 * `model-runner.conformance.ts` is the suite that every way to run a model passes.
 */
export interface ModelRunner {
  readonly inputs: readonly InputTensor[];
  /** Names of classes the model itself knows, in the order of its probabilities; null when it says none. */
  readonly classes: readonly string[] | null;
  readonly outputs: readonly OutputTensor[];
  /**
   * Predicts the rows of all feeds in one go. How rows are cut into feeds and runs does not matter to what is predicted; a run
   * without rows is answered with no outputs, without the model. The values are those of the inputs' kinds, and null only where an
   * input is nullable: whoever reads a request has checked that, and named row and column.
   *
   * @throws TG-SERVING-PREDICTION when the model refuses the values, which spoils that run alone; TG-SERVING-MODEL-DOWN when it
   *   died; after that the runner starts itself anew and can be used again.
   */
  readonly run: (feeds: readonly Feed[]) => Promise<RunResult>;
  /** Ends the thread or process, and resolves when it has ended. What runs, and whatever is run after, fails with TG-SERVING-MODEL-DOWN. */
  readonly close: () => Promise<void>;
}
