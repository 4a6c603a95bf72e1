import type { DatasetVersion, Digest, Evidence, ProfilePart } from '@tidegate/formats';
import { asideVersion, readVersion } from '../../data/index.ts';
import type { Project } from '../project.ts';
import { type DatasetEntry, newestDataset } from './dataset-views.ts';
import { hiddenColumns } from './hidden-columns.ts';
import { rowsPutAside } from './quarantine-of.ts';

/** Rows that were put aside, looked at as a version of a dataset. */
export interface AsideAsVersion {
  /** The version that they were put aside from. */
  readonly digest: Digest;
  readonly version: DatasetVersion;
  readonly part: ProfilePart;
  /** How many they were, and why. */
  readonly evidence: readonly Evidence[];
}

/**
 * The rows of `NAME.quarantine` as a version to look at; null when the name is none of rows that were put aside. Values of columns that are personal, in the version or in the data contract as it is now, are not in it.
 *
 * @param word of the version that was made when they were put aside; null: the newest
 * @throws TG-CLI-NOT-FOUND
 */
export async function asideAsVersion(
  project: Project,
  name: string,
  { version: word, signal }: { readonly version: string | null; readonly signal: AbortSignal },
): Promise<AsideAsVersion | null> {
  const found = await rowsPutAside(project, name, word);
  if (found === null) return null;
  const { store } = project;
  const { dataset, digest, tree, evidence } = found;
  const personal = await hiddenColumns(project, dataset, [await readVersion(store, { digest })]);
  return { digest, evidence, ...(await asideVersion({ store, dataset: name, tree, personal, signal })) };
}

/** A dataset with its newest version, or the rows that were put aside last. @throws TG-CLI-NOT-FOUND */
export async function datasetToShow(
  project: Project,
  name: string,
  signal: AbortSignal,
): Promise<DatasetEntry & { readonly version: DatasetVersion }> {
  const aside = await asideAsVersion(project, name, { version: null, signal });
  if (aside === null) return newestDataset(project, name);
  return { name, digest: aside.digest, version: aside.version, evidence: aside.evidence };
}
