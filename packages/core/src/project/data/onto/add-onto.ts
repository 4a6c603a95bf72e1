import { failure } from '@tidegate/formats';
import { readVersion, tableAt } from '../../../data/index.ts';
import { requireDataset } from '../dataset-views.ts';
import type { Project } from '../../project.ts';
import { tombstonesOf } from '../../forget/tombstones.ts';
import { type AddedTree, addedTree, noteAdded } from '../added.ts';
import { versionOrPinned } from '../version-or-pinned.ts';
import { deliveredBase } from './delivered-base.ts';
import { editFiles } from './edit-files.ts';
import { editRows } from './edit-rows.ts';
import type { AddedOnto, AddOntoOptions, Base } from './onto-edits.ts';

/**
 * Makes what the next version is to have of another version, of which only the records on the way to what is different are read: files go in, take the place of
 * others or come out, and all the rest may be on the remote alone. The working tree has no say in it and stays as it is. What was added onto the same version
 * before stays. Of a table rows go in and partitions come out.
 *
 * @throws TG-CLI-NOT-FOUND for a version, a file or a path that is not there; TG-CLI-USAGE for a place where the dataset has no files; TG-DATA-FORMAT,
 *   TG-DATA-TYPE-CONFLICT for files that do not go with the others
 */
export async function addOnto(project: Project, dataset: string, options: AddOntoOptions): Promise<AddedOnto> {
  requireDataset(project, dataset);
  if (project.config.data[dataset]?.from.source !== undefined) throw fromSource(dataset);
  for (;;) {
    const made = await addOnce(project, dataset, options);
    if (made !== null) return made;
    options.signal.throwIfAborted();
  }
}

/** Null when meanwhile something was added by somebody else, or rows were forgotten, so that it is made of what is no longer there. */
async function addOnce(project: Project, dataset: string, options: AddOntoOptions): Promise<AddedOnto | null> {
  const ground = (): string =>
    JSON.stringify([addedTree(project, dataset), tombstonesOf(project, dataset).map(({ tombstone }) => tombstone.id)]);
  const before = ground();
  const added = addedTree(project, dataset);
  const base = await baseOf(project, dataset, { word: options.version, added });
  const isTable = (await tableAt(project.store, base.tree)) !== null;
  if (options.replace && !isTable) throw noTable(dataset);
  const edits = { dataset, base, ...options };
  const edited = isTable
    ? { unit: 'row' as const, ...(await editRows(project, edits)) }
    : { unit: 'file' as const, ...(await editFiles(project, edits)) };
  const { tree, files, bytes, rows } = edited;
  const onto = { version: base.version, rows };
  if (!options.dryRun && !noteAdded(project, dataset, { tree, files, bytes, onto }, () => ground() === before)) return null;
  const instead = added === null || added.onto?.version === base.version ? null : { onto: added.onto?.version ?? null, files: added.files };
  return { dataset, onto: base.version, isNew: tree !== base.tree, instead, ...edited };
}

async function baseOf(
  project: Project,
  dataset: string,
  { word, added }: { readonly word: string | null; readonly added: AddedTree | null },
): Promise<Base> {
  const version = await versionOrPinned(project, dataset, word);
  const record = await readVersion(project.store, { digest: version });
  if (added?.onto?.version !== version) return { ...(await deliveredBase(project, record)), version };
  const { tree, files, bytes, onto } = added;
  return { ...record, version, tree, files, bytes, rows: onto.rows };
}

function noTable(dataset: string): Error {
  return failure(
    'TG-CLI-USAGE',
    `Cannot replace partitions of data.${dataset}: its versions are files, and not rows with partitions`,
    'Take the folder out and put the files there: --remove FOLDER FILE… --at FOLDER',
  );
}

function fromSource(dataset: string): Error {
  return failure(
    'TG-CLI-USAGE',
    `Cannot add files onto a version of data.${dataset}: it comes from a source, which says what is in it`,
    `Read the source: "tidegate data add ${dataset}"`,
  );
}
