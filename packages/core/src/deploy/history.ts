import { type Deployment, type Digest, storedRecord } from '@tidegate/formats';
import type { State } from '../store/index.ts';

export interface HistoryFilter {
  readonly environment?: string;
  readonly service?: string;
}

/** The deployments of a project, oldest first. Nothing is ever changed or taken out. */
export function deploymentHistory(state: State, project: string, { environment, service }: HistoryFilter = {}): readonly Deployment[] {
  const lines = state.database
    .prepare('SELECT environment, record FROM deployment WHERE project = ? ORDER BY environment, sequence')
    .all(project)
    .filter((row) => environment === undefined || row['environment'] === environment)
    .map((row) => storedRecord('tidegate.deployment/1', JSON.parse(String(row['record'])), `a deployment to ${String(row['environment'])}`))
    .filter((one) => service === undefined || one.service === service);
  // in one environment the numbers decide, whatever the clock did
  return environment === undefined ? lines.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at)) : lines;
}

/** Appends a line and gives it the next number of its environment. @throws TG-STORE-DISK-FULL */
export function appendDeployment(state: State, line: Omit<Deployment, 'format' | 'sequence'>): Deployment {
  const { project, environment } = line;
  return state.commit(() => {
    const last = state
      .prepare('SELECT max(sequence) AS last FROM deployment WHERE project = ? AND environment = ?')
      .get(project, environment);
    const deployment: Deployment = { format: 'tidegate.deployment/1', sequence: Number(last?.['last'] ?? 0) + 1, ...line };
    state
      .prepare('INSERT INTO deployment (project, environment, sequence, record) VALUES (?, ?, ?, ?)')
      .run(project, environment, deployment.sequence, JSON.stringify(deployment));
    state.journal.append(state.database, deployment);
    return deployment;
  });
}

/** What is live after these lines of one place; null when nothing was deployed or it was stopped. */
export function liveAfter(history: readonly Deployment[]): Deployment | null {
  const last = history.at(-1);
  return last === undefined || last.action === 'stop' ? null : last;
}

/** What was live in one place at a time (milliseconds since 1970). */
export function liveAt(history: readonly Deployment[], time: number): Deployment | null {
  return liveAfter(history.filter(({ at }) => Date.parse(at) <= time));
}

/** What makes a deployment another one: a release, and the settings it was started with. */
export type Deployed = Pick<Deployment, 'release' | 'settings'>;

export function isSameDeployment(one: Deployed, other: Deployed): boolean {
  return one.release === other.release && one.settings === other.settings;
}

/** Whether it was live for good: its API tests passed, or it was gone back to. */
export function wasAccepted({ action, tests }: Deployment): boolean {
  return action === 'rollback' || tests?.failed === 0;
}

/**
 * The deployments that led to what is live in one place, the live one last, each once. A rollback takes away what it went back from,
 * so that going back twice goes back two deployments; a stop takes away what had failed its API tests.
 */
export function deploymentTrail(history: readonly Deployment[]): readonly Deployment[] {
  let trail: readonly Deployment[] = [];
  for (const line of history) {
    const last = trail.at(-1);
    if (line.action === 'stop') trail = last === undefined || wasAccepted(last) || last.tests === null ? trail : trail.slice(0, -1);
    else if (line.action === 'rollback') trail = [...trail.slice(0, goneBackTo(trail, line)), line];
    else if (last === undefined || !isSameDeployment(last, line)) trail = [...trail, line];
    else if (!wasAccepted(last) || wasAccepted(line)) trail = [...trail.slice(0, -1), line];
  }
  return trail;
}

/** A release that was gone back to may have got another path to its virtual environment, and so other settings, than it had. */
function goneBackTo(trail: readonly Deployment[], line: Deployment): number {
  const exact = trail.findLastIndex((one) => isSameDeployment(one, line));
  const near = exact >= 0 ? exact : trail.findLastIndex(({ release }) => release === line.release);
  return near >= 0 ? near : trail.length;
}

/** The releases on the way to what is live in one place, the live one last: those of {@link deploymentTrail}. */
export function releaseTrail(history: readonly Deployment[]): readonly Digest[] {
  const releases = deploymentTrail(history).flatMap(({ release }) => (release === null ? [] : [release]));
  return releases.filter((release, index) => release !== releases[index - 1]);
}

/**
 * The line that says why a deployment is not to be made again by itself: its release was rolled back, or API tests failed with these
 * settings; null otherwise.
 */
export function takenBack(history: readonly Deployment[], wanted: Deployed): Deployment | null {
  const exact = history.findLastIndex((one) => isSameDeployment(one, wanted));
  const newest = history.findLastIndex(({ release }) => release === wanted.release);
  return whatEnded(history, exact) ?? (hasFailed(history[newest]) ? null : whatEnded(history, newest));
}

/** The rollback from a line, or the end of one whose API tests failed. */
function whatEnded(history: readonly Deployment[], index: number): Deployment | null {
  const [line, next] = [history[index], history[index + 1]];
  if (line === undefined) return null;
  if (next?.action === 'rollback') return next;
  if (!hasFailed(line)) return null;
  return next?.action === 'stop' ? next : line;
}

/** Whether API tests failed after a deployment, which for a rollback decides nothing. */
export function hasFailed(line: Deployment | undefined): boolean {
  return line?.action === 'deploy' && (line.tests?.failed ?? 0) > 0;
}
