import { canonicalJson, type Diagnostic, type Digest, TidegateError } from '@tidegate/formats';
import { type AgeOfColumn, deliveredTree } from '../../data/index.ts';
import { compareTrees } from '../../store/index.ts';
import { projectNodes } from '../nodes.ts';
import type { Project } from '../project.ts';
import { datasetHistory } from './dataset-views.ts';
import { glanceAtSource } from '../sources/glance-at-source.ts';
import { addedReading, type Reading, readingOf } from '../sources/readings.ts';
import { agesNow } from './ages-now.ts';
import { addedTree, isOnto } from './added.ts';
import { pinnedRecord, pinnedVersion } from './version-names.ts';
import { treeNow } from './working/tree-now.ts';
import { workingChanges } from './working/working-changes.ts';
import type { WorkingTree } from './working/working-tree.ts';
import { madeVersion } from './working/working-version.ts';

/** What a file is to the tree it is compared with. */
export type FileChange = 'added' | 'changed' | 'removed';

export interface DatasetChange {
  readonly path: string;
  readonly change: FileChange;
}

export interface DatasetStatus {
  readonly dataset: string;
  /** The version that `tidegate.lock` pins; null when it pins none. */
  readonly pinned: Digest | null;
  /** Whether the pinned version is not at hand, so that nothing can be compared with it. */
  readonly isPinnedElsewhere: boolean;
  /** Whether its rows are kept and not its files: then `tidegate data diff` tells what is new in it, and nothing is listed here. */
  readonly isTable: boolean;
  /** Whether a commit would make another version than the pinned one; null when only the commit tells, as in a clone of which nothing was run here. */
  readonly isChanged: boolean | null;
  /** When that was added which a commit would make a version of; null when nothing was since the last version. */
  readonly addedAt: string | null;
  /** The version that it was added onto, so that the working tree has no say in it; null otherwise. */
  readonly addedOnto: Digest | null;
  /** For a dataset that comes from elsewhere; null for files. */
  readonly source: SourceStatus | null;
  /** Of the working tree. */
  readonly files: number;
  readonly bytes: number;
  /** How many files of the version are not in the working tree because they were never brought here: these are no changes. */
  readonly notHere: number;
  /** What the next version has otherwise than the pinned one, as far as it was added. */
  readonly added: readonly DatasetChange[];
  /** What the working tree has otherwise than what was added, or than the pinned version when nothing was. */
  readonly notAdded: readonly DatasetChange[];
  /** Ages that the data contract limits, of the pinned version, now. */
  readonly ages: readonly AgeOfColumn[];
}

/** What is known of a source. */
export interface SourceStatus {
  /** When it was read for what is added, or else for the pinned version; null when that was not done here. */
  readonly readAt: string | null;
  /** What a cheap look says, where one was asked for: whether a reading would find something else; `unknown` = only a reading tells. Null = it was not asked for. */
  readonly now: 'as-read' | 'changed' | 'unknown' | 'unreachable' | null;
  /** Why it cannot be reached; null otherwise. */
  readonly problem: Pick<Diagnostic, 'code' | 'message' | 'hint'> | null;
}

export interface StatusOptions {
  /** Ends the look at sources, which asks servers; left out: they are not looked at. */
  readonly checkSources?: AbortSignal;
}

/** How the working tree, what was added, and the pinned version of datasets differ. Reads no file whose stat is known. */
export async function datasetStatus(
  project: Project,
  datasets: readonly string[],
  options: StatusOptions = {},
): Promise<readonly DatasetStatus[]> {
  const steps = await projectNodes(project, {}); // only where the files are matters
  const all: DatasetStatus[] = [];
  for (const dataset of datasets)
    all.push({
      ...(project.config.data[dataset]?.from.source === undefined
        ? await statusOf(project, dataset, await treeNow(project, dataset, steps))
        : await statusOfSource(project, dataset, options)),
      ages: await agesNow(project, dataset),
    });
  return all;
}

