import type { RunRecord } from '@tidegate/formats';
import { type EnvironmentStatus, environmentsOf } from './deploy/environments.ts';
import type { Project } from './project.ts';
import { type Revision, revisionOf } from './revision.ts';
import { lastRun } from './run/runs.ts';

export interface ProjectStatus {
  readonly project: string;
  readonly root: string;
  readonly revision: Revision;
  readonly lastRun: RunRecord | null;
  /** In the order a release takes through them. */
  readonly environments: readonly EnvironmentStatus[];
}

export async function projectStatus(project: Project): Promise<ProjectStatus> {
  const [revision, environments] = await Promise.all([revisionOf(project), environmentsOf(project)]);
  return { project: project.name, root: project.root, revision, lastRun: lastRun(project), environments };
}
