import type { Digest, EmitEvent } from '@tidegate/formats';

export interface TargetStatus {
  readonly running: boolean;
  readonly release: Digest | null;
  /** Base URL, the same over all releases of the environment, e.g. `http://127.0.0.1:34567`. */
  readonly address: string | null;
  readonly pid: number | null;
  readonly startedAt: string | null;
  /** Times the process was started again after it had ended by itself. */
  readonly restarts: number;
}

export interface DeployRequest {
  readonly project: string;
  readonly environment: string;
  readonly release: Digest;
  /** The release as a folder, read-only. */
  readonly folder: string;
  /** Settings of the environment, never part of the release. */
  readonly variables: { readonly [name: string]: string };
  /** Wanted port on loopback; 0 = the one of last time, or a free one. */
  readonly port: number;
  readonly signal: AbortSignal;
  readonly emit: EmitEvent;
}

export interface DeployedRelease {
  readonly address: string;
  /** Milliseconds from the decision to switch to the first answer of the new release at the address. */
  readonly switchMs: number;
}

/**
 * Runs releases in an environment: one release at a time is live.
 *
 * - `deploy` starts the release beside the live one, waits until it is ready, switches, drains the old one, ends it. No request
 *   fails by it. When it throws, what was live before is still live. Deploying what is live already does nothing.
 * - What is deployed outlives the process that deployed it, and is found again by `status`.
 * - Calls for one environment are made one at a time by the caller; calls for different environments may overlap.
 * - `stop` ends what runs; stopping what does not run is no error. Addresses are kept for the next deployment.
 */
export interface Target {
  readonly kind: string;
  /** @throws TG-DEPLOY-NOT-READY when the release does not become ready; its output is in the message. */
  readonly deploy: (request: DeployRequest) => Promise<DeployedRelease>;
  readonly status: (project: string, environment: string) => Promise<TargetStatus>;
  readonly stop: (project: string, environment: string) => Promise<void>;
}
