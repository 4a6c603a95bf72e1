import type { Deployment, Digest, EmitEvent, TestReport } from '@tidegate/formats';
import { type ApiTest } from './api-tests/api-test.ts';
import { findApiTests, loadApiTests } from './api-tests/load-api-tests.ts';
import { keptTests } from './kept-tests.ts';
import { runApiTests } from './api-tests/run-api-tests.ts';
import { isoTime } from '../platform/index.ts';
import type { DeployDeps } from './deploy-deps.ts';
import { appendDeployment, deploymentHistory, liveAfter, releaseTrail } from './history.ts';
import type { PreparedRelease } from './prepare-release.ts';
import { removeOtherFolders } from './release-folder.ts';
import type { DeployedRelease, DeploymentPlace } from './target.ts';
import { clearUnderWay, type DeploymentDraft, markUnderWay } from './under-way.ts';

export interface Switch {
  readonly place: DeploymentPlace;
  readonly release: Digest;
  readonly action: 'deploy' | 'rollback';
  readonly run: Deployment['run'];
  readonly commit: string | null;
  readonly reason: string;
  readonly signal: AbortSignal;
  readonly emit: EmitEvent;
}

export interface Switched {
  readonly deployment: Deployment;
  readonly report: TestReport;
}

/** Target and configuration of an environment. */
export function environmentOf(deps: DeployDeps, environment: string) {
  const config = deps.environments[environment];
  if (config === undefined) throw new Error(`Cannot deploy to "${environment}": there is no such environment; please report this`);
  return { config, target: deps.target(config.target) };
}

/**
 * Makes a release live in a place, runs the API tests of the environment at its address and writes the history's line, whatever
 * the tests say. The caller holds the environment's lock.
 *
 * @throws what the target throws; then what was live before still is, and the history has no line
 */
export async function switchTo(deps: DeployDeps, wanted: Switch, prepared: PreparedRelease): Promise<Switched> {
  const { place, release, emit, signal } = wanted;
  const tests = await apiTestsOf(deps, place); // before anything is switched: a mistake in them is told now
  const draft = draftOf(deps, wanted, prepared);
  await markUnderWay(deps, place, draft);
  const { address, switchMs } = await deployOrClear(deps, wanted, prepared);
  emit({ kind: 'deploy-progress', environment: place.environment, release, doing: 'Running the API tests' });
  using client = deps.http();
  const report = await runApiTests(tests, { address, suite: place.environment, send: client.send, signal });
  const at = isoTime(deps.platform.clock);
  const deployment = appendDeployment(deps.state, { ...draft, at, address, switchMs, tests: keptTests(report, tests) });
  await clearUnderWay(deps, place);
  emit({ kind: 'deployed', environment: place.environment, release, address, switchMs });
  await removeOtherFolders(deps, place, releaseTrail(deploymentHistory(deps.state, place.project, place)).slice(-2));
  return { deployment, report };
}

/** The API tests of a service in an environment. @throws TG-DEPLOY-NO-API-TESTS, TG-DEPLOY-API-TEST-…, TG-CONFIG-… */
export async function apiTestsOf(
  { root, environments, services }: DeployDeps,
  { environment, service }: DeploymentPlace,
): Promise<readonly ApiTest[]> {
  return loadApiTests(await findApiTests(root, environments[environment]?.tests ?? []), { service, services });
}

function draftOf(deps: DeployDeps, wanted: Switch, { settingsDigest }: PreparedRelease): DeploymentDraft {
  const { place, release, action, run, commit, reason } = wanted;
  const replaced = liveAfter(deploymentHistory(deps.state, place.project, place))?.release ?? null;
  const at = isoTime(deps.platform.clock);
  return { ...place, action, release, replaced, run, commit, at, by: deps.by, settings: settingsDigest, reason };
}

async function deployOrClear(deps: DeployDeps, wanted: Switch, prepared: PreparedRelease): Promise<DeployedRelease> {
  const { place, release, signal, emit } = wanted;
  const { folder, settings, port } = prepared;
  try {
    return await environmentOf(deps, place.environment).target.deploy({ place, release, folder, settings, port, signal, emit });
  } catch (error) {
    await clearUnderWay(deps, place);
    throw error;
  }
}
