import { join } from 'node:path';
import type { DatasetVersion } from '@tidegate/formats';
import { errorOf } from '../config/index.ts';
import { type DataContract, parseContract, readVersion, type RowReading, rowReading } from '../data/index.ts';
import { readTextIfThere } from '../platform/index.ts';
import { listDatasets } from './dataset-views.ts';
import { newestPassingOf } from './newest-passing.ts';
import type { Project } from './project.ts';

/**
 * How rows of a dataset are read that no run has looked at: with the columns of its newest version that passes its checks, or else of
 * the newest, and the row checks of its data contract as it is now. Null when no run has ever read the dataset.
 */
export async function datasetReading(project: Project, dataset: string): Promise<RowReading | null> {
  const version = await newestVersion(project, dataset);
  return version === null
    ? null
    : rowReading(version, { contract: await contractOf(project, dataset), time: project.config.data[dataset]?.time ?? null });
}

/** The newest version that passes, or else the newest one. */
export async function newestVersion(project: Project, dataset: string): Promise<DatasetVersion | null> {
  const digest = await newestPassingOf(project, dataset);
  if (digest !== null) return readVersion(project.store, { digest });
  return (await listDatasets(project)).find(({ name }) => name === dataset)?.version ?? null;
}

/** The data contract as it is now; null when the dataset has none. @throws TG-CONFIG-…, TG-DATA-CONTRACT-… with every mistake */
export async function contractOf({ config, root }: Project, dataset: string): Promise<DataContract | null> {
  const file = config.data[dataset]?.contract ?? null;
  const text = file === null ? null : await readTextIfThere(join(root, file));
  if (file === null || text === null) return null;
  const parsed = parseContract({ file, text, dataset });
  if (!parsed.ok) throw errorOf(parsed.failure);
  return parsed.value;
}
