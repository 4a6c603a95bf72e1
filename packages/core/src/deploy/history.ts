import type { Deployment, Digest } from '@tidegate/formats';
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
    .map((row) => JSON.parse(String(row['record'])) as Deployment) // we wrote it
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

/**
 * The releases that led to what is live in one place, the live one last. A rollback takes away what it went back from, so that
 * going back twice goes back two releases.
 */
export function releaseTrail(history: readonly Deployment[]): readonly Digest[] {
  let trail: readonly Digest[] = [];
  for (const { action, release } of history) {
    if (release === null || trail.at(-1) === release) continue;
    const at = action === 'rollback' ? trail.lastIndexOf(release) : -1;
    trail = at >= 0 ? trail.slice(0, at + 1) : [...trail, release];
  }
  return trail;
}

/** The line that says why a release is not to be deployed again by itself: it was rolled back, or its API tests failed; null otherwise. */
export function takenBack(history: readonly Deployment[], release: Digest): Deployment | null {
  const last = history.findLastIndex((one) => one.release === release);
  const [line, next] = [history[last], history[last + 1]];
  if (line === undefined) return null;
  if (next?.action === 'rollback') return next;
  return line.action === 'deploy' && (line.tests?.failed ?? 0) > 0 ? line : null;
}
