import { type Digest, failure, TidegateError } from '@tidegate/formats';
import { lockFileName, type LocksToMerge, mergeLocks, parseLock, settleConflict } from '../../config/index.ts';
import { capture } from '../../platform/index.ts';
import { changeLockText } from './change-lock.ts';
import { requireDataset } from './dataset-views.ts';
import type { Project } from '../project.ts';
import { pinVersion } from './pin-version.ts';
import type { VersionsToMerge } from './merge-dataset.ts';
import { pinnedAt, pinnedVersion, versionNamed } from './version-names.ts';

/** A dataset whose pin a merge of Git's has left in conflict. */
export interface PinToMerge extends VersionsToMerge {
  readonly dataset: string;
}

/**
 * The datasets that a merge under way has left in conflict, out of what Git keeps of the three sides.
 *
 * @throws TG-CLI-USAGE when there is none, or a side no longer pins the dataset
 */
export async function pinsToMerge(project: Project, datasets: readonly string[]): Promise<readonly PinToMerge[]> {
  for (const dataset of datasets) requireDataset(project, dataset);
  const locks = await locksUnderWay(project);
  const conflicts = locks === null ? [] : mergeLocks(locks).conflicts.filter(({ section }) => section === 'data');
  const wanted = datasets.length === 0 ? conflicts : conflicts.filter(({ name }) => datasets.includes(name));
  const missed = datasets.find((dataset) => !conflicts.some(({ name }) => name === dataset));
  if (wanted.length === 0 || missed !== undefined)
    throw failure(
      'TG-CLI-USAGE',
      `Cannot merge ${missed === undefined ? 'data' : `data.${missed}`}: no merge of Git's has left its pin in conflict`,
      `Name what is to be merged into the pinned version: tidegate data merge ${missed ?? 'NAME'} --from BRANCH`,
    );
  return wanted.map(({ name, base, ours, theirs }) => {
    if (ours !== null && theirs !== null) return { dataset: name, base, ours, theirs };
    throw failure(
      'TG-CLI-USAGE',
      `Cannot merge data.${name}: one side no longer pins it`,
      `Keep its line in ${lockFileName} or delete it, then run: git add ${lockFileName}`,
    );
  });
}

/** Null when the lock is in no conflict. */
async function locksUnderWay({ root }: Project): Promise<LocksToMerge | null> {
  const [base, ours, theirs] = [await stage(root, 1), await stage(root, 2), await stage(root, 3)];
  if (ours === null || theirs === null) return null;
  return { base: parseLock(base ?? ''), ours: parseLock(ours), theirs: parseLock(theirs) };
}

async function stage(root: string, number: number): Promise<string | null> {
  const { code, stdout } = await capture(['git', 'show', `:${number}:./${lockFileName}`], { cwd: root });
  return code === 0 ? stdout : null;
}

/**
 * A version that is to be merged into the pinned one, with the version that both come from.
 *
 * @param from a digest or its first digits, or a commit, branch or tag
 * @param base as `from`. Null = what the commit pins at which the two branches part, or nothing when it pins none
 * @throws TG-CLI-NOT-FOUND for a version; TG-CLI-USAGE when nothing tells what both come from
 */
export async function versionToMerge(
  project: Project,
  dataset: string,
  { from, base }: { readonly from: string; readonly base: string | null },
): Promise<PinToMerge> {
  const theirs = await versionNamed(project, dataset, from);
  const ours = await pinnedVersion(project, dataset);
  if (ours === null)
    throw failure(
      'TG-CLI-USAGE',
      `Cannot merge into data.${dataset}: ${lockFileName} pins no version of it`,
      `Run "tidegate data commit ${dataset}" first`,
    );
  if (base !== null) return { dataset, base: await versionNamed(project, dataset, base), ours, theirs };
  const origin = await commitBefore(project, from);
  if (origin !== null) return { dataset, base: await pinnedAt(project, dataset, origin), ours, theirs };
  throw failure(
    'TG-CLI-USAGE',
    `Cannot merge "${from}" into data.${dataset}: it is no branch, so nothing tells which version both come from`,
    `Name that version: tidegate data merge ${dataset} --from ${from} --base VERSION`,
  );
}

/** Where the branch that is checked out and another one part; null when that word names none. */
async function commitBefore({ root }: Project, branch: string): Promise<string | null> {
  const { code, stdout } = await capture(['git', 'merge-base', '--end-of-options', 'HEAD', branch], { cwd: root });
  return code === 0 ? stdout.trim() : null;
}

/** Pins what was merged: in the place of the conflict where there is one. @returns whether the lock is in no other conflict */
export async function settlePin(project: Project, dataset: string, version: Digest): Promise<boolean> {
  const locks = await locksUnderWay(project);
  let isWhole: boolean | null = null; // of a conflict; null where there is none
  await changeLockText(project, (present) => {
    if (locks === null || isReadable(present)) return null;
    const text = settleConflict(present, dataset, version) ?? settleConflict(mergeLocks(locks).text, dataset, version);
    isWhole = text !== null && isReadable(text);
    return text;
  });
  if (isWhole !== null) return isWhole;
  await pinVersion(project, dataset, version);
  return true;
}

function isReadable(text: string): boolean {
  try {
    parseLock(text);
    return true;
  } catch (error) {
    if (error instanceof TidegateError) return false;
    throw error;
  }
}
