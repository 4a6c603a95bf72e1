import { basename, join, relative, sep } from 'node:path';
import { failure, type TreeEntry } from '@tidegate/formats';
import { keptFiles, type LeftOut } from '../../../config/index.ts';
import { digestOfFile, entryAt } from '../../../platform/index.ts';
import { type EditedTree, editTree, isTreePath } from '../../../store/index.ts';
import { isOwnPath } from '../../is-own-path.ts';
import type { Project } from '../../project.ts';
import { filesIn, folderOf } from '../import-places.ts';
import type { AddedFilesOnto, FileEdits, FileToAdd } from './onto-edits.ts';
import { rowsAfter } from './rows-after.ts';

/** Puts files into the tree of a version, and takes others out. With `dryRun` nothing is stored. @throws as `addOnto` */
export async function editFiles(
  project: Project,
  edits: FileEdits,
): Promise<Omit<AddedFilesOnto, 'dataset' | 'onto' | 'isNew' | 'instead' | 'unit'>> {
  const { store } = project;
  const { base, dryRun } = edits;
  const remove = edits.remove.map((path) => path.replace(/^(\.\/)+|\/+$/g, ''));
  for (const path of remove) refuseForeign(project, edits.dataset, path);
  const wanted = await filesToAdd(project, edits);
  const { put, leftOut } = await keptAfter(project, { ...edits, remove, put: wanted });
  const edited = await editTree(store, base.tree, { remove: [...remove, ...leftOut.old], put: put.map(entryOf) });
  const [absent] = edited.absent;
  if (absent !== undefined) throw notThere(edits.dataset, absent);
  const rows = await rowsAfter(project, { ...edits, put, gone: edited.gone });
  if (!dryRun) await storeEdited(project, edited);
  return {
    tree: edited.digest,
    files: edited.files,
    bytes: edited.bytes,
    rows,
    put: put.map(({ path }) => path),
    gone: edited.gone.map(({ path }) => path),
    leftOut: leftOut.told,
  };
}

interface KeptAfter {
  readonly put: readonly FileToAdd[];
  readonly leftOut: { readonly old: readonly string[]; readonly told: LeftOut | null };
}

/** What of the files that go in, and of those that are there, is in partitions that are kept. Only where there is such a rule are all names of the version read. */
async function keptAfter(
  { store, config }: Project,
  { dataset, base, remove, put }: FileEdits & { readonly put: readonly FileToAdd[] },
): Promise<KeptAfter> {
  const partitions = config.data[dataset]?.partitions;
  if (partitions === undefined) return { put, leftOut: { old: [], told: null } };
  const news = new Set(put.map(({ path }) => path));
  const isRemoved = (path: string): boolean => remove.some((one) => path === one || path.startsWith(`${one}/`));
  const olds =
    partitions.keep === null ? [] : (await store.readTree(base.tree)).entries.filter(({ path }) => !news.has(path) && !isRemoved(path));
  const { kept, leftOut } = keptFiles<{ readonly path: string }>([...olds, ...put], partitions);
  const isKept = new Set(kept.map(({ path }) => path));
  return {
    put: put.filter(({ path }) => isKept.has(path)),
    leftOut: { old: olds.flatMap(({ path }) => (isKept.has(path) ? [] : [path])), told: leftOut },
  };
}

/** So many files are read and stored between two looks at the signal and two words on progress. */
const filesAtATime = 500;

async function filesToAdd(project: Project, { dataset, from, at, dryRun, signal, onProgress }: FileEdits): Promise<readonly FileToAdd[]> {
  const places = placesOf(project, dataset, { from, at });
  const found: FileToAdd[] = [];
  let bytes = 0;
  for (let first = 0; first < places.length; first += filesAtATime) {
    signal.throwIfAborted();
    const some = places.slice(first, first + filesAtATime);
    const stats = some.map((place) => ({ ...place, stat: entryAt(place.from) }));
    const sizes = stats.map(({ stat }) => Number(stat?.size ?? 0));
    const digests = dryRun
      ? await Promise.all(some.map((place) => digestOfFile(place.from)))
      : (await project.store.putFiles(some.map((place, index) => ({ path: place.from, bytes: sizes[index] ?? 0 })))).map(
          ({ digest }) => digest,
        );
    for (const [index, digest] of digests.entries()) {
      const place = stats[index];
      if (place === undefined) continue;
      found.push({
        from: place.from,
        path: place.path,
        digest,
        bytes: sizes[index] ?? 0,
        executable: ((place.stat?.mode ?? 0n) & 0o100n) !== 0n,
      });
      bytes += sizes[index] ?? 0;
    }
    onProgress({ files: found.length, ofFiles: places.length, bytes });
  }
  return found;
}

