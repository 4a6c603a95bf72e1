import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { type Digest, TidegateError, type TreeEntry } from '@tidegate/formats';
import { emptyLock, type Lock, lockFileName, parseLock, readLock } from '../../config/index.ts';
import { deliveredTree, readVersion, tablesAsTrees } from '../../data/index.ts';
import { digestAt, type PlaceParts } from '../../pipeline/index.ts';
import { entryAt, linkText } from '../../platform/index.ts';
import { fileDigests, followReplaced, type ObjectStore, replacements } from '../../store/index.ts';
import { prepareFolders, removeFiles, writeFiles } from '../data/place-dataset.ts';
import type { Project } from '../project.ts';
import { isOwnPath } from '../is-own-path.ts';
import { git } from './hooks-place.ts';

/** What became of the files of a dataset whose pin the checked-out lock holds. */
export interface FollowedDataset {
  readonly dataset: string;
  readonly version: Digest;
  /** Files that were written, and files of the version before that were taken away. */
  readonly placed: number;
  readonly removed: number;
  /** Files with bytes that no version has: they were left. */
  readonly kept: readonly string[];
  /** Files whose bytes are not on this machine; null when the version itself is not. */
  readonly absent: number | null;
}

/**
 * Brings the files of datasets to the versions that `tidegate.lock` pins, after Git has changed it. Only paths that the dataset's own patterns cover and
 * that Git does not track are touched, files with bytes that the store does not have are left, and nothing is fetched: Git is not made to wait.
 *
 * @param before the commit that was checked out, or its versions by dataset; files of its versions that are no longer part of theirs go. Null = none
 * @returns the datasets of which something was done, or could not be
 * @throws TG-CONFIG-LOCK-CONFLICT; TG-PIPELINE-PUBLISH where something is in the way
 */
export async function followLock(project: Project, before: string | Lock['data'] | null): Promise<readonly FollowedDataset[]> {
  const { root, config, home, state, platform } = project;
  const [lock, earlier] = [await readLock(root), await lockAt(root, before)];
  if (before !== null && isDeepStrictEqual({ ...lock.data }, { ...earlier.data })) return [];
  const tracked = await trackedIn(root);
  const store = followReplaced(tablesAsTrees(project.objects, home.parts), replacements(state, project.name));
  const parts: PlaceParts = { store, digests: fileDigests(state, platform.clock), root };
  const followed: FollowedDataset[] = [];
  for (const [dataset, settings] of Object.entries(config.data)) {
    const [version, last] = [pinOf(lock, dataset), pinOf(earlier, dataset)];
    if (version === null || (before !== null && version === last)) continue;
    const isOwn = (path: string): boolean => tracked?.has(path) === false && isOwnPath(path, dataset, settings);
    const wanted = await filesOf(store, version, isOwn);
    if (wanted === null) {
      followed.push({ dataset, version, placed: 0, removed: 0, kept: [], absent: null });
      continue;
    }
    const { stale, kept, absent } = await compare(parts, wanted);
    const old = last === null ? [] : await outdated(parts, (await filesOf(store, last, isOwn)) ?? [], wanted);
    await prepareFolders(root, [...stale, ...old]);
    await writeFiles({ store, root }, stale);
    removeFiles(root, old);
    if (stale.length + old.length + kept.length + absent > 0)
      followed.push({ dataset, version, placed: stale.length, removed: old.length, kept, absent });
  }
  parts.digests.save();
  return followed;
}

function pinOf(lock: Lock, dataset: string): Digest | null {
  return Object.hasOwn(lock.data, dataset) ? (lock.data[dataset] ?? null) : null;
}

/** What a commit pinned; nothing where that cannot be read. */
async function lockAt(root: string, commit: string | Lock['data'] | null): Promise<Lock> {
  if (commit !== null && typeof commit !== 'string') return { ...emptyLock, data: commit };
  const text = commit === null ? null : await git(root, ['show', `${commit}:./${lockFileName}`]);
  try {
    return parseLock(text === null || text === '' ? '' : `${text}\n`);
  } catch (error) {
    if (error instanceof TidegateError) return emptyLock;
    throw error;
  }
}

/** Files that Git looks after itself; null when it cannot say, and then none is touched. */
async function trackedIn(root: string): Promise<ReadonlySet<string> | null> {
  const listed = await git(root, ['ls-files', '-z', '--recurse-submodules']);
  return listed === null ? null : new Set(listed.split('\0'));
}

/** Null when the version, or its tree, is not on this machine. */
async function filesOf(store: ObjectStore, version: Digest, isOwn: (path: string) => boolean): Promise<readonly TreeEntry[] | null> {
  try {
    const tree = deliveredTree(await readVersion(store, { digest: version }));
    return (await store.readTree(tree)).entries.filter(({ path }) => isOwn(path));
  } catch (error) {
    if (error instanceof TidegateError) return null;
    throw error;
  }
}

interface FoundFiles {
  /** Files to write: others than wanted, or not there. */
  readonly stale: readonly TreeEntry[];
  readonly kept: readonly string[];
  readonly absent: number;
}

async function compare(parts: PlaceParts, wanted: readonly TreeEntry[]): Promise<FoundFiles> {
  const [stale, kept]: [TreeEntry[], string[]] = [[], []];
  let absent = 0;
  for (const entry of wanted) {
    const [stat, present] = [entryAt(join(parts.root, entry.path)), await digestAt(parts, entry.path)];
    if (stat?.isSymbolicLink() === true && linkText(join(parts.root, entry.path)) === entry.link) continue;
    if (present === entry.digest && entry.link === undefined) continue;
    if (present === null ? stat !== null : !(await parts.store.has(present))) kept.push(entry.path);
    else if (await parts.store.has(entry.digest)) stale.push(entry);
    else absent += 1;
  }
  return { stale, kept, absent };
}

/** Files of the version before that are as it has them, and are no longer part of the dataset. */
async function outdated(parts: PlaceParts, gone: readonly TreeEntry[], wanted: readonly TreeEntry[]): Promise<readonly TreeEntry[]> {
  const staying = new Set(wanted.map(({ path }) => path));
  const old: TreeEntry[] = [];
  for (const entry of gone) {
    if (staying.has(entry.path)) continue;
    const path = join(parts.root, entry.path);
    const isLink = entryAt(path)?.isSymbolicLink() === true && linkText(path) === entry.link;
    if (isLink || ((await digestAt(parts, entry.path)) === entry.digest && (await parts.store.has(entry.digest)))) old.push(entry);
  }
  return old;
}
