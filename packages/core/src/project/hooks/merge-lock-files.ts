import { type DatasetVersion, type Digest, TidegateError } from '@tidegate/formats';
import { mergeLocks, parseLock, type PinConflict } from '../../config/index.ts';
import { readVersion } from '../../data/index.ts';
import { capture, type Platform, readFile, writeFile } from '../../platform/index.ts';
import { findHome, folderObjectStore } from '../../store/index.ts';
import type { MergedDataset, VersionsToMerge } from '../data/merge-dataset.ts';

/** The three files that Git gives a merge driver; the result goes into `ours`. */
export interface LockFiles {
  readonly base: string;
  readonly ours: string;
  readonly theirs: string;
}

/** A conflict, with what is known of the two versions of a dataset on this machine. */
export interface ToldConflict extends PinConflict {
  readonly versions: { readonly ours: DatasetVersion | null; readonly theirs: DatasetVersion | null };
  /** What both versions of a dataset have changed in different ways; null when that could not be found out. */
  readonly merge: Extract<MergedDataset, { readonly kind: 'conflict' }> | null;
}

export type MergedVersion = Extract<MergedDataset, { readonly kind: 'merged' }>;

/** What came of it: conflicts, or that a file was none that can be read, so that Git's own way of merging texts was taken. */
export type LockMerge =
  | { readonly kind: 'pins'; readonly merged: readonly MergedVersion[]; readonly conflicts: readonly ToldConflict[] }
  | { readonly kind: 'text'; readonly isClean: boolean };

export interface LockMergeOptions {
  readonly platform: Platform;
  /** Makes one version of two; null when it cannot, for instance since one is not on this machine. */
  readonly mergeVersions: (dataset: string, versions: VersionsToMerge) => Promise<MergedDataset | null>;
}

/** Merges `tidegate.lock` pin by pin, and where both sides have moved the pin of a dataset, the data. */
export async function mergeLockFiles(files: LockFiles, { platform, mergeVersions }: LockMergeOptions): Promise<LockMerge> {
  const [base, ours, theirs] = await Promise.all([files.base, files.ours, files.theirs].map(lockIn));
  if (base === null || ours === null || theirs === null || base === undefined || ours === undefined || theirs === undefined)
    return { kind: 'text', isClean: await mergeAsText(files) };
  const locks = { base, ours, theirs };
  const outcomes = new Map<string, MergedDataset | null>();
  for (const { section, name, ...pins } of mergeLocks(locks).conflicts)
    if (section === 'data' && pins.ours !== null && pins.theirs !== null)
      outcomes.set(name, await mergeVersions(name, { base: pins.base, ours: pins.ours, theirs: pins.theirs }));
  const merged = [...outcomes.values()].filter((outcome) => outcome?.kind === 'merged');
  const { text, conflicts } = mergeLocks(locks, Object.fromEntries(merged.map(({ dataset, version }) => [dataset, version])));
  await writeFile(files.ours, text);
  return { kind: 'pins', merged, conflicts: await withVersions(conflicts, { platform, outcomes }) };
}

async function lockIn(path: string): Promise<ReturnType<typeof parseLock> | null> {
  try {
    return parseLock(await readFile(path, 'utf8'));
  } catch (error) {
    if (error instanceof TidegateError) return null;
    throw error;
  }
}

async function mergeAsText({ base, ours, theirs }: LockFiles): Promise<boolean> {
  const labels = ['ours', 'base', 'theirs'].flatMap((label) => ['-L', label]);
  return (await capture(['git', 'merge-file', ...labels, ours, base, theirs], { cwd: process.cwd() })).code === 0;
}

async function withVersions(
  conflicts: readonly PinConflict[],
  { platform, outcomes }: { readonly platform: Platform; readonly outcomes: ReadonlyMap<string, MergedDataset | null> },
): Promise<readonly ToldConflict[]> {
  if (conflicts.length === 0) return [];
  using store = folderObjectStore(findHome(platform).objects);
  const versionOf = async (section: string, digest: Digest | null): Promise<DatasetVersion | null> => {
    if (section !== 'data' || digest === null) return null;
    return readVersion(store, { digest }).catch((error: unknown) => {
      if (error instanceof TidegateError) return null;
      throw error;
    });
  };
  const told: ToldConflict[] = [];
  for (const conflict of conflicts) {
    const [ours, theirs] = [await versionOf(conflict.section, conflict.ours), await versionOf(conflict.section, conflict.theirs)];
    const outcome = conflict.section === 'data' ? outcomes.get(conflict.name) : null;
    told.push({ ...conflict, versions: { ours, theirs }, merge: outcome?.kind === 'conflict' ? outcome : null });
  }
  return told;
}
