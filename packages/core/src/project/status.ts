import type { Digest, RunRecord } from '@tidegate/formats';
import { environmentsOf } from './environments.ts';
import type { Project } from './project.ts';
import { type Revision, revisionOf } from './revision.ts';
import { lastRun } from './runs.ts';

export interface EnvironmentStatus {
  readonly name: string;
  readonly target: string;
  /** What history says is live; null when nothing was deployed or it was stopped. */
  readonly release: Digest | null;
  readonly commit: string | null;
  /** ISO 8601, UTC: since when. */
  readonly since: string | null;
  /** Whether it really runs. */
  readonly running: boolean;
  readonly address: string | null;
  /** Times its process was started again after it had ended by itself. */
  readonly restarts: number;
}

export interface ProjectStatus {
  readonly project: string;
  readonly root: string;
  readonly revision: Revision;
  readonly lastRun: RunRecord | null;
  /** In the order a release takes through them. */
  readonly environments: readonly EnvironmentStatus[];
}

export async function projectStatus(project: Project): Promise<ProjectStatus> {
  const [revision, environments] = await Promise.all([revisionOf(project.root), environmentsOf(project)]);
  return { project: project.name, root: project.root, revision, lastRun: lastRun(project), environments };
}