/** Where each file goes to. @throws TG-CLI-USAGE when the dataset has no files there, or two files go to one place */
function placesOf(
  project: Project,
  dataset: string,
  { from, at }: Pick<FileEdits, 'from' | 'at'>,
): readonly { readonly from: string; readonly path: string }[] {
  const folder = at === null ? null : at.replace(/^(\.\/)+|\/+$/g, '');
  const places = new Map<string, string>();
  for (const one of from)
    for (const { from: file, name } of filesIn(one)) {
      const path =
        folder === null ? ownPathOf(project, dataset, { file, name }) : folder === '' || folder === '.' ? name : `${folder}/${name}`;
      refuseForeign(project, dataset, path);
      const other = places.get(path);
      if (other !== undefined && other !== file) throw twice(dataset, path);
      places.set(path, file);
    }
  const inFile = [...places.keys()].find((path) => foldersOf(path).some((folder) => places.has(folder)));
  if (inFile !== undefined) throw twice(dataset, foldersOf(inFile).find((folder) => places.has(folder)) ?? inFile);
  return [...places].map(([path, file]) => ({ from: file, path }));
}

/** The folders that a path lies in, the outermost first. */
function foldersOf(path: string): readonly string[] {
  const parts = path.split('/');
  return parts.slice(1).map((_, at) => parts.slice(0, at + 1).join('/'));
}

/** Where it lies, if that is a place of the dataset; else in the folder of the dataset's first pattern. */
function ownPathOf({ root, config }: Project, dataset: string, { file, name }: { readonly file: string; readonly name: string }): string {
  const settings = config.data[dataset];
  const inProject = relative(root, file).split(sep).join('/');
  if (settings !== undefined && isTreePath(inProject) && isOwnPath(inProject, dataset, settings)) return inProject;
  const folder = folderOf(settings?.from.files ?? [], dataset);
  return folder === '.' ? name : basename(folder) === name && settings?.from.files[0] === folder ? folder : join(folder, name);
}

function refuseForeign({ config }: Project, dataset: string, path: string): void {
  const settings = config.data[dataset];
  if (settings !== undefined && isTreePath(path) && isOwnPath(path, dataset, settings)) return;
  throw failure(
    'TG-CLI-USAGE',
    `Cannot change ${JSON.stringify(path)} in a version of data.${dataset}: the dataset has its files at ${(settings?.from.files ?? []).map((pattern) => `"${pattern}"`).join(', ')}`,
    'Name a path there, relative to the project: "--at FOLDER"',
  );
}

function entryOf({ path, digest, bytes, executable }: FileToAdd): TreeEntry {
  return { path, digest, bytes, ...(executable && { executable }) };
}

/**
 * Stores the records of the tree. A link elsewhere in it may lead to a file that is gone, which only all of its records tell.
 *
 * @throws TG-STORE-TREE
 */
async function storeEdited({ store }: Project, { digest, records, gone }: EditedTree): Promise<void> {
  for (const { text } of records) await store.putBytes(text);
  if (gone.length > 0) await store.readTree(digest);
}

function notThere(dataset: string, path: string): Error {
  return failure(
    'TG-CLI-NOT-FOUND',
    `Cannot take ${JSON.stringify(path)} out of data.${dataset}: the version has no such file or folder`,
    `See what it has: "tidegate data ls ${dataset}"`,
  );
}

function twice(dataset: string, path: string): Error {
  return failure(
    'TG-CLI-USAGE',
    `Cannot add two files to data.${dataset} as "${path}"`,
    'Add them one after the other, each with its own "--at FOLDER"',
  );
}
