import { join } from 'node:path';
import type { DatasetVersion, Digest } from '@tidegate/formats';
import { openEngine } from '@tidegate/runtime';
import { errorOf } from '../../config/index.ts';
import type { ObjectStore } from '../../store/index.ts';
import type { DataContract } from '../contract/data-contract.ts';
import { parseContract } from '../contract/parse-contract.ts';
import { measureTable } from '../measure-table.ts';
import { filesOfTree } from '../read/dataset-file.ts';
import { openTable } from '../read/dataset-table.ts';
import { versionRecord } from '../version-record.ts';

export interface VersionWithoutRequest {
  /** A store in which tables are read like trees. */
  readonly store: ObjectStore;
  /** A folder of the caller's, who removes it. */
  readonly scratch: string;
  readonly before: DatasetVersion;
  /** The table that takes the place of the one that the version has. */
  readonly table: Digest;
  /** Whether the version shows fewer rows now: then it is measured and checked again, for its figures may tell of what is gone. */
  readonly hasFewer: boolean;
  readonly signal: AbortSignal;
}

/**
 * The record of a dataset version over a table from which rows were taken out: what a run over the rows that are left would make.
 *
 * @throws TG-STORE-OBJECT-MISSING when the data contract it was checked against is gone; what reading a table throws
 */
export async function versionWithout(request: VersionWithoutRequest): Promise<DatasetVersion> {
  const { store, before, table, hasFewer, scratch, signal } = request;
  const tree = await store.readTree(table);
  const files = await filesOfTree(store, tree);
  const sizes = { tree: table, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0), files: files.length };
  if (!hasFewer) return { ...before, ...sizes };
  if (files.length === 0)
    return { ...before, ...sizes, rows: 0, profile: { format: 'tidegate.profile/1', rows: 0, columns: [] }, checks: [] };
  const contract = await contractOf(store, before);
  // one thread, as the step of the dataset has: the same files must give the same record
  using engine = await openEngine({ threads: 1, spill: join(scratch, 'spill-measure'), signal });
  const opened = await openTable(engine, { files, format: 'parquet', declared: new Map() });
  const { dataset, time } = before;
  const measurement = await measureTable(engine, opened, { dataset, contract, time, signal, parts: { store, former: partsOf(before) } });
  return versionRecord({ dataset, files, table: opened, measurement, tree: table, contract, contractDigest: before.contract, time });
}

function partsOf({ profile }: DatasetVersion): readonly Digest[] {
  return profile.parts === undefined ? [] : [profile.parts];
}

async function contractOf(store: ObjectStore, { contract, dataset }: DatasetVersion): Promise<DataContract | null> {
  if (contract === null) return null;
  const text = Buffer.from(await store.readBytes(contract)).toString('utf8');
  const parsed = parseContract({ file: `${dataset}.odcs.yaml`, text, dataset });
  if (!parsed.ok) throw errorOf(parsed.failure);
  return parsed.value;
}
