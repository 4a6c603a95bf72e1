import type { Digest } from './digest.ts';
import type { LogicalType } from './dataset-version.ts';

export interface FeatureColumn {
  readonly name: string;
  readonly type: LogicalType;
}

/** What a release needs to look features up online: written by `features`, read by `serving`. */
export interface FeatureServiceSpec {
  readonly format: 'tidegate.feature-service/1';
  readonly name: string;
  /**
   * Digest of the meaning: the SQL, keys, times and time to live of every view and of the rows. It names the object of the
   * store that holds this meaning, so that the service can be computed again later.
   */
  readonly version: Digest;
  /** What a caller sends besides entity keys, in order. A field that is also a key stands in `keys` only. */
  readonly request: readonly FeatureColumn[];
  /** Every entity key a caller must send, in order. */
  readonly keys: readonly FeatureColumn[];
  readonly views: readonly FeatureViewSpec[];
  /** The model's feature columns in order: each a request field, a key used as feature, or a view's feature as `VIEW__FEATURE`. */
  readonly columns: readonly FeatureColumn[];
  /** Name of the label column in training and test sets; never sent by a caller. */
  readonly label: string;
}

export interface FeatureViewSpec {
  /** Under which the service joins the view: the view's own name, or an alias when it is joined twice. */
  readonly name: string;
  readonly version: Digest;
  /** The caller's names of the view's keys, in the order of the view's entity. */
  readonly keys: readonly string[];
  /** As the view names them; as a column of a set and an input of a model each is called `name__feature`. */
  readonly features: readonly FeatureColumn[];
  /** Milliseconds; null = no limit. Expired when `as-of − event time > ttl` (strict), offline and online alike. */
  readonly ttlMs: number | null;
}

/** What a training or test set can prove about time. */
export interface Certificate {
  readonly format: 'tidegate.certificate/1';
  readonly rows: number;
  readonly views: readonly {
    readonly view: string;
    /** Rows that found a value, that found only an expired one, that found none. */
    readonly present: number;
    readonly expired: number;
    readonly missing: number;
    /** Rows whose newest candidate by event time was not yet known and was left out. */
    readonly excludedNotYetKnown: number;
    /** Rows where several candidates had the same event time. */
    readonly tiesBroken: number;
    /** Largest age in milliseconds of a value used; null when none was. */
    readonly maxAgeMs: number | null;
  }[];
  /** Each view and the rows recomputed from only what was known at these moments (ISO 8601). */
  readonly probedAt: readonly string[];
  readonly probedRows: number;
  /** Columns that came out otherwise: they read what was not known yet. Empty when the set is clean. */
  readonly leaks: readonly {
    readonly column: string;
    /** `dataset.column` that carries the future, when it could be singled out. */
    readonly source: string | null;
    /** The column that says when the source is known. */
    readonly knownAt: string | null;
    readonly rowsDiffering: number;
    readonly rowsCompared: number;
  }[];
}

/** The record that goes with a training and a test set. */
export interface FeatureSetRecord {
  readonly format: 'tidegate.feature-set/1';
  readonly service: FeatureServiceSpec;
  /** Name of the column that identifies a row, the same in train and test. */
  readonly id: string;
  readonly time: string;
  /** Row times covered (ISO 8601): `from` is in, `until` is out; null = open on that side. */
  readonly train: { readonly rows: number; readonly from: string | null; readonly until: string | null };
  readonly test: { readonly rows: number; readonly from: string | null; readonly until: string | null };
  /** Rows in neither set: their label is NULL, or they lie before the test rows but their label was known only later. */
  readonly leftOut: { readonly labelMissing: number; readonly labelNotYetKnown: number };
  /** The dataset versions the sets were computed from, by dataset. */
  readonly datasets: { readonly [dataset: string]: Digest };
  readonly certificate: Certificate;
}
