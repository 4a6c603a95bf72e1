import type { LogCounts } from '../log/prediction-log.ts';
import type { ViewFreshness } from './freshness.ts';

/** Labels of the one release that a process serves. */
export interface ServedRelease {
  readonly project: string;
  readonly service: string;
  readonly release: string;
  readonly model: string;
  readonly version: string;
  readonly flavor: string;
}

/** One request to one endpoint, when its answer is written. */
export interface RequestReport {
  readonly endpoint: string;
  readonly code: number;
  readonly seconds: number;
}

/** Times of one prediction in seconds: reading and looking up, waiting and predicting, writing. */
export interface PredictionTimes {
  readonly before: number;
  readonly predict: number;
  readonly after: number;
}

/** Read when Prometheus asks. */
export interface LiveState {
  readonly inProgress: () => number;
  readonly waiting: () => number;
  /** Of the prediction log; null where nothing is logged. */
  readonly logged: () => LogCounts | null;
  readonly ready: () => boolean;
  /** Of the views that are looked up. */
  readonly freshness: () => Promise<readonly ViewFreshness[]>;
}
