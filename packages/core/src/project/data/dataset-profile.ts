import { join } from 'node:path';
import { type DatasetVersion, type Digest, failure, type Profile, type ProfilePart } from '@tidegate/formats';
import { openEngine } from '@tidegate/runtime';
import { type Correlations, correlationsOf, datasetSql, readVersion, readWhole, scratchFolder } from '../../data/index.ts';
import { rm } from '../../platform/index.ts';
import type { Project } from '../project.ts';
import { asideAsVersion } from './aside-as-version.ts';
import { newestDataset, requireDataset } from './dataset-views.ts';
import { versionNamed } from './version-names.ts';

export interface DatasetProfile {
  readonly name: string;
  /** The version. */
  readonly digest: Digest;
  readonly profile: Profile;
  /** Only on request. */
  readonly correlations: Correlations | null;
}

export interface ProfileOptions {
  /** A version by its digest, commit, branch or tag; null = the newest one. */
  readonly version: string | null;
  /** Reads the rows once more. */
  readonly correlations: boolean;
  readonly signal: AbortSignal;
}

/**
 * What is known of the columns of a dataset version, without reading its rows but for correlations; of rows that were put aside (`NAME.quarantine`) by reading them.
 *
 * @throws TG-CLI-NOT-FOUND; TG-DATA-NOT-PROFILED for files without rows, and when the version was made without reading them all
 */
export async function datasetProfile(project: Project, name: string, options: ProfileOptions): Promise<DatasetProfile> {
  const aside = await asideAsVersion(project, name, options);
  if (aside !== null) {
    const { digest, version, part } = aside;
    const correlations = options.correlations ? await correlate(project, { version, part, signal: options.signal }) : null;
    return { name, digest, profile: version.profile, correlations };
  }
  requireDataset(project, name);
  const digest = options.version === null ? await newestDigest(project, name) : await versionNamed(project, name, options.version);
  const version = await readVersion(project.store, { digest });
  const { profile } = version;
  if (profile.columns.length === 0)
    throw failure(
      'TG-DATA-NOT-PROFILED',
      `Cannot show a profile of data.${name}: ${version.fileFormat === 'files' ? 'its files are kept as they are and have no rows' : 'this version was made without reading all of its rows'}`,
      version.fileFormat === 'files' ? `See its files: "tidegate data ls ${name}"` : `Measure it: "tidegate run data.${name}"`,
    );
  if (!options.correlations) return { name, digest, profile, correlations: null };
  if (profile.parts === undefined)
    throw failure(
      'TG-DATA-NOT-PROFILED',
      `Cannot correlate the columns of data.${name}: an earlier Tidegate has profiled this version, and kept no parts`,
      `Measure it again: "tidegate run data.${name}"`,
    );
  const part = await readWhole(project.store, profile.parts);
  return { name, digest, profile, correlations: await correlate(project, { version, part, signal: options.signal }) };
}

async function correlate(
  { store }: Project,
  { version, part, signal }: { readonly version: DatasetVersion; readonly part: ProfilePart; readonly signal: AbortSignal },
): Promise<Correlations> {
  const folder = await scratchFolder();
  try {
    using engine = await openEngine({ threads: 1, spill: join(folder, 'spill'), signal });
    return await correlationsOf(engine, await datasetSql(store, version, version.tree), part);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function newestDigest(project: Project, name: string): Promise<Digest> {
  const { digest } = await newestDataset(project, name);
  if (digest !== null) return digest;
  throw failure('TG-CLI-NOT-FOUND', `Cannot find a version of "data.${name}": it was never read`, `Run "tidegate run data.${name}" first`);
}
