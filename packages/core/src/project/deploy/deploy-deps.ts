import { defaultLog } from '../../config/index.ts';
import { userInfo } from '../../platform/index.ts';
import { openVirtualEnvironments } from '../../commands/index.ts';
import { type DeployDeps, localTarget } from '../../deploy/index.ts';
import { openHttpClient } from '../../platform/index.ts';
import { onlineStoreWith } from '../features/online-store.ts';
import type { Project } from '../project.ts';
import { releaseTrust } from './release-trust.ts';

/** Wires what deploying needs to its adapters. */
export function deployDeps(project: Project): DeployDeps {
  const { name, root, config, home, store, state, platform, serving, elsewhere } = project;
  return {
    project: name,
    root,
    services: Object.keys(config.services),
    environments: config.environments,
    log: (service) => config.services[service]?.log ?? defaultLog,
    home,
    store,
    state,
    platform,
    target: () => localTarget({ deployments: home.deployments, serving, platform }),
    http: openHttpClient,
    python: openVirtualEnvironments({ folder: home.virtualEnvironments, platform, root }),
    online: (release, signal) => onlineStoreWith(project, release, signal),
    elsewhere,
    trust: () => releaseTrust(project),
    by: userInfo().username,
  };
}
