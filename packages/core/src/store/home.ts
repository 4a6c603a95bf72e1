import { join, resolve } from 'node:path';
import { homedir, type Platform } from '../platform/index.ts';

/** Where everything is kept that outlives a working tree. */
export interface Home {
  readonly root: string;
  readonly objects: string;
  readonly state: string;
  /** Virtual environments by lock digest; can be rebuilt. `TIDEGATE_VIRTUAL_ENVIRONMENTS` moves them, so that several homes share them. */
  readonly virtualEnvironments: string;
  readonly workspaces: string;
  /** What steps printed, a file for each step of a run. */
  readonly logs: string;
  readonly deployments: string;
  /** Jobs of batch scoring, by project: what they have finished, and their receipts. */
  readonly scores: string;
  /** Which layers of images were made of what; can be made again. */
  readonly imageLayers: string;
  /** Key of the hashes that stand for secrets in keys of steps. */
  readonly secretKey: string;
  /** What tombstones of forgotten rows are signed with. */
  readonly signingKey: string;
  /** What models are signed with that are exported, readable by its owner only; others verify with its public half. */
  readonly modelKey: string;
  /** Which files tables are read as; can be rebuilt. */
  readonly parts: string;
  /** What long YAML files were read as, by project; can be rebuilt. */
  readonly parsed: string;
  /** What was read of the indexes of remotes; can be read again. */
  readonly remoteIndex: string;
}

/** `TIDEGATE_HOME`, or the user's data folder (`$XDG_DATA_HOME/tidegate`, `~/.local/share/tidegate`). */
export function findHome(platform: Platform): Home {
  const { TIDEGATE_HOME: chosen, XDG_DATA_HOME: data, TIDEGATE_VIRTUAL_ENVIRONMENTS: elsewhere } = platform.variables;
  const root = resolve(
    chosen !== undefined && chosen !== ''
      ? chosen
      : join(data !== undefined && data !== '' ? data : join(homedir(), '.local', 'share'), 'tidegate'),
  );
  return {
    root,
    objects: join(root, 'objects'),
    state: join(root, 'state.sqlite'),
    virtualEnvironments: elsewhere !== undefined && elsewhere !== '' ? resolve(elsewhere) : join(root, 'virtual-environments'),
    workspaces: join(root, 'workspaces'),
    logs: join(root, 'logs'),
    deployments: join(root, 'deployments'),
    scores: join(root, 'scores'),
    imageLayers: join(root, 'image-layers'),
    secretKey: join(root, 'secret.key'),
    signingKey: join(root, 'signing.key'),
    modelKey: join(root, 'model-signing.key'),
    parts: join(root, 'parts'),
    parsed: join(root, 'parsed'),
    remoteIndex: join(root, 'remote-index'),
  };
}
