import { type Diagnostic, type Digest, failure, type RunRecord, type StepName, type StepRecord, TidegateError } from '@tidegate/formats';
import { readLock } from '../../config/index.ts';
import { readVersion } from '../../data/index.ts';
import { pushHistory, type Sharing } from '../../deploy/index.ts';
import { pushArtifacts, type Pushed, pushResults } from '../../pipeline/index.ts';
import type { Remote } from '../../store/index.ts';
import type { Project } from '../project.ts';
import { listRuns } from '../runs.ts';

/** What was put into the remote; what it had already does not count. */
export interface Shared extends Pushed {
  /** Lines of histories. */
  readonly deployments: number;
}

/**
 * Puts results of steps and the histories of deployments into the remote.
 *
 * @throws TG-STORE-REMOTE, TG-STORE-REMOTE-NOT-WRITABLE, TG-DEPLOY-HISTORY-DIFFERS
 */
async function shareSteps(sharing: Sharing, steps: readonly StepRecord[]): Promise<Shared> {
  const pushed = await pushResults(sharing, steps);
  return { ...pushed, deployments: await pushHistory(sharing) };
}

/**
 * The newest result of every step, the dataset versions that `tidegate.lock` pins, and the histories of a project, into its remote.
 *
 * @throws TG-CLI-NO-REMOTE; as {@link shareSteps}
 */
export async function pushProject(project: Project): Promise<Shared> {
  const { remote } = project;
  if (remote === null)
    throw failure(
      'TG-CLI-NO-REMOTE',
      'Cannot share anything: the project has no remote',
      'Name a folder: "tidegate remote push --remote FOLDER", or "remote: { folder: FOLDER }" in tidegate.yaml',
    );
  const sharing = { ...sharingOf(project), remote };
  await pushArtifacts(sharing, await pinnedArtifacts(project));
  return shareSteps(sharing, newestOfEach(listRuns(project)));
}

function newestOfEach(runs: readonly RunRecord[]): readonly StepRecord[] {
  const newest = new Map<StepName, StepRecord>();
  for (const step of runs.flatMap(({ steps }) => steps)) if (step.key !== null && !newest.has(step.step)) newest.set(step.step, step);
  return [...newest.values()];
}

async function pinnedArtifacts({ root, store }: Project): Promise<Parameters<typeof pushArtifacts>[1]> {
  const { data } = await readLock(root);
  const versions = await Promise.all(Object.values(data).map(async (digest) => ({ digest, tree: await treeOf(store, digest) })));
  return versions.flatMap(({ digest, tree }) =>
    tree === null ? [] : [{ kind: 'file', digest } as const, { kind: 'tree', digest: tree } as const],
  );
}

/** Null for a version that is nowhere at hand: somebody else has it. */
async function treeOf(store: Project['store'], version: Digest): Promise<Digest | null> {
  try {
    return (await readVersion(store, { digest: version })).tree;
  } catch (error) {
    if (error instanceof TidegateError) return null;
    throw error;
  }
}

/** As {@link shareSteps}, after work that stands whether or not it can be shared. @returns why it could not be; null when it was, or nothing is to be */
export async function shareAfter(project: Project, record: RunRecord | null): Promise<Diagnostic | null> {
  const { remote } = project;
  if (remote === null) return null;
  try {
    await shareSteps(
      { ...sharingOf(project), remote },
      (record?.steps ?? []).filter((step) => !isFrom(remote, step)),
    );
    return null;
  } catch (error) {
    if (error instanceof TidegateError) return error.diagnostics[0];
    throw error;
  }
}

/** What a run took from there is there, and whole. */
function isFrom({ address }: Remote, { status, from }: StepRecord): boolean {
  return status === 'hit' && from?.taken?.place === address;
}

function sharingOf({ state, store, name, platform }: Project): Omit<Sharing, 'remote'> {
  return { state, store, project: name, clock: platform.clock };
}
