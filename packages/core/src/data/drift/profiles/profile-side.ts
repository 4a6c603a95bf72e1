import { type DatasetVersion, type Digest, failure, type Profile, type ProfilePart, shortDigest } from '@tidegate/formats';
import type { ObjectStore } from '../../../store/index.ts';
import { readWhole } from '../../profile/parts/kept-parts.ts';
import { readVersion } from '../../read-version.ts';
import type { DriftColumn } from '../drift-side.ts';
import { personalColumns } from '../version-side.ts';

/** A version as its profile tells of it. */
export interface ProfileSide {
  readonly name: string;
  readonly version: Digest | null;
  readonly columns: readonly DriftColumn[];
  /** Column with the event time; null when there is none. */
  readonly time: string | null;
  readonly profile: Profile;
  /** All parts of the profile merged. */
  readonly whole: ProfilePart;
}

/**
 * The profile of a version out of the store; its rows need not be there.
 *
 * @throws TG-CLI-USAGE for files that are not read as rows; TG-DATA-NOT-PROFILED when no parts of a profile were kept
 */
export async function profileSide({ store }: { readonly store: ObjectStore }, digest: Digest): Promise<ProfileSide> {
  return sideOfProfile({ store }, await readVersion(store, { digest }), digest);
}

/** The same of a record at hand; `digest` null for what is no version. */
export async function sideOfProfile(
  { store }: { readonly store: Pick<ObjectStore, 'readJson'> },
  version: DatasetVersion,
  digest: Digest | null,
): Promise<ProfileSide> {
  const { dataset, fileFormat, profile, time } = version;
  const name = digest === null ? 'as it is now' : `version ${shortDigest(digest)}`;
  if (fileFormat === 'files')
    throw failure(
      'TG-CLI-USAGE',
      `Cannot judge drift of data.${dataset}: its files are kept as they are and have no rows`,
      'Judge datasets of rows: .parquet, .csv, .jsonl',
    );
  if (profile.parts === undefined)
    throw failure(
      'TG-DATA-NOT-PROFILED',
      `Cannot compare data.${dataset} by profiles: of ${name} no profile is kept that rows could be counted in`,
      `Compare its rows, without "--from-profiles", or measure it again: "tidegate run data.${dataset}"`,
    );
  const personal = personalColumns(version);
  return {
    name,
    version: digest,
    columns: version.columns.map((column) => ({ name: column.name, type: column.type, personal: personal.has(column.name) })),
    time,
    profile,
    whole: await readWhole(store, profile.parts),
  };
}
