import { type Deployment, shortDigest, type TestReport, TidegateError } from '@tidegate/formats';
import { findReleases } from '../packaging/index.ts';
import { isoTime } from '../platform/index.ts';
import type { DeployDeps } from './deploy-deps.ts';
import { appendDeployment, deploymentTrail, isSameDeployment, liveAfter, wasAccepted } from './history.ts';
import { prepareRelease } from './prepare-release.ts';
import { stopPlace } from './stop.ts';
import { type Switch, switchTo } from './switch-release.ts';

export interface Failed {
  /** The history of the place before the deployment. */
  readonly history: readonly Deployment[];
  /** The line of the deployment, which is live now. */
  readonly deployment: Deployment;
  readonly report: TestReport;
}

/** How it ended: see `DeploymentOutcome`. */
export interface Return {
  readonly kind: 'returned' | 'stayed';
  readonly deployment: Deployment;
  /** API tests of what is live again; null when nothing is. */
  readonly fallback: TestReport | null;
}

/**
 * After API tests have failed: what was live before becomes live again, release and settings, and is tested as well. Without
 * anything before, what failed is stopped. It stays live when it was live for good before, or what was before does not start.
 */
export async function goBack(deps: DeployDeps, step: Switch, { history, deployment, report }: Failed): Promise<Return> {
  const reason = `API tests of ${shortDigest(step.release)} failed: ${failedNames(report).join(', ')}`;
  const before = liveBefore(history, deployment);
  if (before?.release == null) {
    const { run, commit } = step;
    return { kind: 'returned', deployment: await stopPlace(deps, step.place, { reason, run, commit }), fallback: null };
  }
  if (isSameDeployment(before, deployment)) return { kind: 'stayed', deployment, fallback: null };
  const { release } = before;
  const commit = findReleases(deps.state, deps.project, release)[0]?.commit ?? null;
  try {
    const prepared = await prepareRelease(deps, { ...step, release, like: before });
    const back = await switchTo(deps, { ...step, release, commit, action: 'rollback', reason }, prepared);
    return { kind: 'returned', deployment: back.deployment, fallback: back.report };
  } catch (error) {
    if (!(error instanceof TidegateError)) throw error;
    const stays = `Stays live: going back to ${shortDigest(release)} failed: ${error.message}`;
    return { kind: 'stayed', deployment: noteThatItStays(deps, deployment, stays), fallback: null };
  }
}

/** Names of the cases that failed, in quotes. */
function failedNames({ cases }: TestReport): readonly string[] {
  return cases.filter(({ outcome }) => outcome === 'failed').map(({ name }) => `"${name}"`);
}

/** What was live before a deployment: it itself when it was live for good already, never a try of it that was not tested to its end. */
function liveBefore(history: readonly Deployment[], deployment: Deployment): Deployment | null {
  if (liveAfter(history) === null) return null;
  return deploymentTrail(history).findLast((one) => wasAccepted(one) || !isSameDeployment(one, deployment)) ?? null;
}

function noteThatItStays(deps: DeployDeps, { format: _format, sequence: _sequence, ...line }: Deployment, reason: string): Deployment {
  const at = isoTime(deps.platform.clock);
  return appendDeployment(deps.state, { ...line, replaced: line.release, at, reason, switchMs: null });
}
