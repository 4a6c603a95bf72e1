import { join } from 'node:path';
import { agesOf, type AgeOfColumn, agesPromised, type DataContract, parseContract, type PromisedColumnAge } from '../../data/index.ts';
import { readTextIfThere } from '../../platform/index.ts';
import type { Project } from '../project.ts';
import { pinnedRecord } from './version-names.ts';

/**
 * How old the newest values of the pinned version are now, for columns of which the data contract promises an age; a run has judged them at the moment of
 * its reading. Empty where nothing is promised, pinned or known.
 */
export async function agesNow(project: Project, dataset: string): Promise<readonly AgeOfColumn[]> {
  const contract = await contractWithAges(project, dataset);
  const record = contract === null ? null : await pinnedRecord(project, dataset);
  return contract === null || record === null ? [] : agesOf(record, contract, project.platform.clock.now());
}

/** The ages that the data contract of a dataset promises of its columns; none of a personal one, whose moments are not told. */
export async function promisedAges(project: Project, dataset: string): Promise<readonly PromisedColumnAge[]> {
  const contract = await contractWithAges(project, dataset);
  return contract === null ? [] : agesPromised(contract);
}

/** Null where it promises no age, or cannot be read, which its dataset's step says. */
async function contractWithAges(project: Project, dataset: string): Promise<DataContract | null> {
  const { contract: file = null } = project.config.data[dataset] ?? {};
  const text = file === null ? null : await readTextIfThere(join(project.root, file));
  if (file === null || text === null || !/notOlderThan|slaProperties/.test(text)) return null;
  const parsed = parseContract({ file, text, dataset });
  return parsed.ok ? parsed.value : null;
}
