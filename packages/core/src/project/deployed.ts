import { type Deployment, failure, type RunId, shortDigest } from '@tidegate/formats';
import { deploymentHistory, type DeploymentOutcome } from '../deploy/index.ts';
import type { Live } from './environments.ts';
import type { Project } from './project.ts';

/** What is live by these outcomes. @throws TG-DEPLOY-RETURNED when API tests made one go back */
export function liveBy(outcomes: readonly DeploymentOutcome[]): readonly Live[] {
  return outcomes.flatMap((outcome) => {
    const { environment, kind, deployment } = outcome;
    if (kind === 'returned') throw returned(outcome);
    const { release, address } = deployment;
    return release === null ? [] : [{ environment, release, address, changed: kind === 'live' }];
  });
}

function returned({ environment, deployment, report }: DeploymentOutcome): Error {
  const { replaced, release, reason } = deployment;
  const [first] = report?.cases.filter(({ outcome }) => outcome === 'failed') ?? [];
  const now = release === null ? 'nothing was live before, so it was stopped' : 'what was live before is live again';
  return failure(
    'TG-DEPLOY-RETURNED',
    `Cannot keep ${replaced === null ? 'the release' : shortDigest(replaced)} in "${environment}": ${reason}; ${now}`,
    first === undefined ? null : `Look at the first of them: ${first.message.split('\n')[0] ?? ''}`,
  );
}

/** What a run made live, as far as it came before something went wrong. */
export function liveByRun({ state, name }: Pick<Project, 'state' | 'name'>, run: RunId): readonly Live[] {
  const places = Map.groupBy(deploymentHistory(state, name), ({ environment, service }) => `${environment}/${service}`);
  return [...places.values()].flatMap((lines): readonly Live[] => {
    const last: Deployment | undefined = lines.at(-1);
    if (last === undefined || last.run !== run || last.action !== 'deploy' || last.release === null) return [];
    return [{ environment: last.environment, release: last.release, address: last.address, changed: true }];
  });
}
