import { type DatasetVersion, type Digest, TidegateError } from '@tidegate/formats';
import { readVersion } from '../../data/index.ts';
import { datasetsNamedBy, loadDefinitions } from '../../features/index.ts';
import { lineage } from '../../models/index.ts';
import type { Project } from '../project.ts';

export interface FeaturesOfRelease {
  /** Feature definitions of the release, an object of the store. */
  readonly definitions: Digest;
  readonly modelVersion: Digest;
}

/**
 * The dataset versions from which the features of a release are computed: those that are known now, and of a dataset that is not
 * among them the version that the release's model was trained on.
 */
export async function datasetsOfRelease(
  project: Pick<Project, 'state' | 'store'>,
  release: FeaturesOfRelease,
  known: { readonly [dataset: string]: Digest },
): Promise<readonly DatasetVersion[]> {
  const versions = await versionsOfRelease(project, release, known);
  return Promise.all(Object.values(versions).map((digest) => readVersion(project.store, { digest })));
}

/** The same by name, as digests of the versions. */
export async function versionsOfRelease(
  { state, store }: Pick<Project, 'state' | 'store'>,
  { definitions, modelVersion }: FeaturesOfRelease,
  known: { readonly [dataset: string]: Digest },
): Promise<{ readonly [dataset: string]: Digest }> {
  const pinned = await lineage({ state, store }, modelVersion).catch(lost);
  const versions = { ...pinned?.datasets, ...known };
  const read = datasetsNamedBy(await loadDefinitions(store, definitions), Object.keys(versions));
  return Object.fromEntries(Object.entries(versions).filter(([dataset]) => read.includes(dataset)));
}

/** Where the model comes from may no longer be kept; its features can do without. */
function lost(error: unknown): null {
  if (error instanceof TidegateError) return null;
  throw error;
}
