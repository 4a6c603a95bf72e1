import { dirname, join } from 'node:path';
import { compareCodeUnits } from '@tidegate/formats';
import { copyFile, entryAt, filesBelow, mkdirSync, statSync } from '../../platform/index.ts';
import { rowsOfFiles } from './judge-table.ts';

/** SELECT of the rows of the file or folder at a path below `folder`; null for what is no table. */
export async function rowsAt(folder: string, path: string): Promise<string | null> {
  const at = join(folder, path);
  const isFolder = entryAt(at)?.isDirectory() ?? false;
  return rowsOfFiles(isFolder ? (await filesBelow(at)).toSorted(compareCodeUnits).map((file) => join(at, file)) : [at]);
}

/** Copies a file, or every file of a folder. */
export async function copyAll(from: string, to: string): Promise<void> {
  const files = statSync(from).isFile() ? [''] : await filesBelow(from);
  for (const file of files) {
    mkdirSync(dirname(join(to, file)), { recursive: true });
    await copyFile(join(from, file), join(to, file));
  }
}
