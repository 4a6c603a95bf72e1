import { type DatasetSchema, type DatasetVersion, failure } from '@tidegate/formats';
import type { StepResult } from '../pipeline/index.ts';
import type { DatasetContext, DatasetInputs } from './dataset-inputs.ts';
import { putRecord } from './put-record.ts';
import { formatOf } from './read/dataset-file.ts';
import { treeArtifact } from './tree-artifact.ts';

/** Whether the files are kept as they are and not read as rows. @throws TG-DATA-FORMAT when only some of them can be */
export function isPlain({ files, settings }: Pick<DatasetInputs, 'files' | 'settings'>): boolean {
  return (settings.format ?? formatOf(files.map(({ path }) => path))) === 'files';
}

/** A version of files of any kind: the files, and nothing about what is in them. @throws TG-DATA-FORMAT when the dataset asks for what only rows have */
export async function makePlainVersion(
  { store }: Pick<DatasetContext, 'store'>,
  { dataset, files, contract, settings }: DatasetInputs,
): Promise<StepResult> {
  refuseRows(dataset, {
    contract: contract?.path ?? null,
    holdout: settings.holdout,
    time: settings.time,
    table: settings.table === null ? null : 'table',
    quarantine: settings.quarantine === null ? null : 'quarantine',
  });
  const tree = await treeArtifact(store, files);
  const version = plainVersion(dataset, tree);
  const schema: DatasetSchema = { format: 'tidegate.dataset-schema/1', dataset, columns: [] };
  return {
    outputs: { version: await putRecord(store, version), schema: await putRecord(store, schema), files: tree },
    evidence: [],
    facts: { files: version.files, bytes: version.bytes },
  };
}

/** The record of a version of plain files. */
export function plainVersion(
  dataset: string,
  { digest, files, bytes }: { readonly digest: DatasetVersion['tree']; readonly files: number; readonly bytes: number },
): DatasetVersion {
  return {
    format: 'tidegate.dataset-version/1',
    dataset,
    tree: digest,
    fileFormat: 'files',
    rows: 0,
    bytes,
    files,
    columns: [],
    time: null,
    knownAt: {},
    profile: { format: 'tidegate.profile/1', rows: 0, columns: [] },
    contract: null,
    checks: [],
    verdict: 'pass',
  };
}

function refuseRows(dataset: string, wanted: { readonly [key: string]: string | number | null }): void {
  const [found] = Object.entries(wanted).find(([, value]) => value !== null) ?? [];
  if (found === undefined) return;
  throw failure(
    'TG-DATA-FORMAT',
    `Cannot use "${found}" of data.${dataset}: its files are kept as they are and have no rows`,
    `Remove "${found}" from the dataset, or read files of rows: .parquet, .csv, .jsonl`,
  );
}
