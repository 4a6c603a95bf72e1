import { resolve, sep } from 'node:path';
import type { Digest } from '@tidegate/formats';
import { type OldEnvironment, removeOldEnvironments } from '../../../commands/index.ts';
import { loadProject } from '../../../config/index.ts';
import { digestOfBytes, existsSync, readTextIfThere } from '../../../platform/index.ts';
import type { Home, State } from '../../../store/index.ts';
import { livingRuns } from './kept-runs.ts';
import { knownProjects } from './known-projects.ts';
import { dayMs, type Retention } from './retention.ts';

export interface UnusedEnvironmentsRequest {
  readonly home: Home;
  readonly state: State;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
  readonly graceMs: number;
  /** In the place of what the projects say. */
  readonly keep: Partial<Retention>;
  readonly dryRun: boolean;
}

/** To build one again takes minutes, and may need the network. */
const leastDays = 30;

/**
 * Removes virtual environments, and libraries of R, that no project's lock file names now and that nothing has used for as long as runs are
 * kept. While one project cannot be read, all of them stay; so do those of a folder that several homes may share.
 */
export async function removeUnusedEnvironments(request: UnusedEnvironmentsRequest): Promise<readonly OldEnvironment[]> {
  const { home, state, nowMs, graceMs, keep, dryRun } = request;
  if (!home.virtualEnvironments.startsWith(home.root + sep)) return [];
  const projects = knownProjects(state).filter(({ root }) => existsSync(root));
  const locks = new Set<Digest>();
  for (const { root } of projects) {
    const found = await locksOf(root, home);
    if (found === null) return [];
    for (const lock of found) locks.add(lock);
  }
  const days = Math.max(leastDays, keep.days ?? 0, ...projects.map((project) => project.keep.days));
  const begun = livingRuns(state).map(({ startedAtMs }) => startedAtMs - dayMs); // the use of one is noted once a day
  const usedBeforeMs = Math.min(nowMs - Math.max(graceMs, days * dayMs), ...begun);
  return removeOldEnvironments({ folder: home.virtualEnvironments, locks, usedBeforeMs, dryRun });
}

/** Null when the project cannot be read. */
async function locksOf(root: string, { parsed }: Home): Promise<readonly Digest[] | null> {
  try {
    const { config } = await loadProject(root, parsed);
    const paths = [config.python.requirements, config.r?.lock ?? null].flatMap((path) => (path === null ? [] : [resolve(root, path)]));
    const texts = await Promise.all(paths.map((path) => readTextIfThere(path)));
    return texts.flatMap((text) => (text === null ? [] : [digestOfBytes(text)]));
  } catch {
    return null;
  }
}
