import { join } from 'node:path';
import { agesOf, type AgeOfColumn, parseContract } from '../../data/index.ts';
import { readTextIfThere } from '../../platform/index.ts';
import type { Project } from '../project.ts';
import { pinnedRecord } from './version-names.ts';

/**
 * How old the newest values of the pinned version are now, for columns of which the data contract promises an age; a run has judged them at the moment of
 * its reading. Empty where nothing is promised, pinned or known.
 */
export async function agesNow(project: Project, dataset: string): Promise<readonly AgeOfColumn[]> {
  const { contract: file = null } = project.config.data[dataset] ?? {};
  const text = file === null ? null : await readTextIfThere(join(project.root, file));
  if (file === null || text === null || !/notOlderThan|slaProperties/.test(text)) return [];
  const [parsed, record] = [parseContract({ file, text, dataset }), await pinnedRecord(project, dataset)];
  return parsed.ok && record !== null ? agesOf(record, parsed.value, project.platform.clock.now()) : [];
}
