import type { Digest, EmitEvent } from '@tidegate/formats';
import { canonicalJson } from '@tidegate/formats';
import type { LogConfig } from '../config/index.ts';
import { digestOfBytes } from '../platform/index.ts';

/** Where one release at a time is live: a service of a project in an environment. */
export interface DeploymentPlace {
  readonly project: string;
  readonly environment: string;
  readonly service: string;
}

export interface TargetStatus {
  readonly running: boolean;
  /** What runs; null when nothing does. */
  readonly release: Digest | null;
  /** Digest of the settings it runs with; null when nothing does. */
  readonly settings: Digest | null;
  /** Base URL, the same over all releases of the place, e.g. `http://127.0.0.1:34567`; null before the first deployment. */
  readonly address: string | null;
  readonly pid: number | null;
  readonly startedAt: string | null;
  /** Times the process was started again after it had ended by itself. */
  readonly restarts: number;
}

/** What an environment adds to a release; never part of it. */
export interface ReleaseSettings {
  readonly variables: { readonly [name: string]: string };
  /** File of the online store; null when the release looks up no features. */
  readonly online: string | null;
  /** Interpreter of the virtual environment; null for models that run without Python. */
  readonly python: string | null;
  /** What is kept of its predictions. */
  readonly log: LogConfig;
  /** The public key, PEM, by which its files are verified each time that it starts; null: nobody who counts has signed it, and nobody need. */
  readonly trusted: string | null;
}

export interface DeployRequest {
  readonly place: DeploymentPlace;
  readonly release: Digest;
  /** The release as a folder, read-only; it stays where it is while the release is live. */
  readonly folder: string;
  readonly settings: ReleaseSettings;
  /** Wanted port on loopback; 0 = the one of last time, or a free one. */
  readonly port: number;
  readonly signal: AbortSignal;
  readonly emit: EmitEvent;
}

export interface DeployedRelease {
  readonly address: string;
  /** Milliseconds from the decision to switch to the first answer at the address after it; 0 when there was nothing to do. */
  readonly switchMs: number;
}

/**
 * Runs releases in an environment: one release at a time is live in a place.
 *
 * - `deploy` starts the release beside the live one, waits until it is ready, switches, drains the old one, ends it. No request
 *   fails by it. When it throws, what was live before is still live. Deploying what is live already, with the same settings, does nothing.
 * - What is deployed outlives the process that deployed it, and is found again by `status`. A process that ends by itself is
 *   started again and counted.
 * - Calls for one place are made one at a time by the caller; calls for different places may overlap.
 * - `stop` ends what runs; stopping what does not run is no error. Addresses are kept for the next deployment.
 */
export interface Target {
  readonly kind: string;
  /**
   * @throws TG-DEPLOY-NOT-READY when the release does not become ready, with what it wrote; TG-DEPLOY-PORT-TAKEN when another
   *   program has the address
   */
  readonly deploy: (request: DeployRequest) => Promise<DeployedRelease>;
  readonly status: (place: DeploymentPlace) => Promise<TargetStatus>;
  readonly stop: (place: DeploymentPlace) => Promise<void>;
}

/** The identity of settings: a release with other settings is another deployment. */
export function digestOfSettings(settings: ReleaseSettings): Digest {
  return digestOfBytes(canonicalJson(settings));
}
