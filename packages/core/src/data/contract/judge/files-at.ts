import { isAbsolute, join, relative, resolve } from 'node:path';
import { digestOfHex, failure } from '@tidegate/formats';
import { filesBelow, glob, stat } from '../../../platform/index.ts';
import type { DatasetFile } from '../../read/dataset-file.ts';

/** A digest names nothing here: files are read where they lie. */
const nowhere = digestOfHex('0'.repeat(64));

/** Files that paths, folders and patterns mean, each once, sorted. @throws TG-DATA-NO-FILES */
export async function filesAt(folder: string, patterns: readonly string[]): Promise<readonly DatasetFile[]> {
  const found = new Set<string>();
  for (const pattern of patterns) {
    const before = found.size;
    for await (const path of glob(pattern, { cwd: folder })) {
      const file = resolve(folder, path);
      if (!(await stat(file)).isDirectory()) found.add(file);
      else for (const below of await filesBelow(file)) found.add(join(file, below));
    }
    if (found.size === before)
      throw failure('TG-DATA-NO-FILES', `Cannot read the data: no file matches "${pattern}"`, 'Correct the path or pattern');
  }
  return Promise.all(
    [...found].sort().map(async (file) => {
      const path = relative(folder, file);
      return {
        path: path.startsWith('..') || isAbsolute(path) ? file : path,
        digest: nowhere,
        bytes: (await stat(file)).size,
        object: file,
      };
    }),
  );
}
