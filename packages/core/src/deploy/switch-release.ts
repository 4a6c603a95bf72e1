import type { Deployment, Digest, EmitEvent, ReleaseManifest, TestReport } from '@tidegate/formats';
import { type ApiTest } from './api-tests/api-test.ts';
import { findApiTests, loadApiTests } from './api-tests/load-api-tests.ts';
import { runApiTests } from './api-tests/run-api-tests.ts';
import { checkOutRelease } from '../packaging/index.ts';
import { isoTime } from '../platform/index.ts';
import type { DeployDeps } from './deploy-deps.ts';
import { appendDeployment, deploymentHistory, liveAfter, releaseTrail } from './history.ts';
import { releaseFolder, removeOtherFolders } from './release-folder.ts';
import { type DeploymentPlace, digestOfSettings, type ReleaseSettings, type Target } from './target.ts';
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
export async function switchTo(deps: DeployDeps, wanted: Switch): Promise<Switched> {
  const { place, release, signal } = wanted;
  const { target } = environmentOf(deps, place.environment);
  const tests = await environmentTests(deps, place.environment); // before anything is switched: a mistake in them is told now
  const folder = releaseFolder(deps, place, release);
  progress(wanted, 'Checking out the release');
  const manifest = await checkOutRelease(deps.store, release, folder);
  const settings = await settingsFor(deps, manifest, { ...wanted, folder });
  const draft = draftOf(deps, wanted, settings);
  await markUnderWay(deps, place, draft);
  const { address, switchMs } = await deployOrClear(deps, { wanted, target, folder, settings });
  progress(wanted, 'Running the API tests');
  using client = deps.http();
  const report = await runApiTests(tests, { address, suite: place.environment, send: client.send, signal });
  const deployment = appendDeployment(deps.state, {
    ...draft,
    at: isoTime(deps.platform.clock),
    address,
    switchMs,
    tests: {
      passed: report.passed,
      failed: report.failed,
    },
  });
  await clearUnderWay(deps, place);
  wanted.emit({ kind: 'deployed', environment: place.environment, release, address, switchMs });
  await removeOtherFolders(deps, place, releaseTrail(deploymentHistory(deps.state, place.project, place)).slice(-2));
  return { deployment, report };
}

/** The API tests of an environment. @throws TG-DEPLOY-NO-API-TESTS, TG-DEPLOY-API-TEST-NAME, TG-CONFIG-… */
export async function environmentTests(deps: Pick<DeployDeps, 'root' | 'environments'>, environment: string): Promise<readonly ApiTest[]> {
  return loadApiTests(await findApiTests(deps.root, deps.environments[environment]?.tests ?? []));
}

export interface SettingsRequest {
  readonly place: Pick<DeploymentPlace, 'environment'>;
  /** The checked out release. */
  readonly folder: string;
  readonly signal: AbortSignal;
  readonly emit: EmitEvent;
}

/** What an environment adds to a release. Builds the virtual environment of a model that needs one, fills in features that are missing online. */
export async function settingsFor(
  deps: Pick<DeployDeps, 'environments' | 'online' | 'python'>,
  manifest: ReleaseManifest,
  { place, folder, signal, emit }: SettingsRequest,
): Promise<ReleaseSettings> {
  const onProgress = (doing: string): void => emit({ kind: 'virtual-environment-progress', doing, fraction: null });
  const { python, features } = manifest;
  const requirements = python?.requirements == null ? null : `${folder}/requirements.txt`;
  return {
    variables: deps.environments[place.environment]?.variables ?? {},
    online: features === null ? null : await deps.online(manifest, signal),
    python: python && (await deps.python.ensure({ requirements, interpreter: python.interpreter }, { signal, progress: onProgress })),
  };
}

function progress({ emit, place, release }: Switch, doing: string): void {
  emit({ kind: 'deploy-progress', environment: place.environment, release, doing });
}

function draftOf(deps: DeployDeps, { place, release, action, run, commit, reason }: Switch, settings: ReleaseSettings): DeploymentDraft {
  const replaced = liveAfter(deploymentHistory(deps.state, place.project, place))?.release ?? null;
  const at = isoTime(deps.platform.clock);
  return { ...place, action, release, replaced, run, commit, at, by: deps.by, settings: digestOfSettings(settings), reason };
}

interface Start {
  readonly wanted: Switch;
  readonly target: Target;
  readonly folder: string;
  readonly settings: ReleaseSettings;
}

async function deployOrClear(deps: DeployDeps, { wanted, target, folder, settings }: Start) {
  const { place, release, signal, emit } = wanted;
  const { config } = environmentOf(deps, place.environment);
  try {
    return await target.deploy({ place, release, folder, settings, port: config.port, signal, emit });
  } catch (error) {
    await clearUnderWay(deps, place);
    throw error;
  }
}
