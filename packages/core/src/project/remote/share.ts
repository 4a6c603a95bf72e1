import { type Diagnostic, type Digest, type RunRecord, type StepName, type StepRecord, TidegateError } from '@tidegate/formats';
import { readLock } from '../../config/index.ts';
import { deliveredTree, readVersion } from '../../data/index.ts';
import { pushHistory, type Sharing } from '../../deploy/index.ts';
import { pushArtifacts, type Pushed, pushResults } from '../../pipeline/index.ts';
import type { MovingOptions, Remote } from '../../store/index.ts';
import { shareHistories } from '../anomalies/share-histories.ts';
import { type HeedOptions, heedTombstones } from '../forget/heed-tombstones.ts';
import { type LeavingVersion, refuseForgotten } from '../forget/refuse-forgotten.ts';
import type { Project } from '../project.ts';
import { listRuns } from '../run/runs.ts';
import { sharePositions } from '../sources/shared-positions.ts';
import { registerNeeds } from './register-needs.ts';
import { remoteOf } from './remote-of.ts';

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
async function shareSteps(sharing: Sharing, steps: readonly StepRecord[], options: MovingOptions = {}): Promise<Shared> {
  const pushed = await pushResults(sharing, steps, options);
  return { ...pushed, deployments: await pushHistory(sharing) };
}

/**
 * The newest result of every step, the dataset versions that `tidegate.lock` pins, and the histories of a project, into its remote.
 *
 * @throws TG-CLI-NO-REMOTE, TG-DATA-FORGOTTEN, TG-DATA-FORGET-BUSY; as {@link shareSteps}
 */
export async function pushProject(project: Project, options: MovingOptions & Partial<HeedOptions> = {}): Promise<Shared> {
  const remote = remoteOf(project, 'share anything');
  const sharing = { ...sharingOf(project), remote };
  const { signal = new AbortController().signal, onForgotten = () => {} } = options;
  await heedTombstones(project, { signal, onForgotten });
  const { data } = await readLock(project.root);
  await refuseForgotten(project, remote, { versions: Object.entries(data).map(([dataset, version]) => ({ dataset, version })), signal });
  await registerNeeds(project, remote);
  await pushArtifacts(sharing, await pinnedArtifacts(project), options);
  const shared = await shareSteps(sharing, newestOfEach(listRuns(project)), options);
  await sharePositions(project, remote);
  await shareHistories(project, remote);
  return shared;
}

function newestOfEach(runs: readonly RunRecord[]): readonly StepRecord[] {
  const newest = new Map<StepName, StepRecord>();
  for (const step of runs.flatMap(({ steps }) => steps)) if (step.key !== null && !newest.has(step.step)) newest.set(step.step, step);
  return [...newest.values()];
}

async function pinnedArtifacts({ root, store }: Project): Promise<Parameters<typeof pushArtifacts>[1]> {
  const { data } = await readLock(root);
  const versions = await Promise.all(Object.values(data).map(async (digest) => ({ digest, trees: await treesOf(store, digest) })));
  return versions.flatMap(({ digest, trees }) =>
    trees.length === 0 ? [] : [{ kind: 'file', digest } as const, ...trees.map((tree) => ({ kind: 'tree', digest: tree }) as const)],
  );
}

/** None for a version that is nowhere at hand: somebody else has it. */
async function treesOf(store: Project['store'], version: Digest): Promise<readonly Digest[]> {
  try {
    const record = await readVersion(store, { digest: version });
    return [...new Set([record.tree, deliveredTree(record)])];
  } catch (error) {
    if (error instanceof TidegateError) return [];
    throw error;
  }
}

/** As {@link shareSteps}, after work that stands whether or not it can be shared. @returns why it could not be; null when it was, or nothing is to be */
export async function shareAfter(
  project: Project,
  record: RunRecord | null,
  { signal = new AbortController().signal, onForgotten = () => {} }: Partial<HeedOptions> = {},
): Promise<Diagnostic | null> {
  const { remote } = project;
  if (remote === null) return null;
  try {
    const steps = (record?.steps ?? []).filter((step) => !isFrom(remote, step));
    await heedTombstones(project, { signal, onForgotten });
    await refuseForgotten(project, remote, { versions: steps.flatMap(versionOf), signal });
    await shareSteps({ ...sharingOf(project), remote }, steps);
    await sharePositions(project, remote);
    await shareHistories(project, remote);
    return null;
  } catch (error) {
    if (error instanceof TidegateError) return error.diagnostics[0];
    throw error;
  }
}

function versionOf({ step, kind, outputs }: StepRecord): readonly LeavingVersion[] {
  const version = kind === 'dataset' ? outputs['version'] : undefined;
  return version === undefined ? [] : [{ dataset: step.slice('data.'.length), version: version.digest }];
}

/** What a run took from there is there, and whole. */
function isFrom({ address }: Remote, { status, from }: StepRecord): boolean {
  return status === 'hit' && from?.taken?.place === address;
}

function sharingOf({ state, store, name, platform }: Project): Omit<Sharing, 'remote'> {
  return { state, store, project: name, clock: platform.clock };
}
