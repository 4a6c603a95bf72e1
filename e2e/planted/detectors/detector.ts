import type { SmallestDrift } from '@tidegate/formats';
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

/** By column what a detector says it would find with a chance of 80 %. */
export interface SmallestFound {
  readonly columns: ReadonlyMap<string, SmallestDrift>;
  /** Of texts, as total variation distances. */
  readonly characters: ReadonlyMap<string, number>;
  readonly vocabulary: ReadonlyMap<string, number>;
}

export interface About {
  readonly dataSet: DataSet;
  /** For work of its own. */
  readonly engine: Engine;
}

export interface Learned extends AsyncDisposable {
  /** What it says it would find in so many rows, by column, as it says it of this version. Default: it says nothing. */
  readonly smallest?: (version: DeliveredVersion) => Promise<SmallestFound>;
  readonly judge: (version: DeliveredVersion) => Promise<readonly Alarm[]>;
}
