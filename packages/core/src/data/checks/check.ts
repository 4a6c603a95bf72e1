import type { Json, LogicalType, shape, Verdict } from '@tidegate/formats';
import type { Dimension, Limit } from '../contract/data-contract.ts';

/** One statement about a dataset version, ready to be measured. SQL is over the measured rows. */
export interface Check {
  /** Unique in the dataset, e.g. `distance.maximum`. */
  readonly name: string;
  readonly column: string | null;
  /** What is promised, in words. */
  readonly promise: string;
  readonly dimension: Dimension;
  readonly severity: 'error' | 'warning';
  /** Columns that an example row shows besides those of the primary key. */
  readonly shows: readonly ShownColumn[];
  readonly measure: Measure;
}

export interface ShownColumn {
  readonly name: string;
  readonly sql: string;
  readonly type: LogicalType;
}

export type Measure =
  /** Known from the schema, or known not to be measurable; `finding` is said after the promise. */
  | { readonly kind: 'known'; readonly verdict: Verdict; readonly measured: Json; readonly finding: string }
  /** How many rows are bad: `bad` is SQL that is true of a bad row. */
  | {
      readonly kind: 'rows';
      readonly bad: string;
      readonly limit: Limit;
      readonly extreme: Extreme | null;
      readonly words: Words;
      /** An aggregate that gives the number of bad rows for less than asking every row. */
      readonly count?: string;
      /** An aggregate, never NULL, that is true when no row is bad; where it is not, they are counted. */
      readonly proof?: string;
      /** An expression over a window of rows, which `bad` names {@link windowColumn}. */
      readonly window?: string;
    }
  /** How many rows repeat what stands in these columns of a row before; rows with a NULL among them do not count. */
  | { readonly kind: 'repeats'; readonly columns: readonly ShownColumn[]; readonly limit: Limit }
  | { readonly kind: 'count'; readonly limit: Limit }
  /** One number of all rows, by an aggregate; NULL where there is nothing to measure. A number of a personal column is not shown. */
  | {
      readonly kind: 'number';
      readonly aggregate: string;
      readonly limit: Limit;
      readonly unit: 'plain' | 'percent';
      readonly isHidden: boolean;
    }
  /** How many groups of rows that have these columns in common are bad: `bad` is SQL over {@link groupColumn}, which is the aggregate. */
  | {
      readonly kind: 'groups';
      readonly columns: readonly ShownColumn[];
      readonly aggregate: string;
      readonly bad: string;
      readonly limit: Limit;
      readonly words: Words;
    }
  /** A measure of all items of lists together, which stand in the place of rows. */
  | { readonly kind: 'items'; readonly lists: readonly ItemList[]; readonly of: ItemsMeasure }
  /** A query of the user that gives one number; with `words` it is a number of bad rows. */
  | { readonly kind: 'query'; readonly query: string; readonly limit: Limit; readonly path: shape.Path; readonly words?: Words };

/** What can be said of all items together as of all rows. */
export type ItemsMeasure = Extract<Measure, { readonly kind: 'repeats' | 'count' | 'number' }>;

/** A list whose items are looked at; of several, one after the other, each is in an item of the one before. */
export interface ItemList {
  readonly sql: string;
  /** What an item of it is called in SQL. */
  readonly item: string;
}

export const windowColumn = 'w_';
export const groupColumn = 'g_';

/** The most telling value of the column: `the largest`. */
export interface Extreme {
  readonly word: 'largest' | 'smallest' | 'longest' | 'shortest' | 'latest' | 'earliest';
  /** An aggregate. */
  readonly sql: string;
}

/** What is said of bad rows, of one and of several: `is above`, `are above`. */
export interface Words {
  readonly one: string;
  readonly many: string;
  /** Whether the sentence names a value of the first example. */
  readonly instance: boolean;
}
