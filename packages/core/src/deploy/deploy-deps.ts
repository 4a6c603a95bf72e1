import type { Deployment, ReleaseManifest } from '@tidegate/formats';
import type { VirtualEnvironments } from '../commands/index.ts';
import type { EnvironmentConfig, LogConfig, Named } from '../config/index.ts';
import type { ReleaseTrust } from '../packaging/index.ts';
import type { HttpClient, Platform } from '../platform/index.ts';
import type { Home, ObjectStore, State } from '../store/index.ts';
import type { Target } from './target.ts';

/** What deploying needs; one for a project. */
export interface DeployDeps {
  readonly project: string;
  /** The project's folder: API tests are found in it. */
  readonly root: string;
  /** The services of the project, in the order of the file. */
  readonly services: readonly string[];
  readonly environments: Named<EnvironmentConfig>;
  /** What is kept of the predictions of a service; of one that is no longer in the file too. */
  readonly log: (service: string) => LogConfig;
  readonly home: Home;
  readonly store: ObjectStore;
  readonly state: State;
  readonly platform: Platform;
  /** The adapter of each kind of target. */
  readonly target: (kind: EnvironmentConfig['target']) => Target;
  /** Sends API tests. */
  readonly http: () => HttpClient;
  /** For models that run in the user's own Python. */
  readonly python: VirtualEnvironments;
  /** Path of the project's online store, once it holds every view that the release looks up. */
  readonly online: (release: ReleaseManifest, signal: AbortSignal) => Promise<string>;
  /** The history of an environment that other machines share; it counts for a home that has none of its own. */
  readonly elsewhere: (environment: string) => Promise<readonly Deployment[]>;
  /** Whose signatures of releases count, by tidegate.yaml as it is now. */
  readonly trust: () => Promise<ReleaseTrust>;
  /** Who asks, for the history. */
  readonly by: string;
}