/** Of one that comes from elsewhere: what was read of it, for it has no files in the working tree. */
async function statusOfSource(project: Project, dataset: string, options: StatusOptions): Promise<Omit<DatasetStatus, 'ages'>> {
  const [pinned, record, added] = [
    await pinnedVersion(project, dataset),
    await pinnedRecord(project, dataset),
    addedReading(project, dataset),
  ];
  const known = record === null ? null : deliveredTree(record);
  const isChanged = added !== null && added.tree !== known;
  const changes: readonly DatasetChange[] = isChanged ? [{ path: `data/${dataset}`, change: record === null ? 'added' : 'changed' }] : [];
  const reading = added ?? (record === null ? null : readingOf(project, dataset, deliveredTree(record)));
  return {
    dataset,
    pinned,
    isTable: true,
    isChanged: isChanged || pinned === null,
    addedAt: isChanged ? added.readAt : null,
    addedOnto: null,
    source: { readAt: reading?.readAt ?? null, ...(await sourceNow(project, dataset, { ...options, reading })) },
    isPinnedElsewhere: pinned !== null && record === null,
    files: 0,
    bytes: 0,
    notHere: 0,
    added: changes,
    notAdded: [],
  };
}

async function sourceNow(
  project: Project,
  dataset: string,
  { checkSources: signal, reading }: StatusOptions & { readonly reading: Reading | null },
): Promise<Pick<SourceStatus, 'now' | 'problem'>> {
  if (signal === undefined) return { now: null, problem: null };
  try {
    const glance = await glanceAtSource(project, dataset, { signal });
    if (glance === null || reading === null || reading.glance === null) return { now: 'unknown', problem: null };
    return { now: canonicalJson(glance) === canonicalJson(reading.glance) ? 'as-read' : 'changed', problem: null };
  } catch (error) {
    if (!(error instanceof TidegateError)) throw error;
    const [{ code, message, hint }] = error.diagnostics;
    return { now: 'unreachable', problem: { code, message, hint } };
  }
}

async function statusOf(project: Project, dataset: string, working: WorkingTree): Promise<Omit<DatasetStatus, 'ages'>> {
  const [pinned, record, added] = [
    await pinnedVersion(project, dataset),
    await pinnedRecord(project, dataset),
    addedTree(project, dataset),
  ];
  const isTable = project.config.data[dataset]?.table !== undefined;
  const base = record === null ? null : deliveredTree(record);
  const before = added === null || isOnto(added) ? base : added.tree;
  const isEmpty = working.files === 0 && record !== null;
  const { changes, notHere } = isTable || isEmpty ? { changes: [], notHere: [] } : await workingChanges(project, before, working);
  const isAsAdded = added !== null && working.digest === added.tree;
  const inAdded = added === null || isTable ? [] : (await compareTrees(project.store, base, added.tree)).map(changeOf);
  const isChanged = isTable
    ? isEmpty
      ? added !== null
      : await isTableChanged(project, dataset, pinned)
    : pinned === null || inAdded.length + changes.length > 0;
  return {
    dataset,
    pinned,
    isPinnedElsewhere: pinned !== null && record === null,
    isTable,
    isChanged,
    addedAt: isChanged === false && isAsAdded ? null : (added?.addedAt ?? null),
    addedOnto: added?.onto?.version ?? null,
    source: null,
    files: working.files,
    bytes: working.bytes,
    notHere: isEmpty && !isTable ? record.files : notHere.length,
    added: inAdded,
    notAdded: changes.map(changeOf),
  };
}

/** By what runs have made: of the files as they are now, and which files the pinned version was made of. */
async function isTableChanged(project: Project, dataset: string, pinned: Digest | null): Promise<boolean | null> {
  if (pinned === null) return true;
  const made = await madeVersion(project, dataset).catch((error: unknown) => {
    if (error instanceof TidegateError) return null; // of files that cannot be read no version was made
    throw error;
  });
  if (made !== null) return made !== pinned;
  return (await datasetHistory(project, dataset)).some(({ digest }) => digest === pinned) ? true : null;
}

function changeOf({ path, before, after }: { readonly path: string; readonly before: unknown; readonly after: unknown }): DatasetChange {
  return { path, change: before === null ? 'added' : after === null ? 'removed' : 'changed' };
}
