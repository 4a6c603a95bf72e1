import { dirname, extname, join } from 'node:path';
import { formatOf } from '../../data/index.ts';
import { prepareFolder } from '../../pipeline/index.ts';
import { chmod, constants, copyFile, entryAt, rename, rm, temporaryBeside } from '../../platform/index.ts';
import type { Project } from '../project.ts';
import { addDataset } from './add-dataset.ts';
import { requireDataset } from './dataset-views.ts';
import { filesIn, folderOf, type ImportedFiles, type ImportOptions, isRead, presentFormat, refused } from './import-places.ts';
import { importRows } from './import-rows.ts';

/**
 * Copies a folder or a file to where the dataset has its files, by reflink where the file system can, and adds it. A file that is there already is never
 * written over. What was exported from a dataset of the same places goes back to them. Into a table rows go that are written otherwise than its files as well: see {@link importRows}.
 *
 * @throws TG-CLI-NOT-FOUND, TG-CLI-USAGE when there is nothing to copy, something in the way, or the dataset would not read it, before anything is written
 */
export async function importFiles(project: Project, dataset: string, options: ImportOptions): Promise<ImportedFiles> {
  requireDataset(project, dataset);
  const { root, config } = project;
  const settings = config.data[dataset];
  const target = folderOf(settings?.from.files ?? [], dataset);
  const isTheFile = namesFile(target, options.from) && entryAt(join(root, target))?.isDirectory() !== true;
  const found = filesIn(options.from);
  const isInPlace = target !== '.' && found.length > 0 && found.every(({ name }) => name.startsWith(`${target}/`));
  const files = found.map(({ from, name }) => ({ from, to: isTheFile ? target : isInPlace ? name : join(target, name) }));
  const unread = settings === undefined ? undefined : files.find(({ to }) => !isRead(to, settings, { root }));
  if (settings?.table !== undefined && (unread !== undefined || isOtherFormat(project, dataset, files)))
    return importRows(project, dataset, { ...options, files: found });
  if (unread !== undefined) throw notRead(options.from, { dataset, path: unread.to, patterns: settings?.from.files ?? [] });
  const inTheWay = files.find(({ to }) => entryAt(join(root, to)) !== null);
  if (inTheWay !== undefined)
    throw refused(options.from, `"${inTheWay.to}" is there already`, 'Move it away, or import into another folder');
  const paths = files.map(({ to }) => to);
  if (options.dryRun) return { paths, copied: files.length, rows: null, added: null };
  for (const folder of new Set(files.map(({ to }) => dirname(to)))) await prepareFolder(root, folder);
  for (const { from, to } of files) {
    options.signal.throwIfAborted();
    await copyWhole(from, join(root, to));
  }
  return { paths, copied: files.length, rows: null, added: await addDataset(project, dataset, options) };
}

/** Whether the files cannot be read together with those that are there. */
function isOtherFormat(project: Project, dataset: string, files: readonly { readonly from: string }[]): boolean {
  const present = presentFormat(project, dataset);
  return present !== null && formatOf(files.map(({ from }) => from)) !== present;
}

function notRead(
  from: string,
  { dataset, path, patterns }: { readonly dataset: string; readonly path: string; readonly patterns: readonly string[] },
): Error {
  return refused(
    from,
    `it would be "${path}", and data.${dataset} reads ${patterns.map((pattern) => `"${pattern}"`).join(', ')}`,
    'Import files of the names that it reads, or add a pattern to "from"',
  );
}

/** Whether what a dataset has its files in is to be one file, as `houses.csv` is for another file of that kind. */
function namesFile(target: string, from: string): boolean {
  return extname(target) !== '' && extname(target) === extname(from) && entryAt(from)?.isFile() === true;
}

/** Copies a file so that it appears whole or not at all, by reflink where the file system can. `mode`: default as that of the file. */
export async function copyWhole(from: string, to: string, mode?: number): Promise<void> {
  const temporary = temporaryBeside(to);
  try {
    await copyFile(from, temporary, constants.COPYFILE_FICLONE);
    if (mode !== undefined) await chmod(temporary, mode);
    await rename(temporary, to);
  } finally {
    await rm(temporary, { force: true });
  }
}
