import type { Digest } from './digest.ts';
import type { RunId } from './ids.ts';
import type { TestCase } from './test-report.ts';

/** `under-way.json`: a line of the history as far as it is known before the switch. Format: docs/reference/formats/supervisor.md. */
export interface DeploymentUnderWay extends Omit<Deployment, 'format' | 'sequence' | 'tests' | 'switchMs' | 'address'> {
  readonly format: 'tidegate.deployment-under-way/1';
}

export type DeploymentAction = 'deploy' | 'rollback' | 'stop';

/** What the API tests found at the address of a release. */
export interface DeploymentTests {
  readonly passed: number;
  readonly failed: number;
  /** At most 100, the worst first, with at most 1,000 characters of each message. Absent in lines of earlier versions. */
  readonly cases?: readonly TestCase[];
  /** Stands for the tests that were run. Absent in lines of earlier versions. */
  readonly of?: Digest;
}

/** One line of an environment's append-only history. The newest `deploy` or `rollback` line is what is live. */
export interface Deployment {
  readonly format: 'tidegate.deployment/1';
  /** 1, 2, 3 … within the environment. */
  readonly sequence: number;
  readonly project: string;
  readonly environment: string;
  readonly service: string;
  readonly action: DeploymentAction;
  /** The release that became live; null for `stop`. */
  readonly release: Digest | null;
  readonly replaced: Digest | null;
  readonly run: RunId | null;
  readonly commit: string | null;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly by: string;
  /** Milliseconds from the decision to the first answer of the new release at the stable address. */
  readonly switchMs: number | null;
  readonly address: string | null;
  /** The environment's settings that the release was started with, an object of the store; null for `stop`. */
  readonly settings: Digest | null;
  /** The API tests at the address after the switch; null when they were not run to their end. */
  readonly tests: DeploymentTests | null;
  readonly reason: string;
}
