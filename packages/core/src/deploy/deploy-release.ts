import type { Deployment, Digest, EmitEvent, RunId, TestReport } from '@tidegate/formats';
import { findReleases, readRelease, recordRelease } from '../packaging/index.ts';
import { isoTime } from '../platform/index.ts';
import type { DeployDeps } from './deploy-deps.ts';
import { goBack } from './go-back.ts';
import { deploymentHistory, isSameDeployment, liveAfter, takenBack } from './history.ts';
import { pathTo } from './order.ts';
import { alone } from './place-lock.ts';
import { prepareRelease, settingsFor } from './prepare-release.ts';
import { refuseTakenBack, refuseUncommitted, refuseUntested } from './refusals.ts';
import { environmentOf, type Switch, switchTo } from './switch-release.ts';
import { digestOfSettings } from './target.ts';
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

/** What became of a release in one environment. */
export interface DeploymentOutcome {
  readonly environment: string;
  readonly service: string;
  /** What was to become live. */
  readonly release: Digest;
  /**
   * - `live`: it became live, and its API tests passed.
   * - `as-before`: it was live and tested already.
   * - `returned`: its API tests failed, and what was live before is live again; when nothing was, nothing is.
   * - `stayed`: its API tests failed, and it is live all the same: it was before, or what was live before did not start.
   */
  readonly kind: 'live' | 'as-before' | 'returned' | 'stayed';
  /** The newest line of the history of the place: what is live now. */
  readonly deployment: Deployment;
  /** The API tests of the release at the address; null when it was live as before. */
  readonly report: TestReport | null;
  /** The API tests of what is live again; null when nothing was gone back to. */
  readonly fallback: TestReport | null;
}

/**
 * Takes a release through the environments up to `to`, in their order, It stops where API tests fail: there what was live before
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
    if (outcome.kind === 'returned' || outcome.kind === 'stayed') break;
  }
  return outcomes;
}

async function deployTo(deps: DeployDeps, step: Switch, again: boolean): Promise<DeploymentOutcome> {
  const { place, release } = step;
  const { environment, service } = place;
  await settleUnderWay(deps, place, environmentOf(deps, environment).target);
  const history = deploymentHistory(deps.state, place.project, place);
  const live = liveAfter(history);
  const told = { environment, service, release, report: null, fallback: null };
  if (live !== null && (await isLiveAndWell(deps, step, live))) return { ...told, kind: 'as-before', deployment: live };
  refuseUncommitted(deps, step);
  refuseUntested(deps, step);
  const prepared = await prepareRelease(deps, { ...step, like: null });
  const wanted = { release, settings: prepared.settingsDigest };
  // what is live is not refused: its API tests were not run to their end, or it is being started again
  if (!again && (live === null || !isSameDeployment(live, wanted))) refuseTakenBack(takenBack(history, wanted), step);
  const { deployment, report } = await switchTo(deps, step, prepared);
  if (report.failed === 0) return { ...told, kind: 'live', deployment, report };
  return { ...told, report, ...(await goBack(deps, step, { history, deployment, report })) };
}

async function isLiveAndWell(deps: DeployDeps, step: Switch, live: Deployment): Promise<boolean> {
  const { place, release } = step;
  if (live.release !== release || live.tests?.failed !== 0) return false;
  const status = await environmentOf(deps, place.environment).target.status(place);
  if (!status.running || status.release !== release) return false;
  const manifest = await readRelease(deps.store, release);
  return live.settings === digestOfSettings(await settingsFor(deps, manifest, { ...step, like: null }));
}
