import { type Deployment, type Digest, failure, type RunId, shortDigest } from '@tidegate/formats';
import { deploymentHistory, type DeploymentOutcome } from '../../deploy/index.ts';
import type { Project } from '../project.ts';

/** What is live in an environment. */
export interface Live {
  readonly environment: string;
  readonly release: Digest;
  readonly address: string | null;
  /** Whether it became live by this call. */
  readonly changed: boolean;
}

/** What is live by these outcomes. @throws TG-DEPLOY-RETURNED when API tests failed in one of them */
export function liveBy(outcomes: readonly DeploymentOutcome[]): readonly Live[] {
  return outcomes.flatMap((outcome) => {
    const { environment, kind, deployment } = outcome;
    if (kind === 'returned' || kind === 'stayed') throw refused(outcome);
    const { release, address } = deployment;
    return release === null ? [] : [{ environment, release, address, changed: kind === 'live' }];
  });
}

function refused(outcome: DeploymentOutcome): Error {
  const { environment, report, release } = outcome;
  const failed = report?.cases.filter((one) => one.outcome === 'failed') ?? [];
  const names = failed.map(({ name }) => `"${name}"`).join(', ');
  const message = failed[0]?.message.split('\n')[0];
  return failure(
    'TG-DEPLOY-RETURNED',
    `Cannot keep ${shortDigest(release)} in "${environment}": API tests failed: ${names}; ${whatIsLive(outcome)}`,
    message === undefined ? null : `Look at the first of them: ${message}`,
  );
}

function whatIsLive({ kind, deployment }: DeploymentOutcome): string {
  if (kind === 'stayed') return 'it stays live, for there is nothing else to go back to that starts';
  return deployment.release === null ? 'nothing was live before, so it was stopped' : 'what was live before is live again';
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
