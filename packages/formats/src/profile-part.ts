import type { LogicalType } from './dataset-version.ts';
import type { Digest } from './digest.ts';

/**
 * Rows by cell: a cell is where a bin of equal relative width meets a bin of equal width, so that it is narrow beside zero and far from it. `log` and `even` hold
 * the first cell's bins and then the steps from cell to cell; `rows` is never 0. Specification: docs/reference/formats/profile.md.
 */
export interface ProfileCells {
  /** The bins of equal width are 2^`exponent` wide. */
  readonly exponent: number;
  readonly log: readonly number[];
  readonly even: readonly number[];
  readonly rows: readonly number[];
}

/** How finite numbers are distributed. Of moments: seconds from 1970 on, of times of day from midnight on; of texts: their lengths. */
export interface Distribution {
  readonly rows: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  /** Standard deviation over all rows (divided by n, not n − 1). */
  readonly deviation: number;
  readonly cells: ProfileCells;
}

/** Values with the rows that have them at least; `error` more at most, and no value that is not listed has more rows than that. An error of 0: all values with all rows. */
export interface FrequentValues {
  /** Sorted by value, in code units. */
  readonly values: readonly (readonly [value: string, rows: number])[];
  readonly error: number;
}

/** Shapes of texts, such as `AA-999`; looked for in all texts of a group, or in a thousand different ones that chance chose. */
export interface TextPatterns extends FrequentValues {
  /** Rows with the texts that were looked at. */
  readonly rows: number;
}

export interface ColumnPart {
  readonly name: string;
  readonly type: LogicalType;
  readonly nulls: number;
  readonly notNumbers: number;
  /** Rows with −∞, and with +∞. */
  readonly below: number;
  readonly above: number;
  /** The least and the greatest text or moment as text; null for numbers, and where there is none. */
  readonly first: string | null;
  readonly last: string | null;
  /** Of numbers and moments; null of others, and without any. */
  readonly numbers: Distribution | null;
  /** Lengths of texts in characters. */
  readonly lengths: Distribution | null;
  /** HyperLogLog registers over the hashes of the values. */
  readonly registers: string;
  readonly values: FrequentValues | null;
  readonly patterns: TextPatterns | null;
}

/** What is known of some rows of a dataset: a group of a table, a file, or all of them. Two can be merged without the rows. */
export interface ProfilePart {
  readonly format: 'tidegate.profile-part/1';
  /** How the values were hashed: only registers of one kind are merged. */
  readonly hash: string;
  readonly rows: number;
  readonly columns: readonly ColumnPart[];
}

/** The parts that a profile was merged from, so that the next version measures and merges only what it does not find here. */
export interface ProfileParts {
  readonly format: 'tidegate.profile-parts/1';
  /** All parts merged: a `tidegate.profile-part/1`. */
  readonly whole: Digest;
  /** In the order of the rows. `key`: SHA-256 (hexadecimal) over what the part depends on. */
  readonly parts: readonly KeyedPart[];
  /** Parts merged from several, each after those that it is made of; the last is `whole`. Left out by versions of Tidegate that merged all at once. */
  readonly merged?: readonly KeyedPart[];
}

export interface KeyedPart {
  readonly key: string;
  readonly part: Digest;
}
