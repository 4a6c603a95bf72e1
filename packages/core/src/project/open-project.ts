import { join, resolve } from 'node:path';
import type { Deployment } from '@tidegate/formats';
import { loadProject } from '../config/index.ts';
import { readSharedHistory, type Sharing } from '../deploy/index.ts';
import type { Platform } from '../platform/index.ts';
import { backedObjectStore, findHome, folderObjectStore, folderRemote, openState } from '../store/index.ts';
import type { Project, ServingProgram } from './project.ts';

export interface OpenOptions {
  readonly root: string;
  readonly platform: Platform;
  readonly serving: ServingProgram;
  /** Folder of the remote, absolute. Default: what `TIDEGATE_REMOTE` says, then `remote` in `tidegate.yaml`; none of them = no remote. */
  readonly remote?: string;
  /** Told where the database of small objects is now, when it was damaged and was set aside. Default: nobody is told. */
  readonly onSetAside?: (path: string) => void;
}

/** Opens the project in a folder. @throws TidegateError with every mistake of its `tidegate.yaml`; TG-STORE-STATE-… */
export async function openProject({ root, platform, serving, remote: chosen, onSetAside }: OpenOptions): Promise<Project> {
  const home = findHome(platform);
  const { config, source } = await loadProject(root, home.parsed);
  const folder = chosen ?? (platform.variables['TIDEGATE_REMOTE'] || config.remote?.folder);
  const remote = folder === undefined ? null : folderRemote(resolve(root, folder));
  const local = folderObjectStore(home.objects, onSetAside === undefined ? {} : { onSetAside });
  const store = remote === null ? local : backedObjectStore(local, remote, join(home.objects, 'incoming'));
  const state = openState(home.state);
  return {
    name: config.project,
    root,
    config,
    source,
    home,
    store,
    state,
    remote,
    elsewhere: remote === null ? async () => [] : readingOnce({ remote, state, store, project: config.project }),
    platform,
    serving,
    [Symbol.dispose]: () => {
      local[Symbol.dispose]();
      state[Symbol.dispose]();
    },
  };
}

function readingOnce(sharing: Sharing): (environment: string) => Promise<readonly Deployment[]> {
  const read = new Map<string, Promise<readonly Deployment[]>>();
  return (environment) => {
    const known = read.get(environment) ?? readSharedHistory(sharing, environment);
    read.set(environment, known);
    return known;
  };
}
