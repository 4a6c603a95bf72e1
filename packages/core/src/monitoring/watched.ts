import type { Digest, Evaluation, ModelVersion, ReleaseManifest } from '@tidegate/formats';
import type { MonitorConfig } from '../config/index.ts';

/** A service as a monitor finds it. */
export interface Watched {
  readonly project: string;
  readonly service: string;
  readonly config: MonitorConfig;
  /** The moment that is asked about, milliseconds since 1970: what came after it is not looked at. */
  readonly nowMs: number;
  /** Folder of the environment's prediction log. */
  readonly log: string;
  /** Inputs and fields that are logged as keyed hashes. */
  readonly personal: readonly string[];
  /** Input → the change of it that data contracts allow, where they say one; the others have the floor of the monitor. */
  readonly floors: ReadonlyMap<string, number>;
  /** Inputs of which no value may be shown, as data contracts say. */
  readonly hidden: ReadonlySet<string>;
  readonly live: LiveModel;
}

/** What is live, with what is kept of how it was made. */
export interface LiveModel {
  readonly release: Digest;
  readonly manifest: ReleaseManifest;
  /** Digest of the model version. */
  readonly digest: Digest;
  readonly version: ModelVersion;
  /** Null when it is no longer kept. */
  readonly evaluation: Evaluation | null;
}
