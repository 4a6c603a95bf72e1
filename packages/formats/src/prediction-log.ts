import type { FeatureColumn } from './feature-set.ts';
import { requireFormat } from './stored-record.ts';

/**
 * First line of a segment of the prediction log, a file of JSON lines that one server process writes; a line for each row
 * predicted follows ({@link LoggedPrediction}). Specification: docs/reference/formats/prediction-log.md.
 */
export interface PredictionSegment {
  readonly format: 'tidegate.prediction-log/1';
  readonly project: string;
  readonly service: string;
  readonly release: string;
  readonly model: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** The server that writes it: with these three a reader tells whether it still does. */
  readonly writer: { readonly pid: number; readonly startedAt: string; readonly boot: string };
  /** Percent of the entity keys whose rows are logged. */
  readonly sample: number;
  /** What a caller sends that is no input of the model, e.g. entity keys. */
  readonly fieldColumns: readonly LoggedColumn[];
  /** Inputs of the model, in the order of its signature: request fields and features looked up. */
  readonly inputColumns: readonly LoggedColumn[];
}

/** `hidden`: a personal field; its values are keyed hashes. */
export interface LoggedColumn extends FeatureColumn {
  readonly hidden?: true;
}

/** One row predicted. Absent features are in `absent` with their status. */
export interface LoggedPrediction {
  /** Prediction id, a UUID of version 7 (RFC 9562): what the caller got as `id`. */
  readonly id: string;
  /** Milliseconds since 1970 (UTC): when it was answered, and the moment its features are of. */
  readonly answered: number;
  readonly at: number;
  readonly fields: { readonly [name: string]: LoggedValue };
  readonly inputs: { readonly [name: string]: LoggedValue };
  readonly absent?: { readonly [input: string]: string };
  /** Regression: the value. Binary: probability of the second class. Null for several classes. */
  readonly prediction: number | null;
  /** The class; null for regression. */
  readonly label: string | null;
  readonly probabilities?: readonly (number | null)[];
}

export type LoggedValue = null | boolean | number | string;

/** @param name of the file, for the message @throws TG-STORE-RECORD */
export function predictionSegment(value: unknown, name: string): PredictionSegment {
  requireFormat('tidegate.prediction-log/1', value, name);
  return value as PredictionSegment;
}
