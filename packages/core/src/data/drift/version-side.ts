import { type DatasetVersion, type Digest, failure, shortDigest } from '@tidegate/formats';
import type { ObjectStore } from '../../store/index.ts';
import { datasetSql } from '../read/dataset-sql.ts';
import { readVersion } from '../read-version.ts';
import type { DriftSide } from './drift-side.ts';

/** Rows with what they are called. */
export interface NamedSide extends DriftSide {
  readonly name: string;
  readonly version: Digest | null;
}

/** The rows of a version. @throws TG-CLI-USAGE for files that are not read as rows */
export async function sideOfVersion({ store }: { readonly store: ObjectStore }, digest: Digest): Promise<NamedSide> {
  return sideOfRecord({ store }, await readVersion(store, { digest }), digest);
}

/** The same of a record at hand; `digest` null for what is no version. */
export async function sideOfRecord(
  { store }: { readonly store: ObjectStore },
  version: DatasetVersion,
  digest: Digest | null,
): Promise<NamedSide> {
  if (version.columns.length === 0)
    throw failure(
      'TG-CLI-USAGE',
      `Cannot judge drift of data.${version.dataset}: its files are kept as they are and have no rows`,
      'Judge datasets of rows: .parquet, .csv, .jsonl',
    );
  const personal = personalColumns(version);
  return {
    sql: await datasetSql(store, version, version.tree),
    columns: version.columns.map(({ name, type }) => ({ name, type, personal: personal.has(name) })),
    time: version.time,
    name: digest === null ? 'as it is now' : `version ${shortDigest(digest)}`,
    version: digest,
  };
}

/** Columns whose profile keeps no values though they have some. */
export function personalColumns({ profile }: DatasetVersion): ReadonlySet<string> {
  const isHidden = (column: DatasetVersion['profile']['columns'][number]): boolean =>
    column.rows > column.nulls && [column.min, column.max, column.quantiles, column.histogram, column.top].every((value) => value === null);
  return new Set(profile.columns.filter(isHidden).map(({ name }) => name));
}
