import { join } from 'node:path';
import { type Digest, failure, TidegateError, type TreeEntry } from '@tidegate/formats';
import type { LeftOut } from '../../config/index.ts';
import { deliveredTree, refusePointers } from '../../data/index.ts';
import { buildTree, type ReadAll } from '../../store/index.ts';
import { requireDataset } from './dataset-views.ts';
import type { Project } from '../project.ts';
import { addedTree, isOnto, noteAdded } from './added.ts';
import { filesLeftOut } from './left-out.ts';
import { expectFiles } from './many-files.ts';
import { nearestPattern } from './nearest-pattern.ts';
import { refuseNotPulled } from './working/working-changes.ts';
import { pinnedRecord } from './version-names.ts';
import { workingFiles } from './working/working-files.ts';

export interface AddOptions {
  /** Reads what would be added and stores nothing. */
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
  /** Told how many files have been read so far, of how many. */
  readonly onProgress: (done: AddProgress) => void;
}

export interface AddProgress {
  readonly files: number;
  readonly ofFiles: number;
  readonly bytes: number;
}

export interface AddedDataset {
  readonly dataset: string;
  readonly tree: Digest;
  readonly files: number;
  readonly bytes: number;
  /** Files that were read, for their stat was not known. */
  readonly read: number;
  /** Whether it is another tree than the one that was added before, or when nothing was since, than that of the pinned version. */
  readonly isNew: boolean;
  /** What was added onto a version before, is in no version, and not in this either; null = nothing. */
  readonly instead: { readonly onto: Digest; readonly files: number } | null;
  /** What is in partitions that `keep` leaves out; null = nothing. */
  readonly leftOut: LeftOut | null;
}

/** So many files are read and stored between two looks at the signal and two words on progress. */
const filesAtATime = 2_000;

/**
 * Stores the files of a dataset as they are now, read once, and notes them as what the next version is to have. When it is killed, what it has stored
 * so far is there already for the next time.
 *
 * @throws TG-CLI-NOT-FOUND, TG-DATA-NO-FILES, TG-DATA-PARTITION, TG-DATA-POINTER, TG-STORE-FILE-CHANGED, TG-STORE-DISK-FULL
 */
export async function addDataset(project: Project, dataset: string, options: AddOptions): Promise<AddedDataset> {
  requireDataset(project, dataset);
  for (let tried = 1; ; tried++)
    try {
      return await addOnce(project, dataset, options);
    } catch (error) {
      if (tried === mostTries || !isFileChanged(error)) throw error;
    }
}

/** A file that another process writes between the look at its stat and the reading is looked at once more; so is what is written all the time, but not for ever. */
const mostTries = 5;

function isFileChanged(error: unknown): boolean {
  return error instanceof TidegateError && error.diagnostics.some(({ code }) => code === 'TG-STORE-FILE-CHANGED');
}

async function addOnce(project: Project, dataset: string, options: AddOptions): Promise<AddedDataset> {
  const { store } = project;
  let readFiles = 0;
  const read: ReadAll = async (files) => {
    expectFiles(files.length);
    const found: { readonly digest: Digest }[] = [];
    let bytes = 0;
    for (let at = 0; at < files.length; at += filesAtATime) {
      options.signal.throwIfAborted();
      const some = files.slice(at, at + filesAtATime);
      for (const object of await store.putFiles(some)) found.push(object);
      bytes += some.reduce((sum, file) => sum + file.bytes, 0);
      options.onProgress({ files: Math.min(at + filesAtATime, files.length), ofFiles: files.length, bytes });
    }
    readFiles += files.length;
    return found;
  };
  const entries = (await workingFiles(project, [dataset], options.dryRun ? {} : { read })).get(dataset) ?? [];
  await refuseNotPulled(project, dataset, entries);
  if (entries.length === 0) throw noFiles(project, dataset);
  refusePointers(entries.map(({ path, bytes: size }) => ({ path, file: join(project.root, path), bytes: size })));
  expectFiles(entries.length); // whoever makes a version next goes through all of them again
  const bytes = entries.reduce((sum, entry) => sum + entry.bytes, 0);
  const before = addedTree(project, dataset);
  const tree = options.dryRun ? buildTree(entries).digest : await storeTree(project, entries);
  if (!options.dryRun) noteAdded(project, dataset, { tree, files: entries.length, bytes, onto: null });
  const pinned = before === null ? await pinnedRecord(project, dataset) : null;
  const known = before?.tree ?? (pinned === null ? null : deliveredTree(pinned));
  const instead = before === null || !isOnto(before) ? null : { onto: before.onto.version, files: before.files };
  const leftOut = filesLeftOut(project, dataset);
  return { dataset, tree, files: entries.length, bytes, read: readFiles, isNew: tree !== known, instead, leftOut };
}

/** A version has files, so nothing is no change of it. */
function noFiles({ config, root, home }: Project, dataset: string): Error {
  const patterns = config.data[dataset]?.from.files ?? [];
  const near = nearestPattern({ root, except: home.root }, patterns);
  return failure(
    'TG-DATA-NO-FILES',
    `Cannot add data.${dataset}: no file matches ${patterns.map((pattern) => `"${pattern}"`).join(', ')}${near === null ? '' : `; did you mean "${near}"?`}`,
    `Put files there, or correct "from" of "${dataset}" in tidegate.yaml`,
  );
}

async function storeTree(project: Project, entries: readonly TreeEntry[]): Promise<Digest> {
  await storeAgain(project, entries);
  return (await project.store.putEntries(entries)).digest;
}

/** Stores files whose digest is known from before and that are not in the store, or no longer. */
async function storeAgain({ store, root }: Project, entries: readonly TreeEntry[]): Promise<void> {
  const gone = new Set(await store.missing(entries));
  if (gone.size === 0) return;
  await store.putFiles(
    entries.filter(({ digest }) => gone.has(digest)).map(({ path, digest, bytes }) => ({ path: join(root, path), known: digest, bytes })),
  );
}
