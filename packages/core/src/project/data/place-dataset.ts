import { dirname, join } from 'node:path';
import { type Digest, failure, type TreeEntry } from '@tidegate/formats';
import { deliveredTree, readVersion } from '../../data/index.ts';
import { digestAt, prepareFolder } from '../../pipeline/index.ts';
import { entryAt, rmdirSync, rmSync, temporaryBeside, writeLink } from '../../platform/index.ts';
import { type FileToCheckOut, fileDigests, isSameFile, shortestShared } from '../../store/index.ts';
import { lastPlaced, notePlaced } from '../hooks/in-step.ts';
import { datasetHistory, requireDataset } from './dataset-views.ts';
import { newestPassingOf } from '../run/newest-passing.ts';
import type { Project } from '../project.ts';
import type { AddProgress } from './add-dataset.ts';
import { addedTree } from './added.ts';
import { pinInLock, pinnedRecord, pinnedVersion, versionNamed } from './version-names.ts';
import { workingFiles } from './working/working-files.ts';

export interface PlaceRequest {
  /** A digest or its first digits, or a commit, branch or tag; null = the pinned version, or the newest that passes its checks when none is pinned. */
  readonly version: string | null;
  /** A version whose files are there now: those that the placed one does not have go, as do those of the pinned one. Default: none. */
  readonly before?: Digest | null;
  /** Whether files with changes that no version has are written over. */
  readonly force: boolean;
  /** Which of its paths are placed; no other file is touched. Default: all of them. */
  readonly only?: (path: string) => boolean;
  /**
   * Whether files of at least {@link shortestShared} bytes take no room of their own: they share their bytes with the store (reflink), or are its files
   * under a second name (hard link), which nobody may write. Default false.
   */
  readonly link?: boolean;
  /** Says what would be written and writes nothing. Default false. */
  readonly dryRun?: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: AddProgress) => void;
}

export interface PlacedDataset {
  readonly version: Digest;
  /** What `tidegate.lock` pins, where rows of it were forgotten and `version` stands in its place; null in all other cases. */
  readonly replaced: Digest | null;
  /** All files of the version, relative to the project. */
  readonly paths: readonly string[];
  /** Those that were written, for they were others before or not there. */
  readonly written: readonly string[];
  /** Files of the version before that this one does not have. */
  readonly removed: readonly string[];
}

/** So many files are written between two looks at the signal and two words on progress. */
const filesAtATime = 2_000;

/**
 * Puts the files of a dataset version to their own paths; each appears whole or not at all, and one that is right already is not touched. What other
 * files the dataset has stays, but for those of the version that was there before.
 *
 * The names are not made durable one by one: a power failure may take files away or leave them as they were before, and then they are
 * seen to be others and can be placed again.
 *
 * @throws TG-CLI-NOT-FOUND; TG-CLI-CHANGED-FILE, TG-STORE-OBJECT-MISSING, TG-PIPELINE-PUBLISH before anything is written
 */
export async function placeDataset(project: Project, dataset: string, request: PlaceRequest): Promise<PlacedDataset> {
  requireDataset(project, dataset);
  const { version: word, before = null, force, only = () => true, link = false, dryRun = false, signal, onProgress = () => {} } = request;
  const version = word === null ? await versionToPlace(project, dataset) : await versionNamed(project, dataset, word);
  const tree = await project.store.readTree(deliveredTree(await readVersion(project.store, { digest: version })));
  const entries = tree.entries.filter(({ path }) => only(path));
  const present = await presentFiles(project, dataset, entries);
  const isRight = (entry: TreeEntry): boolean =>
    isSameFile(present.get(entry.path) ?? null, entry) && !(link && canShare(entry) && !isShared(join(project.root, entry.path)));
  const written = entries.filter((entry) => !isRight(entry));
  const removed = (await staleFiles(project, dataset, { entries: tree.entries, present, before })).filter(({ path }) => only(path));
  if (!force) await refuseChanged(project, dataset, { written, present });
  await refuseLost(project, written);
  if (!dryRun) {
    await prepareFolders(project.root, [...written, ...removed]);
    for (let at = 0; at < written.length; at += filesAtATime) {
      signal?.throwIfAborted();
      await writeFiles(project, written.slice(at, at + filesAtATime), { link });
      const done = written.slice(0, at + filesAtATime);
      onProgress({ files: done.length, ofFiles: written.length, bytes: done.reduce((sum, { bytes }) => sum + bytes, 0) });
    }
    removeFiles(project.root, removed);
    if (entries.length === tree.entries.length) await notePlaced(project.root, dataset, version);
  }
  const pinned = word === null ? await pinInLock(project, dataset) : null;
  return {
    version,
    replaced: pinned === version ? null : pinned,
    paths: entries.map(({ path }) => path),
    written: written.map(({ path }) => path),
    removed: removed.map(({ path }) => path),
  };
}

async function versionToPlace(project: Project, dataset: string): Promise<Digest> {
  const digest = (await pinnedVersion(project, dataset)) ?? (await newestPassingOf(project, dataset));
  if (digest !== null) return digest;
  const { length } = await datasetHistory(project, dataset);
  const found =
    length === 0 ? 'it was never read' : length === 1 ? 'its only version does not pass' : `none of its ${length} versions passes`;
  const hint =
    length === 0
      ? `Run "tidegate run data.${dataset}" first`
      : `See "tidegate data log ${dataset}", and name the version that you want all the same`;
  throw failure('TG-CLI-NOT-FOUND', `Cannot place data.${dataset}: ${found}`, hint);
}

