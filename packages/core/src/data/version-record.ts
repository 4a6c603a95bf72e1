import type { DatasetVersion, Digest } from '@tidegate/formats';
import { type DataContract, knownAtOf } from './contract/data-contract.ts';
import { verdictOver } from './check-table.ts';
import type { TableMeasurement } from './measure-table.ts';
import type { DatasetFile } from './read/dataset-file.ts';
import type { DatasetTable } from './read/dataset-table.ts';

export interface VersionParts {
  readonly dataset: string;
  readonly files: readonly DatasetFile[];
  readonly table: DatasetTable;
  readonly measurement: TableMeasurement;
  /** Digest of the tree of the files, or of their table. */
  readonly tree: Digest;
  /** Of what it was made of, where rows of that were left out. Default: none were. */
  readonly delivered?: Digest;
  readonly contract: DataContract | null;
  /** Digest of the bytes of the contract. */
  readonly contractDigest: Digest | null;
  /** Column with the event time. */
  readonly time: string | null;
}

/** The record of a version of rows, out of what was measured of them. */
export function versionRecord(parts: VersionParts): DatasetVersion {
  const { dataset, files, table, measurement, tree, delivered, contract, contractDigest, time } = parts;
  return {
    format: 'tidegate.dataset-version/1',
    dataset,
    tree,
    ...(delivered !== undefined && { delivered }),
    fileFormat: table.format,
    rows: measurement.rows,
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    files: files.length,
    columns: table.columns.map(({ name, type, physicalType, folder }) => ({ name, type, physicalType, ...(folder && { folder }) })),
    time,
    knownAt: contract === null ? {} : Object.fromEntries(knownAtOf(contract)),
    profile: measurement.profile,
    contract: contractDigest,
    checks: measurement.findings.map(({ result }) => result),
    verdict: verdictOver(measurement.findings),
  };
}
