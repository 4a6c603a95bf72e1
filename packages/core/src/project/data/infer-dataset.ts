import { join } from 'node:path';
import type { DatasetVersion, EmitEvent } from '@tidegate/formats';
import { openEngine } from '@tidegate/runtime';
import { errorOf } from '../../config/index.ts';
import {
  contractText,
  type DataContract,
  datasetSql,
  inferContract,
  type InferredContract,
  type OtherDataset,
  parseContract,
  scratchFolder,
} from '../../data/index.ts';
import { readFile, rm } from '../../platform/index.ts';
import type { Project } from '../project.ts';
import { recordsNow } from './data-now.ts';
import { listDatasets, newestDataset, requireDataset } from './dataset-views.ts';
import { readDatasetVersion } from '../records.ts';

export interface InferOptions {
  readonly signal: AbortSignal;
  readonly emit: EmitEvent;
}

export interface InferredDataset {
  readonly version: DatasetVersion;
  readonly inferred: InferredContract;
  /** As an ODCS document. */
  readonly text: string;
  /** The data contract that the dataset has; null when it has none. */
  readonly contract: { readonly file: string; readonly text: string; readonly parsed: DataContract } | null;
}

/**
 * A data contract inferred from what the sources of a dataset have now; what changed since the last run is read in a run of the dataset's own step. One that breaks the data
 * contract it has is one all the same.
 *
 * @throws TG-CLI-NOT-FOUND when there is no such dataset; TG-DATA-FORMAT for files that are not read as rows; what reading it throws
 */
export async function inferDataContract(project: Project, name: string, options: InferOptions): Promise<InferredDataset> {
  requireDataset(project, name);
  const contract = await presentContract(project, name);
  const [record] = await recordsNow(project, [name], options);
  const version = (record === undefined ? null : await readDatasetVersion(project, record)) ?? (await newestDataset(project, name)).version;
  const rows = await datasetSql(project.store, version, version.tree);
  const personal = new Set((contract?.parsed.columns ?? []).flatMap((column) => (column.personal ? [column.name] : [])));
  const scratch = await scratchFolder();
  try {
    using engine = await openEngine({ threads: 2, spill: join(scratch, 'spill'), signal: options.signal });
    const inferred = await inferContract({ engine, rows, version, personal }, await otherDatasets(project, name));
    return { version, inferred, text: contractText(inferred), contract };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** The newest versions of the other datasets that have rows. */
async function otherDatasets(project: Project, name: string): Promise<readonly OtherDataset[]> {
  const entries = await listDatasets(project);
  return entries.flatMap(({ name: other, version }) =>
    other === name || version === null || version.fileFormat === 'files'
      ? []
      : [{ version, rows: () => datasetSql(project.store, version, version.tree) }],
  );
}

async function presentContract({ root, config }: Project, name: string): Promise<InferredDataset['contract']> {
  const file = config.data[name]?.contract ?? null;
  if (file === null) return null;
  const text = (await readFile(join(root, file))).toString('utf8');
  const parsed = parseContract({ file, text, dataset: name });
  if (!parsed.ok) throw errorOf(parsed.failure);
  return { file, text, parsed: parsed.value };
}
