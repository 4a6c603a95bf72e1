import { type Deployment, failure, shortDigest } from '@tidegate/formats';
import type { DeployDeps } from './deploy-deps.ts';
import { deploymentHistory, hasFailed, liveAfter } from './history.ts';
import type { Switch } from './switch-release.ts';

type Wanted = Pick<Switch, 'place' | 'release' | 'commit'>;

/** @throws TG-DEPLOY-UNCOMMITTED when it was made of uncommitted changes and the environment comes after another */
export function refuseUncommitted(deps: DeployDeps, { place, release, commit }: Wanted): void {
  if (commit !== null || deps.environments[place.environment]?.after === null) return;
  throw failure(
    'TG-DEPLOY-UNCOMMITTED',
    `Cannot deploy ${shortDigest(release)} to "${place.environment}": it was made of changes that are not committed`,
    `Commit them, then: tidegate run --to ${place.environment}`,
  );
}

/** @throws TG-DEPLOY-ORDER when it is not live and tested in the environment before */
export function refuseUntested(deps: DeployDeps, { place, release }: Wanted): void {
  const after = deps.environments[place.environment]?.after ?? null;
  if (after === null) return;
  const live = liveAfter(deploymentHistory(deps.state, place.project, { ...place, environment: after }));
  if (live?.release === release && live.tests?.failed === 0) return;
  throw failure(
    'TG-DEPLOY-ORDER',
    `Cannot deploy ${shortDigest(release)} to "${place.environment}": it must be live and tested in "${after}" first, where ${live?.release == null ? 'nothing is live' : `${shortDigest(live.release)} is`}`,
    `Deploy it there first: tidegate deploy ${after} ${shortDigest(release)}`,
  );
}

/** `line` says that it was taken back; null = it was not. @throws TG-DEPLOY-TAKEN-BACK */
export function refuseTakenBack(line: Deployment | null, { place, release }: Wanted): void {
  if (line === null) return;
  const why = hasFailed(line) ? `its API tests failed on ${line.at}` : `it was taken back on ${line.at} (${line.reason})`;
  throw failure(
    'TG-DEPLOY-TAKEN-BACK',
    `Cannot deploy ${shortDigest(release)} to "${place.environment}" by itself: ${why}`,
    `To deploy it all the same: tidegate deploy ${place.environment} ${shortDigest(release)} --again`,
  );
}
