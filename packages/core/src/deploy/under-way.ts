import { join } from 'node:path';
import { type Deployment, type DeploymentUnderWay, storedRecord } from '@tidegate/formats';
import { readTextIfThere, rm, writeFileAtomically } from '../platform/index.ts';
import type { DeployDeps } from './deploy-deps.ts';
import { appendDeployment, deploymentHistory, isSameDeployment, liveAfter } from './history.ts';
import { placeFolder } from './release-folder.ts';
import type { DeploymentPlace, Target } from './target.ts';

/** A line of the history as far as it is known before the switch. */
export type DeploymentDraft = Omit<DeploymentUnderWay, 'format'>;

function markPath(deps: DeployDeps, place: DeploymentPlace): string {
  return join(placeFolder(deps.home.deployments, place), 'under-way.json');
}

/** Notes a deployment before its target is asked, so that one that is killed after the switch is not missing from the history. */
export async function markUnderWay(deps: DeployDeps, place: DeploymentPlace, draft: DeploymentDraft): Promise<void> {
  const mark: DeploymentUnderWay = { format: 'tidegate.deployment-under-way/1', ...draft };
  await writeFileAtomically(markPath(deps, place), JSON.stringify(mark));
}

export async function clearUnderWay(deps: DeployDeps, place: DeploymentPlace): Promise<void> {
  await rm(markPath(deps, place), { force: true });
}

/** Takes up a deployment whose process was killed: when its release runs, it became live, and the history gets its line, without API tests. */
export async function settleUnderWay(deps: DeployDeps, place: DeploymentPlace, target: Target): Promise<Deployment | null> {
  const text = await readTextIfThere(markPath(deps, place));
  if (text === null) return null;
  const { format: _, ...draft } = storedRecord('tidegate.deployment-under-way/1', JSON.parse(text), markPath(deps, place));
  const status = await target.status(place);
  const live = liveAfter(deploymentHistory(deps.state, place.project, place));
  const becameLive = status.running && isSameDeployment(status, draft) && (live === null || !isSameDeployment(live, draft));
  const line = becameLive
    ? appendDeployment(deps.state, {
        ...draft,
        address: status.address,
        switchMs: null,
        tests: null,
        reason: `${draft.reason} (Tidegate was ended after the switch, before the API tests)`,
      })
    : null;
  await clearUnderWay(deps, place);
  return line;
}
