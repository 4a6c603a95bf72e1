import type { Digest, EmitEvent, RunRecord } from '@tidegate/formats';
import type { LeftOut } from '../../config/index.ts';
import { type LeftOutRows, nodeOfAdded } from '../../data/index.ts';
import { executeRun } from '../../pipeline/index.ts';
import { compareTrees } from '../../store/index.ts';
import { engineParts } from '../engine-parts.ts';
import { noteVersionsOf } from '../anomalies/measured-versions.ts';
import { heeding, heedTombstonesFirst } from '../forget/heed-tombstones.ts';
import type { Project } from '../project.ts';
import { projectNodes } from '../nodes.ts';
import { revisionOf } from '../revision.ts';
import { runProject } from '../run/run-project.ts';
import { addDataset, type AddOptions } from './add-dataset.ts';
import { readSource } from '../sources/read-source.ts';
import { addedReading, settleReading } from '../sources/readings.ts';
import { addedTree, forgetAdded, isOnto } from './added.ts';
import { commitOnto } from './onto/commit-onto.ts';
import { filesLeftOut, rowsLeftOut } from './left-out.ts';
import { expectFiles } from './many-files.ts';
import { pinVersion } from './pin-version.ts';
import { pinnedVersion } from './version-names.ts';
import { treeNow } from './working/tree-now.ts';

export interface CommitOptions extends Pick<AddOptions, 'signal' | 'onProgress'> {
  /** Whether files are taken as they are now and sources are read, whatever was added of them before. Default false. */
  readonly all?: boolean;
  readonly emit: EmitEvent;
}

export interface CommittedDataset {
  readonly dataset: string;
  /** Null when its step failed, and the pin is where it was. */
  readonly version: Digest | null;
  readonly before: Digest | null;
  /** How many files of the working tree are others than those of what was added, and are not in the version. */
  readonly left: number;
  /** What is in partitions that `keep` leaves out: files, or rows of a table; null = nothing. */
  readonly leftOut: LeftOut | LeftOutRows | null;
  /** What is to be said of a source that was read. */
  readonly notices: readonly string[];
  readonly record: RunRecord;
}

/**
 * Makes a version of what was added, or of the files as they are when nothing was: profiles and checks them in the dataset's own step, and moves the pin
 * in `tidegate.lock`, whatever the checks say. What was added onto a version is made without its files. A source is read only when it never was. A version that does
 * not pass is one all the same, and stops what depends on it.
 *
 * @throws as {@link addDataset}
 */
export async function commitDataset(project: Project, dataset: string, options: CommitOptions): Promise<CommittedDataset> {
  await heedTombstonesFirst(project, heeding(options));
  const before = await pinnedVersion(project, dataset);
  const { record, left, tree, notices } = await makeVersion(project, dataset, options);
  const version = record.steps.find(({ step }) => step === `data.${dataset}`)?.outputs['version']?.digest ?? null;
  if (version !== null) {
    await pinVersion(project, dataset, version);
    if (tree !== null) forgetAdded(project, dataset, tree);
    await settleReading(project, dataset, version);
  }
  await noteVersionsOf(project, record);
  return { dataset, version, before, left, leftOut: filesLeftOut(project, dataset) ?? rowsLeftOut(record, dataset), notices, record };
}

interface MadeVersion extends Pick<CommittedDataset, 'record' | 'left' | 'notices'> {
  /** What was added and is in it; null when nothing was. */
  readonly tree: Digest | null;
}

async function makeVersion(project: Project, dataset: string, options: CommitOptions): Promise<MadeVersion> {
  const present = addedTree(project, dataset);
  expectFiles(present?.files ?? 0);
  if (present !== null && isOnto(present))
    return { record: await commitOnto(project, dataset, { ...options, added: present }), left: 0, tree: present.tree, notices: [] };
  const added = options.all === true ? null : present;
  const left = added === null ? 0 : await filesChangedSince(project, dataset, added.tree);
  if (added !== null && left > 0) {
    const { tree } = added;
    return { record: await commitAdded(project, dataset, { ...options, tree }), left, tree, notices: [] };
  }
  // what was added is what lies in the working tree, so nothing is left to be added
  const news = added === null ? await addWhatIsNew(project, dataset, options) : { tree: added.tree, notices: [] };
  return { record: await commitAsItIs(project, dataset, options), left: 0, ...news };
}

/** How many files of the working tree are others now than what was added. */
async function filesChangedSince(project: Project, dataset: string, tree: Digest): Promise<number> {
  const working = await treeNow(project, dataset, await projectNodes(project, {}));
  return working.digest === tree ? 0 : (await compareTrees(working, tree, working.digest)).length;
}

/** Of what was added, which the working tree does not have any more. */
async function commitAdded(
  project: Project,
  dataset: string,
  { tree, signal, emit }: CommitOptions & { readonly tree: Digest },
): Promise<RunRecord> {
  const config = project.config.data[dataset];
  const nodes = config === undefined ? [] : [nodeOfAdded(dataset, config, tree)];
  return executeRun(engineParts(project), nodes, { ...(await revisionOf(project)), goal: 'gate', signal, emit });
}

async function commitAsItIs(project: Project, dataset: string, { signal, emit }: CommitOptions): Promise<RunRecord> {
  const part = { only: [`data.${dataset}`], from: [], alone: [], failed: false };
  return (await runProject(project, { goal: 'gate', ...part, force: [], jobs: null, again: false, signal, emit })).record;
}

/** Files as they are now; of a source what was added, or else what is pinned. @returns what was added of files, and what is to be said of a source */
async function addWhatIsNew(project: Project, dataset: string, options: CommitOptions): Promise<Pick<MadeVersion, 'tree' | 'notices'>> {
  if (project.config.data[dataset]?.from.source === undefined)
    return { tree: (await addDataset(project, dataset, { ...options, dryRun: false })).tree, notices: [] };
  const tree = addedTree(project, dataset)?.tree ?? null;
  if (options.all !== true && (addedReading(project, dataset) !== null || (await pinnedVersion(project, dataset)) !== null))
    return { tree, notices: [] };
  const { notices } = await readSource(project, dataset, { signal: options.signal, progress: () => {} });
  return { tree, notices };
}
