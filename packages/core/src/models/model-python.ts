import { join } from 'node:path';
import type { Digest } from '@tidegate/formats';
import type { VirtualEnvironments } from '../commands/index.ts';
import type { StepContext } from '../pipeline/index.ts';

/** Finds the Python that runs a `pickle` or `function` model: the environment it was trained in, by its lock. */
export interface ModelPython {
  /** @param folder where the requirements file is put for the installer */
  readonly executable: (environment: LockedPython | null, folder: string) => Promise<string>;
}

export interface LockedPython {
  /** Digest of the hash-locked requirements file; null: the interpreter is used as it is. */
  readonly requirements: Digest | null;
  readonly interpreter: string;
}

export function modelPython(context: StepContext, virtualEnvironments: VirtualEnvironments): ModelPython {
  const building = { signal: context.signal, progress: (doing: string) => context.progress(`virtual environment: ${doing}`, null) };
  return {
    executable: async (environment, folder) => {
      const { requirements, interpreter } = environment ?? { requirements: null, interpreter: 'python3' };
      const file = requirements === null ? null : join(folder, 'requirements.txt');
      if (requirements !== null && file !== null) {
        // the candidate's is a file of the project and in no store yet; the champion's came with its release
        const own = context.inputs.find(({ source, artifact }) => source !== null && artifact.digest === requirements)?.source ?? null;
        if (own !== null) await context.store.putFile(own, requirements);
        await context.store.checkOut(requirements, file);
      }
      return virtualEnvironments.ensure({ requirements: file, interpreter }, building);
    },
  };
}
