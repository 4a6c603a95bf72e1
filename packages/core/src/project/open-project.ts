import { loadProject } from '../config/index.ts';
import type { Platform } from '../platform/index.ts';
import { findHome, folderObjectStore, openState } from '../store/index.ts';
import type { Project, ServingProgram } from './project.ts';

export interface OpenOptions {
  readonly root: string;
  readonly platform: Platform;
  readonly serving: ServingProgram;
}

/** Opens the project in a folder. @throws TidegateError with every mistake of its `tidegate.yaml`; TG-STORE-STATE-… */
export async function openProject({ root, platform, serving }: OpenOptions): Promise<Project> {
  const { config, source } = await loadProject(root);
  const home = findHome(platform);
  const state = openState(home.state);
  return {
    name: config.project,
    root,
    config,
    source,
    home,
    store: folderObjectStore(home.objects),
    state,
    platform,
    serving,
    [Symbol.dispose]: () => state[Symbol.dispose](),
  };
}
