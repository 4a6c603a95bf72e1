import { type Deployment, type Digest, type EmitEvent, failure, type RunId, shortDigest, type TestReport } from '@tidegate/formats';
import { findReleases, readRelease, recordRelease } from '../packaging/index.ts';
import { isoTime } from '../platform/index.ts';
import type { DeployDeps } from './deploy-deps.ts';
import { deploymentHistory, liveAfter, releaseTrail, takenBack } from './history.ts';
import { pathTo } from './order.ts';
import { alone } from './place-lock.ts';
import { releaseFolder } from './release-folder.ts';
import { stopPlace } from './stop.ts';
import { environmentOf, settingsFor, type Switch, switchTo } from './switch-release.ts';
import { type DeploymentPlace, digestOfSettings } from './target.ts';
import { settleUnderWay } from './under-way.ts';

export interface ReleaseDeployment {
  readonly release: Digest;
  /** How far: every environment on the way to this one is taken first. */
  readonly to: string;
  /** The run that made it, or found it again; null when it is deployed by hand. */
  readonly run: RunId | null;
  /** The commit of that run; null for uncommitted changes, and by hand: then the commit is the one that made the release. */
  readonly commit: string | null;
  readonly reason: string;
  /** Deploys a release that was taken back before. */
  readonly again: boolean;
  readonly signal: AbortSignal;
  readonly emit: EmitEvent;
}

export interface DeploymentOutcome {
  readonly environment: string;
  /** `as-before`: it was live and tested already. `returned`: its API tests failed, and what was live before is live again. */
  readonly kind: 'live' | 'as-before' | 'returned';
  /** The newest line of the history of the place. */
  readonly deployment: Deployment;
  /** The API tests of the release at the address; null when it was live as before. */
  readonly report: TestReport | null;
}

/**
 * Takes a release through the environments up to `to`, in their order. It stops where API tests fail: there what was live before
 * is live again, and what comes after is not touched.
 *
 * @returns an outcome for each environment it came to
 * @throws TG-DEPLOY-UNCOMMITTED, TG-DEPLOY-TAKEN-BACK, TG-DEPLOY-NOT-A-RELEASE, and what the target throws
 */
export async function deployRelease(deps: DeployDeps, wanted: ReleaseDeployment): Promise<readonly DeploymentOutcome[]> {
  const { project, service } = await readRelease(deps.store, wanted.release);
  const { release, run } = wanted;
  recordRelease(deps.state, { release, project, service, run, commit: wanted.commit, madeAt: isoTime(deps.platform.clock) });
  const commit = wanted.commit ?? findReleases(deps.state, project, release)[0]?.commit ?? null;
  const outcomes: DeploymentOutcome[] = [];
  for (const environment of pathTo(deps.environments, wanted.to)) {
    const { reason, signal, emit } = wanted;
    const place = { project, environment, service };
    const step: Switch = { place, release, action: 'deploy', run, commit, reason, signal, emit };
    const onWait = (): void => emit({ kind: 'deploy-progress', environment, release, doing: 'Waiting for another deployment' });
    const outcome = await alone(deps, environment, () => deployTo(deps, step, wanted.again), { signal, onWait });
    outcomes.push(outcome);
    if (outcome.kind === 'returned') break;
  }
  return outcomes;
}

async function deployTo(deps: DeployDeps, step: Switch, again: boolean): Promise<DeploymentOutcome> {
  const { place, release } = step;
  const { environment } = place;
  await settleUnderWay(deps, place, environmentOf(deps, environment).target);
  const history = deploymentHistory(deps.state, place.project, place);
  const live = liveAfter(history);
  if (live !== null && (await isLiveAndWell(deps, step, live))) return { environment, kind: 'as-before', deployment: live, report: null };
  refuseUncommitted(deps, step);
  refuseUntested(deps, step);
  if (!again && live?.release !== release) refuseTakenBack(takenBack(history, release), step);
  const { deployment, report } = await switchTo(deps, step);
  if (report.failed === 0) return { environment, kind: 'live', deployment, report };
  return {
    environment,
    kind: 'returned',
    deployment: await goBack(deps, step, { report, before: releaseBefore(history, release) }),
    report,
  };
}

async function isLiveAndWell(deps: DeployDeps, step: Switch, live: Deployment): Promise<boolean> {
  const { place, release } = step;
  if (live.release !== release || live.tests === null || live.tests.failed > 0) return false;
  const status = await environmentOf(deps, place.environment).target.status(place);
  if (!status.running || status.release !== release) return false;
  const manifest = await readRelease(deps.store, release);
  const settings = await settingsFor(deps, manifest, { ...step, folder: releaseFolder(deps, place, release) });
  return live.settings === digestOfSettings(settings);
}

/** What to go back to when a release turns out bad: what was live, or what was live before it when it was live itself. */
function releaseBefore(history: readonly Deployment[], release: Digest): Digest | null {
  if (liveAfter(history) === null) return null;
  return releaseTrail(history).findLast((one) => one !== release) ?? null;
}

/** What was live before the switch becomes live again; without anything before, what failed is stopped. */
async function goBack(
  deps: DeployDeps,
  step: Switch,
  { report, before }: { readonly report: TestReport; readonly before: Digest | null },
): Promise<Deployment> {
  const names = report.cases.filter(({ outcome }) => outcome === 'failed').map(({ name }) => `"${name}"`);
  const reason = `API tests of ${shortDigest(step.release)} failed: ${names.join(', ')}`;
  if (before === null) return stopPlace(deps, step.place, { reason, run: step.run, commit: step.commit });
  const commit = findReleases(deps.state, deps.project, before)[0]?.commit ?? null;
  return (await switchTo(deps, { ...step, release: before, commit, action: 'rollback', reason })).deployment;
}

function refuseUncommitted(deps: DeployDeps, { place, release, commit }: Switch): void {
  if (commit !== null || deps.environments[place.environment]?.after === null) return;
  throw failure(
    'TG-DEPLOY-UNCOMMITTED',
    `Cannot deploy ${shortDigest(release)} to "${place.environment}": it was made of changes that are not committed`,
    `Commit them, then: tidegate run --to ${place.environment}`,
  );
}

function refuseUntested(deps: DeployDeps, { place, release }: Switch): void {
  const after = deps.environments[place.environment]?.after ?? null;
  if (after === null) return;
  const before: DeploymentPlace = { ...place, environment: after };
  const live = liveAfter(deploymentHistory(deps.state, place.project, before));
  if (live?.release === release && live.tests !== null && live.tests.failed === 0) return;
  throw failure(
    'TG-DEPLOY-ORDER',
    `Cannot deploy ${shortDigest(release)} to "${place.environment}": it must be live and tested in "${after}" first, where ${live?.release == null ? 'nothing is live' : `${shortDigest(live.release)} is`}`,
    `Deploy it there first: tidegate deploy ${after} ${shortDigest(release)}`,
  );
}

function refuseTakenBack(line: Deployment | null, { place, release }: Switch): void {
  if (line === null) return;
  throw failure(
    'TG-DEPLOY-TAKEN-BACK',
    `Cannot deploy ${shortDigest(release)} to "${place.environment}" by itself: it was taken back on ${line.at} (${line.reason})`,
    `To deploy it all the same: tidegate deploy ${place.environment} ${shortDigest(release)} --again`,
  );
}
