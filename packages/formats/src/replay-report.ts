import type { Digest } from './digest.ts';

/** Predictions of a log, scored again as of the same moments from the datasets. Specification: docs/reference/formats/replay-report.md. */
export interface ReplayReport {
  readonly format: 'tidegate.replay/1';
  readonly project: string;
  readonly environment: string;
  readonly service: string;
  /** Moments of the predictions looked at, ISO 8601, UTC: `since` is in, `until` is out; null = open on that side. */
  readonly since: string | null;
  readonly until: string | null;
  /** How far apart two numbers may be and still count as close, relative to the greater of them, or to 1 when both are smaller. */
  readonly tolerance: number;
  readonly rows: ReplayedRows;
  readonly releases: readonly ReplayedRelease[];
  readonly features: readonly ReplayedFeature[];
  /** Some of the rows that differ, the latest first. */
  readonly examples: readonly ReplayedExample[];
  /** Dataset versions that features were computed from. */
  readonly datasets: { readonly [dataset: string]: Digest };
  readonly verdict: 'pass' | 'fail' | 'inconclusive';
}

/** `logged` = `incomparable` + `compared`; `compared` = `equal` + `close` + `differing` + `refused`. */
export interface ReplayedRows {
  readonly logged: number;
  /** A field that was sent is personal, so that the log has only its hash. */
  readonly incomparable: number;
  readonly compared: number;
  /** The same to the last bit. */
  readonly equal: number;
  readonly close: number;
  readonly differing: number;
  /** Answered then, and not scored now: a feature that the model cannot do without is not there. */
  readonly refused: number;
  /** Rows with a feature that is not the same, whatever was predicted. */
  readonly withOtherFeatures: number;
}

export interface ReplayedRelease extends ReplayedRows {
  readonly release: Digest;
}

/** A feature over the rows that were compared. */
export interface ReplayedFeature {
  readonly name: string;
  readonly rows: number;
  /** Both have a value, and not the same one; `mismatchClose` of them are close. */
  readonly mismatch: number;
  readonly mismatchClose: number;
  /** Online had none, the datasets have one. */
  readonly missing: number;
  /** Online had one, the datasets have none. */
  readonly extra: number;
  /** Sum of |a - b| over the sum of |a| + |b|, of rows where both have a number; null when there is none or all are 0. */
  readonly smape: number | null;
}

export interface ReplayedExample {
  /** Prediction id. */
  readonly id: string;
  /** ISO 8601, UTC: the moment its features are of. */
  readonly at: string;
  readonly release: Digest;
  readonly outcome: 'equal' | 'close' | 'differs' | 'refused';
  readonly online: string | null;
  readonly offline: string | null;
  /** Features that are not the same. */
  readonly features: readonly { readonly name: string; readonly online: string | null; readonly offline: string | null }[];
}
