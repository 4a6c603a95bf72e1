import { type Deployment, type Digest, type EmitEvent, failure } from '@tidegate/formats';
import { deploymentHistory, deployRelease, reconcile, rollback, serviceStatuses, stopEnvironment as stop } from '../../deploy/index.ts';
import { deployDeps } from './deploy-deps.ts';
import { type Live, liveBy } from './deployed.ts';
import { findDigest } from '../explain/find-digest.ts';
import type { Project } from '../project.ts';
import { tidyOnlineStore } from '../features/tidy-online-store.ts';

export interface EnvironmentStatus {
  readonly name: string;
  readonly target: string;
  readonly service: string | null;
  /** What history says is live; null when nothing was deployed or it was stopped. */
  readonly release: Digest | null;
  readonly commit: string | null;
  /** ISO 8601, UTC: since when. */
  readonly since: string | null;
  /** Whether it really runs. */
  readonly running: boolean;
  readonly address: string | null;
  /** Times its process was started again after it had ended by itself. */
  readonly restarts: number;
}

/** The environments in the order of the file, a line for each service that is or was live there. */
export async function environmentsOf(project: Project): Promise<readonly EnvironmentStatus[]> {
  const deps = deployDeps(project);
  const all = await Promise.all(
    Object.entries(project.config.environments).map(async ([name, { target }]): Promise<readonly EnvironmentStatus[]> => {
      const services = await serviceStatuses(deps, name);
      const nothing = { name, target, service: null, release: null, commit: null, since: null, running: false, address: null, restarts: 0 };
      if (services.length === 0) return [nothing];
      return services.map(({ service, live, target: runs }) => ({
        ...nothing,
        service,
        release: live?.release ?? null,
        commit: live?.commit ?? null,
        since: live?.at ?? null,
        running: runs.running && runs.release === live?.release,
        address: live === null ? null : runs.address,
        restarts: runs.restarts,
      }));
    }),
  );
  return all.flat();
}

/** Every line of the history of every environment, oldest first. */
export function deploymentsOf({ state, name }: Project): readonly Deployment[] {
  return deploymentHistory(state, name).toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

export interface Asked {
  readonly reason: string;
  readonly signal: AbortSignal;
  readonly emit: EmitEvent;
}

/** Goes back to the release before the live one; `service` may be null where one is live. @throws as deploy's `rollback` */
export async function rollBack(
  project: Project,
  environment: string,
  asked: Asked & { readonly service: string | null },
): Promise<Deployment> {
  requireEnvironment(project, environment);
  const { deployment } = await rollback(deployDeps(project), { environment, ...asked });
  await tidyOnlineStore(project);
  return deployment;
}

/**
 * Deploys a release by hand: the named one, or what is live in the environment before; where nothing is before, what history says
 * is live here is started again.
 *
 * @throws TG-DEPLOY-RETURNED when its API tests fail there, and what deploying refuses
 */
export async function deployTo(
  project: Project,
  environment: string,
  asked: Asked & { readonly release: string | null; readonly again: boolean },
): Promise<Live> {
  requireEnvironment(project, environment);
  const deps = deployDeps(project);
  const { signal, emit, reason, again } = asked;
  const here = await environmentsOf(project);
  const before = project.config.environments[environment]?.after ?? environment;
  const release =
    asked.release === null ? (here.find((one) => one.name === before)?.release ?? null) : await findDigest(project, asked.release);
  if (release === null)
    throw failure(
      'TG-CLI-NOT-FOUND',
      asked.release === null
        ? `Cannot deploy to "${environment}": nothing is live in "${before}"`
        : `Cannot deploy "${asked.release}": the project has no such release`,
      `Make one: tidegate run --to ${environment}`,
    );
  const started = await reconcile(deps, { environment, signal, emit });
  const outcomes = await deployRelease(deps, { release, to: environment, run: null, commit: null, reason, again, signal, emit });
  await tidyOnlineStore(project);
  const last = liveBy(outcomes).at(-1);
  return { environment, release, address: last?.address ?? null, changed: started.length > 0 || last?.changed === true };
}

/** Starts what the history says is live in the environment and does not run; the history stays as it is. @returns the services it started */
export async function startAgain(
  project: Project,
  environment: string,
  { signal, emit }: Pick<Asked, 'signal' | 'emit'>,
): Promise<readonly string[]> {
  requireEnvironment(project, environment);
  return reconcile(deployDeps(project), { environment, signal, emit });
}

/** @returns whether anything was live there */
export async function stopEnvironment(project: Project, environment: string): Promise<boolean> {
  requireEnvironment(project, environment);
  return (
    (await stop(deployDeps(project), { environment, reason: 'asked for on the command line', signal: new AbortController().signal }))
      .length > 0
  );
}

/** @throws TG-CLI-NOT-FOUND when the project has no environment of that name */
export function requireEnvironment({ config }: Project, name: string): void {
  const names = Object.keys(config.environments);
  if (!names.includes(name))
    throw failure(
      'TG-CLI-NOT-FOUND',
      `Cannot find the environment "${name}": the project has none of that name`,
      `Environments: ${names.join(', ')}`,
    );
}
