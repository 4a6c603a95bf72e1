import { type DatasetVersion, type Digest, type EmitEvent, failure, type Verdict } from '@tidegate/formats';
import {
  deliveredTree,
  mergeData,
  type MergeConflict,
  nodeOfTree,
  readVersion,
  type Side,
  tableAt,
  tablesAsTrees,
} from '../../data/index.ts';
import { executeRun } from '../../pipeline/index.ts';
import { followReplaced, replacements } from '../../store/index.ts';
import { engineParts } from '../engine-parts.ts';
import type { Project } from '../project.ts';
import { whileHeld } from '../store/collect/holds.ts';
import { revisionOf } from '../revision.ts';

/** Versions of a dataset to be made one. */
export interface VersionsToMerge {
  /** What both sides come from; null when there is none. */
  readonly base: Digest | null;
  readonly ours: Digest;
  readonly theirs: Digest;
}

export interface MergeOptions {
  /** Which side counts where both changed the same file or value; null = that is a conflict. */
  readonly prefer: Side | null;
  /** Whether what is not on this machine is fetched from the remote. */
  readonly fetches: boolean;
  /** Makes no version and no run: what is stored on the way is garbage. Default false. */
  readonly dryRun?: boolean;
  readonly signal: AbortSignal;
  readonly emit: EmitEvent;
}

export type MergedDataset =
  | {
      readonly kind: 'merged';
      readonly dataset: string;
      readonly version: Digest;
      readonly files: number;
      readonly rows: number;
      readonly verdict: Verdict;
    }
  /** Of a dry run. `version` null = one that nobody has made yet. */
  | { readonly kind: 'mergeable'; readonly dataset: string; readonly version: Digest | null; readonly files: number }
  | { readonly kind: 'conflict'; readonly dataset: string; readonly count: number; readonly conflicts: readonly MergeConflict[] };

/**
 * Makes one version of two that both come from a third: files path by path, rows of tables by their key. It is profiled and checked as any other; no pin is
 * moved and no file of the working tree is touched. With a conflict nothing is made. Garbage collection and forgetting leave the versions alone meanwhile.
 *
 * @throws TG-STORE-OBJECT-MISSING for what is not at hand; TG-DATA-MERGE when no version can be made of it
 */
export async function mergeDataset(
  project: Project,
  dataset: string,
  { fetches, ...merging }: VersionsToMerge & MergeOptions,
): Promise<MergedDataset> {
  const here = fetches ? project : withoutRemote(project);
  const held = [merging.base, merging.ours, merging.theirs].filter((one) => one !== null);
  return whileHeld(project, held, () => mergeHeld(here, dataset, merging));
}

type Merging = VersionsToMerge & Omit<MergeOptions, 'fetches'>;

async function mergeHeld(
  here: Project,
  dataset: string,
  { prefer, dryRun = false, signal, emit, ...versions }: Merging,
): Promise<MergedDataset> {
  const { store } = here;
  const read = (digest: Digest): Promise<DatasetVersion> => readVersion(store, { digest });
  const [ours, theirs] = [await read(versions.ours), await read(versions.theirs)];
  const base = versions.base === null ? null : deliveredTree(await read(versions.base));
  const [left, right] = [deliveredTree(ours), deliveredTree(theirs)];
  const merge = await mergeData({ base, ours: left, theirs: right, prefer, store, dataset, signal });
  if (merge.kind === 'conflict') return { dataset, ...merge };
  const side = merge.tree === left ? versions.ours : merge.tree === right ? versions.theirs : null;
  if (dryRun) return { kind: 'mergeable', dataset, version: side, files: await filesIn(here, merge.tree) };
  const version = side ?? (await makeVersion(here, dataset, { tree: merge.tree, signal, emit }));
  const { files, rows, verdict } = await read(version);
  return { kind: 'merged', dataset, version, files, rows, verdict };
}

/** The project with what is on this machine alone. */
function withoutRemote(project: Project): Project {
  const { objects, home, state } = project;
  return { ...project, remote: null, store: followReplaced(tablesAsTrees(objects, home.parts), replacements(state, project.name)) };
}

/** Files of a tree, or row groups of a table. */
async function filesIn({ store }: Project, tree: Digest): Promise<number> {
  const table = await tableAt(store, tree);
  return table === null ? (await store.readTree(tree)).entries.length : table.groups.length;
}

/** A version of what is in the store, made in the dataset's own step. */
async function makeVersion(
  project: Project,
  dataset: string,
  { tree, signal, emit }: Pick<MergeOptions, 'signal' | 'emit'> & { readonly tree: Digest },
): Promise<Digest> {
  const config = project.config.data[dataset];
  const nodes = config === undefined ? [] : [nodeOfTree(dataset, config, tree)];
  const record = await executeRun(engineParts(project), nodes, { ...(await revisionOf(project)), goal: 'gate', signal, emit });
  const [step] = record.steps;
  const version = step?.outputs['version']?.digest;
  if (version !== undefined) return version;
  throw failure(
    'TG-DATA-MERGE',
    `Cannot make a version of what was merged of data.${dataset}: ${step?.failure?.message ?? 'its step came to no end'}`,
    step?.failure?.hint ?? `Keep one of the two versions in tidegate.lock, and make the other changes by hand`,
  );
}
