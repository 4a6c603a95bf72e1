import type { Digest } from './digest.ts';
import type { Json } from './json.ts';
import type { Verdict } from './verdict.ts';

/** Logical types, as the Open Data Contract Standard v3.1 names them. */
export type LogicalType = 'string' | 'integer' | 'number' | 'boolean' | 'date' | 'timestamp' | 'time' | 'object' | 'array';

export interface Column {
  readonly name: string;
  readonly type: LogicalType;
  /** The engine's own type name, e.g. `BIGINT`, `TIMESTAMP`. */
  readonly physicalType: string;
  /** Whether its values are in the names of folders (`day=2026-01-02`) and not in the files. */
  readonly folder?: true;
}

/**
 * Equal-width bins between `edges[0]` and the last edge; `counts` has one more at each end for what lies outside, infinities included.
 * A value on an inner edge counts to the bin below it. Of moments the edges are seconds: from 1970 on, of times of day from midnight on.
 */
export interface Histogram {
  readonly edges: readonly number[];
  readonly counts: readonly number[];
}

export interface ColumnProfile {
  readonly name: string;
  readonly type: LogicalType;
  readonly rows: number;
  /** NULL or NaN. */
  readonly nulls: number;
  /** Different values: exact while there are few, else approximate (HyperLogLog). */
  readonly distinct: number;
  /** Numbers as such, times as ISO 8601 text; null when all values are null. */
  readonly min: number | string | null;
  readonly max: number | string | null;
  readonly mean: number | null;
  readonly std: number | null;
  /** Values at probabilities 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, at most 1 % off or a thousandth of the range; null for what is not a number. */
  readonly quantiles: readonly number[] | null;
  readonly histogram: Histogram | null;
  /** The most frequent values of a text or boolean column, at most 20, most frequent first. */
  readonly top: readonly { readonly value: string; readonly count: number }[] | null;
  /** Of `nulls`, those that are NaN. This and what follows is absent in `tidegate.profile/1`. */
  readonly notNumbers?: number;
  /** Rows with −∞ or +∞. */
  readonly infinite?: number;
  /** Standard error of `distinct`, as a share; 0 when values were counted. */
  readonly distinctError?: number;
  /** By how many rows counts of `top` may be too small; null without `top`. */
  readonly topError?: number | null;
  /** Of texts, in characters; null for what is no text. */
  readonly lengths?: { readonly min: number; readonly max: number; readonly mean: number } | null;
  /** The most frequent shapes of texts, such as `AA-999`, of the `rows` that were looked at; null for what is no text. */
  readonly patterns?: { readonly rows: number; readonly values: readonly { readonly value: string; readonly count: number }[] } | null;
}

export interface Profile {
  readonly format: 'tidegate.profile/1' | 'tidegate.profile/2';
  readonly rows: number;
  /** The `tidegate.profile-parts/1` that it was made of; absent in `tidegate.profile/1` and where no row was measured. */
  readonly parts?: Digest;
  readonly columns: readonly ColumnProfile[];
}

/** The outcome of one check of a data contract. */
export interface CheckResult {
  /** Unique in the dataset, e.g. `distance.maximum`. */
  readonly name: string;
  readonly column: string | null;
  /** What is promised, in words, e.g. `distance is at most 5000`. */
  readonly promise: string;
  /** ODCS dimension: accuracy, completeness, conformity, consistency, coverage, timeliness, uniqueness. */
  readonly dimension: string;
  readonly severity: 'error' | 'warning';
  readonly verdict: Verdict;
  /** Rows that break the promise (0 for a statement about the whole table that holds). */
  readonly failingRows: number;
  readonly rows: number;
  /** What was measured, for statements about the whole table. */
  readonly measured: Json;
  /** Up to 5 failing rows: the key columns, the checked column, and `tidegate_file` (source path). */
  readonly examples: readonly { readonly [column: string]: Json }[];
}

/** What the rows of a dataset version look like: equal for all versions with the same columns. */
export interface DatasetSchema {
  readonly format: 'tidegate.dataset-schema/1';
  readonly dataset: string;
  readonly columns: readonly Column[];
}

/** A dataset version: an immutable tree with schema, profile and check results in one record; its digest is the version's name. */
export interface DatasetVersion {
  readonly format: 'tidegate.dataset-version/1';
  readonly dataset: string;
  /** Digest of the tree of files. */
  readonly tree: Digest;
  /** Digest of the tree, or table, as it came, where rows that break checks were left out of `tree`; absent where none were. */
  readonly delivered?: Digest;
  /** `files`: files of any kind, such as images: no columns, and `rows` is 0. */
  readonly fileFormat: 'parquet' | 'csv' | 'json' | 'files';
  readonly rows: number;
  readonly bytes: number;
  readonly files: number;
  readonly columns: readonly Column[];
  /** Column with the event time, as `tidegate.yaml` or the data contract names it; null when neither does. */
  readonly time: string | null;
  /** Column → the column with the time from which its value in a row is known; NULL there = never known. From the data contract. */
  readonly knownAt: { readonly [column: string]: string };
  readonly profile: Profile;
  /** Digest of the data contract's bytes, null when the dataset has none. */
  readonly contract: Digest | null;
  readonly checks: readonly CheckResult[];
  readonly verdict: Verdict;
}

/** What was found by checks that look beyond the rows of one version: output `report` of a step `checks.NAME`. */
export interface DatasetChecks {
  readonly format: 'tidegate.dataset-checks/1';
  readonly dataset: string;
  /** The version that was judged. */
  readonly version: Digest;
  /** Versions of other datasets that it was compared with, by name. */
  readonly others: { readonly [dataset: string]: Digest };
  /** Versions that the dataset had before, the newest first, as far as checks look back. */
  readonly former: readonly Digest[];
  /** Versions that checks name; null = none was known by that name. */
  readonly versions: { readonly [word: string]: Digest | null };
  /** The moment at which ages were judged: ISO 8601, UTC. */
  readonly asOf: string;
  readonly checks: readonly CheckResult[];
  readonly verdict: Verdict;
}
