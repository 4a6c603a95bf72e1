import type { Digest } from './digest.ts';
import type { Verdict } from './verdict.ts';

/** What sort of number a measure of versions is: rows counted, different values, a share of rows, a mean of values, hours between two moments. */
export type MeasureSort = 'count' | 'values' | 'rate' | 'mean' | 'lag';

/** A number by which versions of a dataset are compared: `rows`, `dep_delay.nulls`. */
export interface VersionMeasure {
  readonly name: string;
  /** Null when it is about the table. */
  readonly column: string | null;
  readonly sort: MeasureSort;
  readonly value: number;
  /** Rows that a share is of; else 0. */
  readonly rows: number;
  /** Standard error of a mean; what is not known of a count, as a share of it; else 0. */
  readonly error: number;
  /** Of a mean: the standard deviation of its values, a change by which matters; else 0. */
  readonly unit: number;
}

/** What was measured of a version when it was first had, in few numbers: what later versions are judged by. docs/reference/formats/anomalies.md */
export interface MeasuredVersion {
  readonly format: 'tidegate.measured-version/1';
  readonly project: string;
  readonly dataset: string;
  readonly version: Digest;
  /** ISO 8601, UTC: when it was first had. */
  readonly at: string;
  /** ISO 8601, UTC: its newest event; null when no column has events. */
  readonly newestEvent: string | null;
  /** How many columns it has; the first hundred of them are measured. */
  readonly columns: number;
  /** Of its checks: what does not pass is no past to judge by. */
  readonly verdict: Verdict;
  readonly measures: readonly VersionMeasure[];
}

/** That somebody said of a version that what looks unusual about it is fine, or took that back. docs/reference/formats/anomalies.md */
export interface FineNote {
  readonly format: 'tidegate.fine-note/1';
  /** Digest of all that it says but when and by whom. */
  readonly id: string;
  readonly project: string;
  readonly dataset: string;
  readonly version: Digest;
  /** Null = every measure of the version. */
  readonly measure: string | null;
  /** False: it is taken back. */
  readonly isFine: boolean;
  readonly reason: string | null;
  /** Whoever Git says is at work; null where it does not know. */
  readonly by: { readonly name: string; readonly email: string } | null;
  /** ISO 8601, UTC. */
  readonly at: string;
}

/** A measure of a version, as the versions before it let expect it. */
export interface JudgedMeasure {
  readonly name: string;
  readonly column: string | null;
  readonly sort: MeasureSort;
  readonly verdict: Exclude<Verdict, 'invalid'>;
  readonly value: number;
  readonly expected: number | null;
  /** Outside of these it is an anomaly; null = there is no such limit. */
  readonly low: number | null;
  readonly high: number | null;
  /** The chance of a value at least as far off when nothing has changed; null while there are too few versions. */
  readonly chance: number | null;
  /** Below this chance it is an anomaly. */
  readonly level: number;
  /** With how many versions a change that matters is seen; null when it is, or never will be. */
  readonly needed: number | null;
  /** What it is expected from, most likely first: `level`, `half`, `last`, `trend`, `drift`, `year`, `week`, `day`. */
  readonly by: readonly { readonly name: string; readonly weight: number }[];
  /** One sentence, first letter capital, no final period. */
  readonly reason: string;
  /** Values of the versions before, the oldest first, and what became of each. */
  readonly past: readonly {
    readonly version: Digest;
    readonly at: string;
    readonly value: number;
    readonly state: 'counted' | 'left-out' | 'fine' | 'step';
  }[];
}

/** What looks unusual about a version, judged by the dataset's own past. docs/reference/formats/anomalies.md */
export interface AnomalyReport {
  readonly format: 'tidegate.anomalies/1';
  readonly dataset: string;
  readonly version: Digest;
  /** ISO 8601, UTC: the moment that it counts from. */
  readonly at: string;
  /** Whether moments are those of the newest events (`event`), or of when versions were first had (`made`). */
  readonly time: 'event' | 'made';
  /** Versions before it that it is judged by. */
  readonly versions: number;
  /** The chance of any false alarm in a version. */
  readonly falseAlarms: number;
  readonly verdict: Exclude<Verdict, 'invalid'>;
  readonly measures: readonly JudgedMeasure[];
  /** Columns that were not looked at, for there are too many. */
  readonly columnsLeftOut: number;
  /** What cannot be seen yet, a sentence each. */
  readonly unseen: readonly string[];
}
