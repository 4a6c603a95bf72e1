import type { SqlSource } from './sql-source.ts';

/** What a folder of feature definitions says, every name resolved. */
export interface FeatureDefinitions {
  /** Relative to the project. */
  readonly folder: string;
  readonly views: { readonly [name: string]: ViewDefinition };
  readonly services: { readonly [name: string]: ServiceDefinition };
  /** Service → how its rows are divided. */
  readonly splits: { readonly [service: string]: Split };
}

/** Features of an entity with the time they are of. */
export interface ViewDefinition {
  readonly source: SqlSource;
  /** Columns of the view that name its entity, in the entity's order; none = one entity, the world. */
  readonly keys: readonly string[];
  /** Column with the time of the event a value comes from. */
  readonly time: string;
  /** Column with the time from which a value is known; null: it is known when it happens. */
  readonly known: string | null;
  /** Milliseconds; null = no limit. */
  readonly ttlMs: number | null;
  /**
   * How far back in the event time of datasets a refresh must read so that new rows of the view come out right; null = everything.
   * No part of the view's meaning: it says how to compute, not what.
   */
  readonly lookbackMs: number | null;
  /** Null: every other column, in the query's order. */
  readonly features: readonly string[] | null;
}

/** A view as a service joins it. */
export interface JoinedView {
  /** First part of its columns' names: `as__feature`. */
  readonly as: string;
  /** Columns of the rows that hold the view's keys, in the order of the view's keys. */
  readonly rowKeys: readonly string[];
  readonly view: ViewDefinition;
}

/** What a model is given: one row for each prediction, with what a caller sends and what views know. */
export interface ServiceDefinition {
  readonly rows: SqlSource;
  readonly id: string;
  /** Column of the rows with the moment the prediction is asked for. */
  readonly time: string;
  readonly label: string;
  /** Column of the rows with the time from which the label is known; null when nothing says it. */
  readonly labelKnown: string | null;
  /** Columns of the rows that a caller sends and the model takes. */
  readonly request: readonly string[];
  /** Keys that the model takes as well. */
  readonly keysAsFeatures: readonly string[];
  readonly views: readonly JoinedView[];
}

/** Where the test rows begin; earlier rows train. */
export type Split =
  /** So long before the newest row, as the engine writes intervals: `1 month`. */
  | { readonly kind: 'last-interval'; readonly interval: string }
  /** The newest rows, as a share of all. */
  | { readonly kind: 'last-share'; readonly share: number }
  /** ISO 8601. */
  | { readonly kind: 'from'; readonly time: string };
