import type { Json, Verdict } from '@tidegate/formats';
import type { GroupedRows } from '../tables/groups/grouped-rows.ts';

/**
 * Where a dataset comes from. A source is opened for one command; it holds no connection between calls, so nothing is to be closed.
 * `source.conformance.ts` is the suite that every kind passes.
 *
 * - **Whole or nothing.** `read` gives one state of the source: all rows or files of one moment. When it throws, what lies in the folder
 *   is worth nothing, and the source is as it was, save a replication slot that was made.
 * - **Repeatable.** `read` with the same `since` may be called again after a crash, and nothing is lost by it.
 * - **Quiet.** No address, password or token is in a title, a finding, an error, or a position.
 * - **Signal.** When it is aborted, the call ends at once and throws its reason; no statement goes on at the server.
 */
export interface Source {
  readonly kind: string;
  /** For a reader: `the table "weather" in PostgreSQL`. */
  readonly title: string;
  /** What can be said of it without reading it. A failure is a finding, and is not thrown. */
  readonly check: (options: { readonly signal: AbortSignal }) => Promise<readonly SourceFinding[]>;
  /** @throws TG-SOURCE-…, TG-SECRETS-MISSING */
  readonly read: (request: ReadRequest) => Promise<SourceReading>;
  /**
   * A cheap look at whether a reading would find something: the same value as before means that it would not. Null: that cannot be known
   * without a reading.
   */
  readonly glance: (options: { readonly signal: AbortSignal }) => Promise<Json>;
  /** Told when what was read up to a position is kept for good: the source may let go of what it held back for us. May be called again. */
  readonly confirm: (position: Json, options: { readonly signal: AbortSignal }) => Promise<void>;
}

/** One thing that was looked at. */
export interface SourceFinding {
  readonly about:
    | 'secret'
    | 'reach'
    | 'tls'
    | 'login'
    | 'found'
    | 'permission'
    | 'latency'
    | 'rows'
    | 'columns'
    | 'clock'
    | 'replica'
    | 'replication'
    | 'cursor';
  /** `inconclusive`: it could not be looked at, because something before it failed. */
  readonly verdict: Verdict;
  /** What was found, with the cause of a failure. */
  readonly message: string;
  /** What to do about it; null when nothing is to be done. */
  readonly hint: string | null;
  /** Figures for programs, by name with the unit in it: `latencyMs`, `rowsEstimated`. */
  readonly measured: { readonly [name: string]: Json };
}

export interface ReadRequest {
  /** An empty folder of the caller's, who removes it. */
  readonly folder: string;
  /** The position of an earlier reading whose result is kept; null = everything is read. */
  readonly since: Json;
  /**
   * Asks for rows as groups of a table that has no version yet. `key`: the columns it is to have as its key; empty = those that the source names. A source may
   * leave it at plain files. Default: null, nobody wants groups.
   */
  readonly groups?: { readonly key: readonly string[] } | null;
  readonly signal: AbortSignal;
  /** `fraction` null when it cannot be known. */
  readonly progress: (doing: string, fraction: number | null) => void;
}

/** What a reading came to. `position` is data of the source's own, to be handed in as `since` the next time. */
export type SourceReading =
  /** Nothing has changed since. */
  { readonly kind: 'unchanged'; readonly position: Json } | FilesReading | RowsReading;

export interface FilesReading {
  readonly kind: 'files';
  /** Every file of the source as it is now, sorted by path. */
  readonly files: readonly SourceFile[];
  readonly position: Json;
}

export interface SourceFile {
  /** Where it lies in the dataset, with `/`. */
  readonly path: string;
  /** Absolute path of its bytes; null = as the version that `since` belongs to has it. */
  readonly file: string | null;
}

export interface RowsReading {
  readonly kind: 'rows';
  /** `whole`: these are all rows. `changes`: they are put over the rows of the version that `since` belongs to, by `replaces`, `removed` and `key`. */
  readonly scope: 'whole' | 'changes';
  /** Absolute paths of Parquet files, all with the same columns. */
  readonly files: readonly string[];
  readonly rows: number;
  readonly columns: readonly SourceColumn[];
  /** Columns that name a row; empty = nothing does. */
  readonly key: readonly string[];
  /** The same files as groups of a table, when they were asked for and the rows came in the order of its key; else null. */
  readonly groups: GroupedRows | null;
  /** Of `changes`: former rows whose value in the column is this or more, or NULL, are gone. Null = none for that reason. */
  readonly replaces: { readonly column: string; readonly from: string } | null;
  /** Of `changes`: Parquet files with the keys of rows that are gone. */
  readonly removed: readonly string[];
  /** What a reader should know of how values were read, a sentence each. */
  readonly notices: readonly string[];
  readonly position: Json;
}

export interface SourceColumn {
  readonly name: string;
  /** The engine's own type name: `DECIMAL(10,2)`. */
  readonly type: string;
  /** As the source calls it: `numeric(10,2)`. */
  readonly sourceType: string;
}
