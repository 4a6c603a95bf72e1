import { dirname, join, resolve } from 'node:path';
import { exists } from '../platform/index.ts';

/** The nearest folder at or above `from` that holds a `tidegate.yaml`; null when none does. */
export async function findProjectRoot(from: string): Promise<string | null> {
  let folder = resolve(from);
  for (;;) {
    if (await exists(join(folder, 'tidegate.yaml'))) return folder;
    const parent = dirname(folder);
    if (parent === folder) return null;
    folder = parent;
  }
}