type Present = ReadonlyMap<string, TreeEntry>;

/** What lies where the dataset has its files, and where the version wants to have some. */
async function presentFiles(project: Project, dataset: string, wanted: readonly TreeEntry[]): Promise<Present> {
  const present = new Map(((await workingFiles(project, [dataset])).get(dataset) ?? []).map((entry) => [entry.path, entry]));
  const digests = fileDigests(project.state, project.platform.clock);
  for (const { path } of wanted) {
    if (present.has(path)) continue;
    const stat = entryAt(join(project.root, path));
    const digest = stat === null ? null : await digestAt({ digests, root: project.root }, path);
    if (stat !== null && digest !== null)
      present.set(path, { path, digest, bytes: Number(stat.size), ...((stat.mode & 0o100n) !== 0n && { executable: true }) });
  }
  digests.save();
  return present;
}

/** Files that belong to what was there before, and are as it has them: what nobody knows is left alone. */
async function staleFiles(
  project: Project,
  dataset: string,
  { entries, present, before }: { readonly entries: readonly TreeEntry[]; readonly present: Present; readonly before: Digest | null },
): Promise<readonly TreeEntry[]> {
  const wanted = new Set(entries.map(({ path }) => path));
  const extra = [...present.values()].filter(({ path }) => !wanted.has(path));
  if (extra.length === 0) return [];
  const former = before === null ? null : await readVersion(project.store, { digest: before });
  const last = (await lastPlaced(project.root))?.[dataset];
  const placed = last === undefined ? null : await readVersion(project.store, { digest: last }).catch(() => null);
  const history = await datasetHistory(project, dataset);
  const versions = [former, placed, await pinnedRecord(project, dataset), ...history.map(({ version }) => version)];
  const trees = versions.flatMap((version) => (version === null ? [] : [version.tree, deliveredTree(version)]));
  const known = new Map<string, Set<Digest>>();
  for (const tree of new Set([...trees, addedTree(project, dataset)?.tree]))
    if (tree !== undefined)
      for (const { path, digest } of (await project.store.readTree(tree).catch(() => null))?.entries ?? [])
        known.set(path, (known.get(path) ?? new Set()).add(digest));
  return extra.filter(({ path, digest }) => known.get(path)?.has(digest) === true);
}

/** Bytes that the store has can be brought back; all others would be lost. */
async function refuseChanged(
  { store, root }: Project,
  dataset: string,
  { written, present }: { readonly written: readonly TreeEntry[]; readonly present: Present },
): Promise<void> {
  const others = written.flatMap(({ path }) => present.get(path) ?? []);
  const lost = new Set(await store.missing(others));
  const links = written.filter(({ path }) => !present.has(path) && entryAt(join(root, path))?.isSymbolicLink() === true);
  const [first, ...more] = [...others.filter(({ digest }) => lost.has(digest)), ...links];
  if (first === undefined) return;
  throw failure(
    'TG-CLI-CHANGED-FILE',
    `Cannot place data.${dataset}: "${first.path}" has changes that no version has${more.length === 0 ? '' : `, and so have ${more.length} more`}`,
    `Move it away, keep it with "tidegate data add ${dataset}", or give it up with "tidegate data checkout ${dataset} --force"`,
  );
}

/** Brings what is elsewhere, and refuses a version of which something is nowhere. */
async function refuseLost({ store }: Project, written: readonly TreeEntry[]): Promise<void> {
  const [gone] = await store.fetch(written);
  if (gone !== undefined) await store.readBytes(gone); // says what is wrong with it
}

/** The folders of files that are to be written; a link in the way must not lead out of the project. */
export async function prepareFolders(root: string, files: readonly TreeEntry[]): Promise<void> {
  for (const folder of new Set(files.map(({ path }) => dirname(path)))) await prepareFolder(root, folder);
}

export async function writeFiles(
  { store, root }: Pick<Project, 'store' | 'root'>,
  entries: readonly TreeEntry[],
  { link: isLinking }: { readonly link: boolean } = { link: false },
): Promise<void> {
  const fileOf = ({ path, digest, executable }: TreeEntry): FileToCheckOut => {
    const target = join(root, path);
    return { digest, path: target, executable: executable === true, by: temporaryBeside(target) };
  };
  const [shared, own] = [
    entries.filter((entry) => isLinking && canShare(entry)),
    entries.filter((entry) => !isLinking || !canShare(entry)),
  ];
  await store.checkOutFiles(own.filter(({ link }) => link === undefined).map(fileOf));
  await store.checkOutFiles(shared.map(fileOf), { as: 'sealed' });
  for (const { path, link } of entries) if (link !== undefined) writeLink(join(root, path), link);
}

function canShare({ bytes, link, executable }: TreeEntry): boolean {
  return link === undefined && executable !== true && bytes >= shortestShared;
}

/** Whether a file has another name, and cannot be written by its modes, as the files of the store are. */
function isShared(path: string): boolean {
  const stat = entryAt(path);
  return stat !== null && stat.nlink > 1n && (stat.mode & 0o222n) === 0n;
}

/** Folders that have nothing in them any more go as well. */
export function removeFiles(root: string, files: readonly TreeEntry[]): void {
  for (const { path } of files) {
    rmSync(join(root, path), { force: true });
    for (let folder = dirname(path); folder !== '.' && removeIfEmpty(join(root, folder)); folder = dirname(folder));
  }
}

function removeIfEmpty(folder: string): boolean {
  try {
    rmdirSync(folder);
    return true;
  } catch {
    return false;
  }
}
