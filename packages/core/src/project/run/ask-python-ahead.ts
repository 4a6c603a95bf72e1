import { join } from 'node:path';
import { openVirtualEnvironments } from '../../commands/index.ts';
import { defaultPython } from '../../config/index.ts';
import { type Platform, readTextIfThere } from '../../platform/index.ts';
import { findHome } from '../../store/index.ts';

/**
 * Asks the Python of a project that names none what it is, and has the answer remembered. In a home that does not know it that takes longer than to read
 * `tidegate.yaml`, open the state and ask Git together, and goes on beside them. What goes wrong is told to whoever asks again.
 */
export async function askPythonAhead(root: string, platform: Platform): Promise<void> {
  try {
    const text = await readTextIfThere(join(root, 'tidegate.yaml'));
    if (text === null || text.includes('interpreter') || !/^(steps|tests|models):/m.test(text)) return;
    const { virtualEnvironments: folder } = findHome(platform);
    await openVirtualEnvironments({ folder, platform, root }).identity({ requirements: null, interpreter: defaultPython });
  } catch {
    // whoever needs the answer asks again
  }
}
