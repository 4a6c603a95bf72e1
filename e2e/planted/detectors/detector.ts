import type { Engine } from '@tidegate/runtime';
import type { DataSet } from '../data-sets/data-set.ts';

/** A version as Tidegate gets it. */
export interface DeliveredVersion {
  /** Absolute path of a Parquet file. */
  readonly file: string;
  /** The same of the other table that its rows name; null when there is none. */
  readonly parent: string | null;
}

/** Something that was said against a version. */
export interface Alarm {
  readonly name: string;
  /** Null when it is about the table. */
  readonly column: string | null;
}

/** A way of Tidegate's to find what is wrong with a version, given what came before. */
export interface Detector {
  readonly name: string;
  readonly learn: (history: History, about: About) => Promise<Learned>;
}

/** What was before a version. */
export interface History {
  /** All earlier rows as one version. */
  readonly whole: DeliveredVersion;
  /** The same in the versions that they came in, the oldest first. */
  readonly versions: readonly DeliveredVersion[];
}

export interface About {
  readonly dataSet: DataSet;
  /** For work of its own. */
  readonly engine: Engine;
}

export interface Learned extends AsyncDisposable {
  readonly judge: (version: DeliveredVersion) => Promise<readonly Alarm[]>;
}
