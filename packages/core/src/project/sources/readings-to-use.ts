import { TidegateError } from '@tidegate/formats';
import { deliveredTree, type Readings, readVersion } from '../../data/index.ts';
import { pinnedTables } from '../data/readings/pinned-table.ts';
import { pinnedVersion } from '../data/version-names.ts';
import type { Project } from '../project.ts';
import { addedReading } from './readings.ts';

/**
 * Of each dataset that comes from elsewhere: what was added last, or else what is pinned, at hand or not; null for one that was never read. Of each table whose
 * files are not here: what is pinned, where it may stand for them.
 */
export async function readingsToUse(project: Project): Promise<Readings> {
  const found: { [dataset: string]: Readings[string] } = { ...(await pinnedTables(project)) };
  for (const [dataset, { from }] of Object.entries(project.config.data))
    if (from.source !== undefined) found[dataset] = addedReading(project, dataset)?.tree ?? (await pinnedReading(project, dataset));
  return found;
}

/** A pinned version that is nowhere at hand is none that another reading could stand for: it would be another run. Its step says so; all others go on. */
async function pinnedReading(project: Project, dataset: string): Promise<Readings[string]> {
  const pinned = await pinnedVersion(project, dataset);
  if (pinned === null) return null;
  try {
    return deliveredTree(await readVersion(project.store, { digest: pinned }));
  } catch (error) {
    if (error instanceof TidegateError) return { notAtHand: pinned };
    throw error;
  }
}
