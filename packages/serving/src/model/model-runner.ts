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
 */
export interface ModelRunner {
  readonly inputs: readonly InputTensor[];
  /** Names of classes the model itself knows, in the order of its probabilities; null when it says none. */
  readonly classes: readonly string[] | null;
  readonly outputs: readonly OutputTensor[];
  /**
   * Predicts the rows of all feeds in one go.
   * @throws TG-SERVING-PREDICTION when the model refuses the values, TG-SERVING-MODEL-DOWN when it died; after the latter the
   *   runner starts itself anew and can be used again.
   */
  readonly run: (feeds: readonly Feed[]) => Promise<RunResult>;
  /** Ends the thread or process. What runs is cut off. */
  readonly close: () => Promise<void>;
}
