import { join } from 'node:path';
import { userInfo } from '../platform/index.ts';
import { openVirtualEnvironments } from '../commands/index.ts';
import { type DeployDeps, localTarget } from '../deploy/index.ts';
import { openHttpClient } from '../platform/index.ts';
import type { Project } from './project.ts';

/** File of the project's online store: one for all its environments, beside the deployments that read it. */
export function onlineStoreFile({ home, name }: Pick<Project, 'home' | 'name'>): string {
  return join(home.deployments, name, 'online.sqlite');
}

/** Wires what deploying needs to its adapters. */
export function deployDeps(project: Project): DeployDeps {
  const { name, root, config, home, store, state, platform, serving } = project;
  return {
    project: name,
    root,
    environments: config.environments,
    home,
    store,
    state,
    platform,
    target: () => localTarget({ deployments: home.deployments, serving, platform }),
    http: openHttpClient,
    python: openVirtualEnvironments({ folder: home.virtualEnvironments, platform, root }),
    online: onlineStoreFile(project),
    by: userInfo().username,
  };
}
