import { type Diagnostic, failure, type RunRecord, TidegateError } from '@tidegate/formats';
import { pushHistory, type Sharing } from '../../deploy/index.ts';
import { type Pushed, pushResults } from '../../pipeline/index.ts';
import type { Project } from '../project.ts';
import { lastRun } from '../runs.ts';

/** What was put into the remote; what it had already does not count. */
export interface Shared extends Pushed {
  /** Lines of histories. */
  readonly deployments: number;
}

/**
 * Puts the results of a run and the histories of deployments into the remote.
 *
 * @throws TG-STORE-REMOTE, TG-STORE-REMOTE-NOT-WRITABLE, TG-DEPLOY-HISTORY-DIFFERS
 */
export async function shareRun(sharing: Sharing, record: RunRecord | null): Promise<Shared> {
  const pushed = await pushResults(sharing, record?.steps ?? []);
  return { ...pushed, deployments: await pushHistory(sharing) };
}

/** The newest run and the histories of a project, into its remote. @throws TG-CLI-NO-REMOTE; as {@link shareRun} */
export async function pushProject(project: Project): Promise<Shared> {
  const { remote } = project;
  if (remote === null)
    throw failure(
      'TG-CLI-NO-REMOTE',
      'Cannot share anything: the project has no remote',
      'Name a folder: "tidegate remote push --remote FOLDER", or "remote: { folder: FOLDER }" in tidegate.yaml',
    );
  return shareRun({ ...sharingOf(project), remote }, lastRun(project));
}

/** As {@link shareRun}, after work that stands whether or not it can be shared. @returns why it could not be; null when it was, or nothing is to be */
export async function shareAfter(project: Project, record: RunRecord | null): Promise<Diagnostic | null> {
  const { remote } = project;
  if (remote === null) return null;
  try {
    await shareRun({ ...sharingOf(project), remote }, record);
    return null;
  } catch (error) {
    if (error instanceof TidegateError) return error.diagnostics[0];
    throw error;
  }
}

function sharingOf({ state, store, name }: Project): Omit<Sharing, 'remote'> {
  return { state, store, project: name };
}
