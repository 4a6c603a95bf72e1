import { join } from 'node:path';
import { failure } from '@tidegate/formats';
import { filesBelow, stat } from '../platform/index.ts';
import type { StepContext } from '../pipeline/index.ts';

/**
 * Looks for the step's secrets in what it is about to put into the store, where it would stay and be shared.
 *
 * @throws TG-SECRETS-IN-OUTPUT with the output and the file
 */
export async function refuseSecrets({ node, masking }: StepContext, folder: string): Promise<void> {
  if (masking === undefined) return;
  for (const { name, path } of node.outputs) {
    if (path === null) continue;
    for (const file of await filesAt(join(folder, path))) {
      const variable = await masking.foundIn(join(folder, path, file));
      const isNamed = variable === null && masking.text(file) !== file;
      if (variable === null && !isNamed) continue;
      const place = isNamed ? 'the name of a file in it holds a secret' : `"${join(path, file)}" holds the secret of "${variable ?? ''}"`;
      throw failure(
        'TG-SECRETS-IN-OUTPUT',
        `Cannot keep the output "${name}" of "${node.name}": ${place}`,
        'Leave it out of what the step writes; outputs are kept and shared',
      );
    }
  }
}

/** Files relative to the path, the path itself as "". What is not there is told when the output is stored. */
async function filesAt(path: string): Promise<readonly string[]> {
  const found = await stat(path).catch(() => null);
  if (found === null) return [];
  return found.isDirectory() ? filesBelow(path) : [''];
}
