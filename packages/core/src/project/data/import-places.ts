import { basename, extname, join, matchesGlob } from 'node:path';
import { failure } from '@tidegate/formats';
import type { DatasetConfig } from '../../config/index.ts';
import { type FileFormat, formatOf } from '../../data/index.ts';
import { isGlob, projectFiles } from '../../pipeline/index.ts';
import { entriesBelow, entryAt } from '../../platform/index.ts';
import type { Project } from '../project.ts';
import type { AddedDataset, AddOptions } from './add-dataset.ts';
import { matchingFiles } from './readings/matching-files.ts';

export interface ImportOptions extends AddOptions {
  /** A folder or a file, absolute. */
  readonly from: string;
}

export interface ImportedFiles {
  /** Where they are now, relative to the project. */
  readonly paths: readonly string[];
  /** How many of them were not there before. */
  readonly copied: number;
  /** How many rows were put together into one file; null where files were copied as they are. */
  readonly rows: number | null;
  readonly added: AddedDataset | null;
}

/** Whether the dataset reads a file of this path; below the path of a file, such as `sales.csv`, nothing lies. */
export function isRead(path: string, { from }: Pick<DatasetConfig, 'from'>, { root }: Pick<Project, 'root'>): boolean {
  return from.files.some((written) => {
    const pattern = written.replace(/^(\.\/)+|\/+$/g, '');
    if (isGlob(pattern)) return matchesGlob(path, pattern);
    const isFile = extname(pattern) !== '' && entryAt(join(root, pattern))?.isDirectory() !== true;
    return path === pattern || (!isFile && (pattern === '.' || path.startsWith(`${pattern}/`)));
  });
}

/** The part of the first pattern that names a folder. */
export function folderOf(patterns: readonly string[], dataset: string): string {
  const [first] = patterns;
  if (first === undefined)
    throw refused(`data.${dataset}`, 'it has a source that is not files', `Read it with "tidegate run data.${dataset}"`);
  const parts = first.split('/');
  const end = parts.findIndex((part) => isGlob(part));
  return end < 0 ? first : parts.slice(0, end).join('/') || '.';
}

/** The files that a path means, each with its path below a folder. @throws TG-CLI-USAGE */
export function filesIn(from: string): readonly { readonly from: string; readonly name: string }[] {
  const found = entryAt(from);
  if (found?.isFile()) return [{ from, name: basename(from) }];
  if (found?.isDirectory() !== true) throw refused(from, 'it is neither a folder nor a file', 'Name a folder or a file');
  const { files, links } = entriesBelow(from);
  const [link] = links;
  if (link !== undefined) throw refused(from, `"${link}" is a symbolic link`, 'Put the file itself there instead of the link');
  return files.map((name) => ({ from: join(from, name), name }));
}

/** How the files of a dataset in the working tree are read; null when there is none. @throws TG-DATA-FORMAT */
export function presentFormat({ root, home, config }: Project, dataset: string): FileFormat | null {
  const paths = matchingFiles(projectFiles(root, [home.root]), config.data[dataset]?.from.files ?? []).map(({ path }) => path);
  return paths.length === 0 ? null : formatOf(paths);
}

export function refused(from: string, found: string, hint: string): Error {
  return failure('TG-CLI-USAGE', `Cannot import "${from}": ${found}`, hint);
}
