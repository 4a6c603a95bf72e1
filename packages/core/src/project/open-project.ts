import { join } from 'node:path';
import type { Deployment, Diagnostic } from '@tidegate/formats';
import { loadProject } from '../config/index.ts';
import { tablesAsTrees } from '../data/index.ts';
import { readSharedHistory, type Sharing } from '../deploy/index.ts';
import type { Platform } from '../platform/index.ts';
import { openSecrets } from '../secrets/index.ts';
import {
  backedObjectStore,
  findHome,
  folderObjectStore,
  followReplaced,
  type Healed,
  openState,
  removeUnfinished,
  replacements,
} from '../store/index.ts';
import { askPythonAhead } from './run/ask-python-ahead.ts';
import type { Project, ServingProgram } from './project.ts';
import { filesAt, placeOf } from './remote/files-at.ts';
import { openRemote } from './remote/open-remote.ts';
import { zoneOfRun } from './remote/zone-of-run.ts';
import { rememberProject } from './store/collect/known-projects.ts';

export interface OpenOptions {
  readonly root: string;
  readonly platform: Platform;
  readonly serving: ServingProgram;
  /** Where the remote is, as {@link placeOf} reads it. Default: what `TIDEGATE_REMOTE` says, then `remote` in `tidegate.yaml`; none of them = no remote. */
  readonly remote?: string;
  /** Whether steps are going to be run, so that what they wait for is found out meanwhile. Default false. */
  readonly runsSteps?: boolean;
  /** A dataset whose data contract may be missing, because it is about to be made. */
  readonly contractToCome?: string;
  /** Told where the database of small objects is now, when it was damaged and was set aside. Default: nobody is told. */
  readonly onSetAside?: (path: string) => void;
  /** A zone that is trusted no more than the branch is. Default: what `TIDEGATE_ZONE` says, then that of the branch. */
  readonly zone?: string;
  /** Told once when the remote does not answer and work goes on without it. Default: nobody is told. */
  readonly onRemoteGone?: (why: Diagnostic) => void;
  /** Told when the state was damaged, and what was kept of it. Default: nobody is told. */
  readonly onHealed?: (healed: Healed) => void;
}

/** Opens the project in a folder. @throws TidegateError with every mistake of its `tidegate.yaml`; TG-CLI-ZONE; TG-STORE-STATE-… */
export async function openProject({
  root,
  platform,
  serving,
  remote: chosen,
  zone: asked,
  runsSteps = false,
  contractToCome,
  onSetAside,
  onHealed,
  onRemoteGone = () => {},
}: OpenOptions): Promise<Project> {
  const home = findHome(platform);
  if (runsSteps) void askPythonAhead(root, platform);
  const { config, source } = await loadProject(root, home.parsed, contractToCome === undefined ? {} : { contractToCome });
  const named = chosen ?? (platform.variables['TIDEGATE_REMOTE'] || null);
  const place = named === null ? (config.remote?.place ?? null) : placeOf(named);
  const zone = await zoneOfRun({ root, variables: platform.variables, zones: config.remote?.zones ?? null, chosen: asked ?? null });
  const required = config.remote?.required ?? false;
  const secret = openSecrets({ home, platform, root }).value;
  const remote = place === null ? null : openRemote(filesAt(place, { root, secret }), { home, zone, required, onGone: onRemoteGone });
  const local = folderObjectStore(home.objects, onSetAside === undefined ? {} : { onSetAside });
  const backed = remote === null ? local : backedObjectStore(local, remote, join(home.objects, 'incoming'));
  await removeUnfinished(home.objects); // what a command that was killed has left
  const state = openState(home.state, onHealed === undefined ? {} : { onHealed });
  const store = followReplaced(tablesAsTrees(backed, home.parts), replacements(state, config.project));
  rememberProject(state, { name: config.project, root, keep: config.keep }, platform.clock.now());
  return {
    name: config.project,
    root,
    config,
    source,
    home,
    store,
    objects: local,
    state,
    remote,
    zone,
    elsewhere: remote === null ? async () => [] : readingOnce({ remote, state, store, project: config.project, clock: platform.clock }),
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
