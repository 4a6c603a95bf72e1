import { join } from 'node:path';
import { readdir, stat } from '../../../platform/index.ts';
import { ofAbsent } from './tag-of.ts';

/** Files that writers which were interrupted before a moment (milliseconds since 1970) have left below a folder. */
export async function* leftIn(root: string, before: number): AsyncIterable<string> {
  for (const entry of (await readdir(root, { withFileTypes: true, recursive: true }).catch(ofAbsent)) ?? []) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile() || !/^\.(?:tmp|part)-/.test(entry.name)) continue;
    const found = await stat(path).catch(ofAbsent);
    if (found !== null && found.mtimeMs < before) yield path;
  }
}
