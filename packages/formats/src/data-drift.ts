import type { ColumnDrift } from './column-drift.ts';
import type { Digest } from './digest.ts';
import type { LogicalType } from './dataset-version.ts';
import type { JointDrift } from './joint-drift.ts';
import type { SliceDrift } from './slice-drift.ts';
import type { Verdict } from './verdict.ts';

/** How the rows of a dataset differ from those that they are compared with. Specification: docs/reference/formats/data-drift.md. */
export interface DataDrift {
  readonly format: 'tidegate.data-drift/1';
  readonly dataset: string;
  readonly before: DriftSample;
  readonly after: DriftSample;
  /** The worst of its columns and of what they do together; `pass` needs every one that is compared. */
  readonly verdict: Verdict;
  /** One sentence with the numbers. */
  readonly reason: string;
  /** What all columns share. */
  readonly settings: DriftSettings;
  /** What was compared: the rows, or the profiles that both versions have. */
  readonly from: 'rows' | 'profiles';
  /** What rows of the reference were left out so that both samples are of the same season, and what cannot be told from a season: a sentence each. */
  readonly seasons: readonly string[];
  /** Those that failed first, then by name. */
  readonly columns: readonly DriftedColumn[];
  /** Columns that are not compared, and why. */
  readonly leftOut: readonly { readonly column: string; readonly reason: string }[];
  /** What single columns do not show; null when it was not asked. */
  readonly together: JointDrift | null;
  /** Where it moved; null when it was not asked. */
  readonly slices: SliceDrift | null;
}

export interface DriftSample {
  /** In words: `version 1a2b3c4d5e6f`, `new.csv`, `as it is now`, `what the live model was trained on`. */
  readonly name: string;
  /** Null for what is no version. */
  readonly version: Digest | null;
  readonly rows: number;
  /** ISO 8601: of the column with the event time; null without one, or without rows. */
  readonly from: string | null;
  readonly until: string | null;
}

export interface DriftSettings {
  /** The smallest total variation distance that matters. */
  readonly floor: number;
  /** Chance of even one `fail` when nothing changed, all columns together. */
  readonly falseAlarms: number;
  /** Columns and views of columns that were tested together. */
  readonly tested: number;
  /** Length in milliseconds of the spans of time of the reference which say what differs though nothing changed; null when rows are taken one by one. */
  readonly windowMs: number | null;
}

/** What is looked at of a column: its values; of times the hours of the day, the weekdays, and how long after the former row one comes. */
export type DriftView = 'values' | 'hour of day' | 'weekday' | 'gap';

export interface DriftedColumn {
  readonly view: DriftView;
  readonly type: LogicalType;
  readonly verdict: Verdict;
  /** One sentence with the numbers, what the rows can show among them. */
  readonly reason: string;
  /** Null when the column cannot be compared: the verdict is `invalid`. */
  readonly drift: ColumnDrift | null;
  readonly column: string;
  /** The measures that people know; they decide nothing. Null for personal columns and where nothing could be measured. */
  readonly measures: ColumnMeasures | null;
  /** Of numbers, to be drawn; null for others, for personal columns, and where all values are equal. */
  readonly histogram: DriftHistogram | null;
  /** The first version after the reference from which on all that were looked at had moved; null when that was not asked, or not found. */
  readonly since: DriftSince | null;
}

export interface DriftSince {
  /** Null for the later rows themselves, where they are no version. */
  readonly version: Digest | null;
  /** ISO 8601: when a run first had it; null for what no run had. */
  readonly at: string | null;
  /** Versions that were looked at. */
  readonly looked: number;
  /** Whether an older one that had not moved was found, so that this one is the first. */
  readonly isFirst: boolean;
}

/** Shares of the rows by bins of one width from `low` to `high`; the outermost ones have what lies beyond as well. */
export interface DriftHistogram {
  readonly low: number;
  readonly high: number;
  readonly reference: readonly number[];
  readonly current: readonly number[];
}

/** A test of two samples. */
export interface MeasuredTest {
  readonly statistic: number;
  readonly pValue: number;
}

export interface Bounds {
  readonly least: number;
  readonly most: number;
}

export type ColumnMeasures =
  /** Of all rows, as SciPy defines them; null what is not defined for these. */
  | {
      readonly of: 'numbers';
      readonly kolmogorovSmirnov: MeasuredTest | null;
      readonly mannWhitney: MeasuredTest | null;
      readonly cramerVonMises: MeasuredTest | null;
      readonly andersonDarling: number | null;
      readonly wasserstein: number | null;
      readonly energy: number | null;
    }
  /** Of bins, where there are too many rows or a profile is all there is: what the measure of the rows is at least and at most. */
  | {
      readonly of: 'binned numbers';
      readonly bins: number;
      readonly kolmogorovSmirnov: Bounds;
      readonly wasserstein: Bounds;
      readonly energy: Bounds;
    }
  /** Of the values, each a class of its own, where a profile does not list all of them: what the measure of the rows is at least and at most. */
  | { readonly of: 'listed classes'; readonly listed: number; readonly totalVariation: Bounds }
  /** Of the values, each a class of its own. */
  | {
      readonly of: 'classes';
      readonly classes: number;
      readonly totalVariation: number;
      readonly hellinger: number;
      readonly jensenShannon: number;
      readonly psi: number | null;
      readonly chiSquare: MeasuredTest & { readonly degrees: number };
      readonly g: MeasuredTest & { readonly degrees: number };
    };
