import { join } from 'node:path';
import { isRunId } from '@tidegate/formats';
import { readdir, rm, stat } from '../../../platform/index.ts';
import type { Home, State } from '../../../store/index.ts';
import { dayMs } from './retention.ts';

const keptDays = 7;

interface Place {
  readonly home: Home;
  readonly state: State;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
}

/**
 * Removes what only somebody who looks for a cause wants, once it is a week old: damaged objects set aside, and workspaces of failed steps. And what can
 * be had again: downloads that nobody went on with, and shards of remotes' indexes that nobody has read.
 */
export async function removeOldLeftovers(place: Place): Promise<void> {
  const { home } = place;
  await removeOld(place, home.objects, (name) => name.includes('.corrupt'));
  for (const folder of await namesIn(home.objects))
    if (/^[0-9a-f]{2}$/.test(folder)) await removeOld(place, join(home.objects, folder), (name) => name.endsWith('.corrupt'));
  await removeOld(place, join(home.objects, 'incoming'), (name) => name.startsWith('.part-'));
  await removeOld(place, home.remoteIndex, () => true);
  await removeOld(place, home.workspaces, (name) => isRunId(name) && !isUnderWay(place.state, name));
}

async function removeOld({ nowMs }: Place, folder: string, isOurs: (name: string) => boolean): Promise<void> {
  for (const name of (await namesIn(folder)).filter(isOurs)) {
    const found = await stat(join(folder, name)).catch(() => null);
    if (found !== null && nowMs - found.mtimeMs > keptDays * dayMs) await rm(join(folder, name), { recursive: true, force: true });
  }
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch(() => []);
}

function isUnderWay(state: State, run: string): boolean {
  return state.prepare('SELECT status FROM run WHERE id = ?').get(run)?.['status'] === 'running';
}
