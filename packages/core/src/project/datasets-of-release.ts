import { type DatasetVersion, type Digest, TidegateError } from '@tidegate/formats';
import { readVersion } from '../data/index.ts';
import { datasetsNamedBy, loadDefinitions } from '../features/index.ts';
import { lineage } from '../models/index.ts';
import type { Project } from './project.ts';

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
  { state, store }: Pick<Project, 'state' | 'store'>,
  { definitions, modelVersion }: FeaturesOfRelease,
  known: { readonly [dataset: string]: Digest },
): Promise<readonly DatasetVersion[]> {
  const pinned = await lineage({ state, store }, modelVersion).catch(lost);
  const versions = { ...pinned?.datasets, ...known };
  const read = datasetsNamedBy(await loadDefinitions(store, definitions), Object.keys(versions));
  return Promise.all(
    Object.entries(versions)
      .filter(([dataset]) => read.includes(dataset))
      .map(([, digest]) => readVersion(store, { digest })),
  );
}

/** Where the model comes from may no longer be kept; its features can do without. */
function lost(error: unknown): null {
  if (error instanceof TidegateError) return null;
  throw error;
}
