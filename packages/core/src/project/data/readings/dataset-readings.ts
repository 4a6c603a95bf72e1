import { join } from 'node:path';
import type { DatasetVersion } from '@tidegate/formats';
import { errorOf } from '../../../config/index.ts';
import { type DataContract, parseContract, readVersion, type RowReading, rowReading } from '../../../data/index.ts';
import { readTextIfThere } from '../../../platform/index.ts';
import { listDatasets } from '../dataset-views.ts';
import { newestPassingOf } from '../../run/newest-passing.ts';
import type { Project } from '../../project.ts';

/** A dataset that a run has read, and how rows of it are read that none has looked at. */
export interface KnownDataset {
  readonly version: DatasetVersion;
  readonly reading: RowReading;
}

/** With the columns of this version, and the row checks of the data contract as it is now. Null when no run has ever read the dataset. */
export async function knownDataset(project: Project, dataset: string, version: DatasetVersion | null): Promise<KnownDataset | null> {
  if (version === null) return null;
  const time = project.config.data[dataset]?.time ?? null;
  return { version, reading: rowReading(version, { contract: await contractOf(project, dataset), time }) };
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
