import { type DatasetVersion, type Digest, failure, isDigest, TidegateError } from '@tidegate/formats';
import { lockFileName, parseLock, readLock } from '../../config/index.ts';
import { readVersion } from '../../data/index.ts';
import { capture } from '../../platform/index.ts';
import { replacements } from '../../store/index.ts';
import { datasetHistory, requireDataset } from './dataset-views.ts';
import type { Project } from '../project.ts';

/** The version that `tidegate.lock` pins, or what stands in its place since rows were forgotten; null when it pins none. */
export async function pinnedVersion(project: Project, dataset: string): Promise<Digest | null> {
  const pinned = await pinInLock(project, dataset);
  return pinned === null ? null : replacements(project.state, project.name).newest(pinned);
}

/** The version that `tidegate.lock` names; null when it pins none. */
export async function pinInLock({ root }: Pick<Project, 'root'>, dataset: string): Promise<Digest | null> {
  const { data } = await readLock(root);
  return Object.hasOwn(data, dataset) ? (data[dataset] ?? null) : null;
}

/** The record of the pinned version; null when nothing is pinned, or it is nowhere at hand. */
export async function pinnedRecord(project: Project, dataset: string): Promise<(DatasetVersion & { readonly digest: Digest }) | null> {
  const digest = await pinnedVersion(project, dataset);
  if (digest === null) return null;
  try {
    return { ...(await readVersion(project.store, { digest })), digest };
  } catch (error) {
    if (error instanceof TidegateError) return null;
    throw error;
  }
}

/**
 * The version that a word names: a digest or its first digits, or a commit, branch or tag whose `tidegate.lock` pins it.
 *
 * @throws TG-CLI-NOT-FOUND when there is none, or more than one
 */
export async function versionNamed(project: Project, dataset: string, word: string): Promise<Digest> {
  requireDataset(project, dataset);
  const { newest, all } = replacements(project.state, project.name);
  if (isDigest(word)) return newest(word);
  const digits = word.replace(/^sha256:/, '');
  const pinned = await pinnedVersion(project, dataset);
  const history = (await datasetHistory(project, dataset)).map(({ digest }) => digest);
  const own = new Set([...history, ...(pinned === null ? [] : [pinned])]);
  const known = new Set([...own, ...[...all()].flatMap(([old, young]) => (own.has(young) ? [old] : []))]);
  const found = [...known].filter((digest) => digest.startsWith(`sha256:${digits}`));
  const [first] = found;
  if (first !== undefined && found.length === 1) return newest(first);
  const atCommit = first === undefined ? await pinnedAt(project, dataset, word) : null;
  if (atCommit !== null) return newest(atCommit);
  throw failure(
    'TG-CLI-NOT-FOUND',
    `Cannot find version "${word}" of data.${dataset}: ${first === undefined ? 'it has none of that name' : 'several begin with these digits'}`,
    `See "tidegate data log ${dataset}" for its versions; a commit, branch or tag names the one that its ${lockFileName} pins`,
  );
}

/** What the lock file of a commit pins; null when there is no such commit, no lock in it, or no pin of the dataset. */
export async function pinnedAt({ root, platform }: Project, dataset: string, commit: string): Promise<Digest | null> {
  if (/^-|[:\0]/.test(commit)) return null; // none of Git's names, and the colon begins a path
  const variables = { ...platform.variables, GIT_OPTIONAL_LOCKS: '0' };
  const { code, stdout } = await capture(['git', 'show', '--end-of-options', `${commit}:./${lockFileName}`], { cwd: root, variables });
  if (code !== 0) return null;
  const { data } = parseLock(stdout);
  return Object.hasOwn(data, dataset) ? (data[dataset] ?? null) : null;
}
