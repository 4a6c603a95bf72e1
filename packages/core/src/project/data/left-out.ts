import type { RunRecord } from '@tidegate/formats';
import { keptFiles, type LeftOut } from '../../config/index.ts';
import type { LeftOutRows } from '../../data/index.ts';
import { projectFiles } from '../../pipeline/index.ts';
import type { Project } from '../project.ts';
import { matchingFiles } from './readings/matching-files.ts';

/** Files of the working tree in partitions that `keep` leaves out of the next version; null = none. @throws TG-DATA-PARTITION */
export function filesLeftOut({ config, root, home }: Project, dataset: string): LeftOut | null {
  const { from, partitions } = config.data[dataset] ?? {};
  if (from === undefined || partitions === undefined || partitions.keep === null) return null;
  return keptFiles(matchingFiles(projectFiles(root, [home.root]), from.files), partitions).leftOut;
}

/** Rows that a run has left out of a table; null = none. */
export function rowsLeftOut({ steps }: RunRecord, dataset: string): LeftOutRows | null {
  const { droppedRows, droppedBefore } = steps.find(({ step }) => step === `data.${dataset}`)?.facts ?? {};
  return typeof droppedRows === 'number' && typeof droppedBefore === 'string' ? { rows: droppedRows, before: droppedBefore } : null;
}
