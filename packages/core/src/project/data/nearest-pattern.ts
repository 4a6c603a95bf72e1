import { join } from 'node:path';
import { isGlob, projectFiles } from '../../pipeline/index.ts';
import { entryAt } from '../../platform/index.ts';

/** What was most likely meant by patterns that match no file: the first of them with a name that is there in the place of one that is not; null when none is near. */
export function nearestPattern(
  { root, except }: { readonly root: string; readonly except: string },
  patterns: readonly string[],
): string | null {
  const files = projectFiles(root, [except]);
  for (const pattern of patterns) {
    const parts = pattern.replace(/^(?:\.\/+)+|\/+$/g, '').split('/');
    const named = parts.findIndex((part) => isGlob(part));
    const paths = parts.slice(0, named < 0 ? parts.length : named).map((_, at) => parts.slice(0, at + 1).join('/'));
    const at = paths.findIndex((path) => entryAt(join(root, path)) === null);
    const near = at < 0 ? null : files.nearestTo(paths[at] ?? '');
    if (near !== null) return [near, ...parts.slice(at + 1)].join('/');
  }
  return null;
}
