import { join } from 'node:path';
import { canonicalJson, type Digest, failure, type FeatureSetRecord } from '@tidegate/formats';
import { readVersion } from '../data/index.ts';
import type { MaterialisedView } from '../features/index.ts';
import { digestOfBytes, readTextIfThere, writeFileAtomically } from '../platform/index.ts';
import { fillOnlineStore } from './fill-online-store.ts';
import { ignoreBuild } from './ignore-build.ts';
import { newestPassing } from './newest-passing.ts';
import { featureDefinitions } from './nodes.ts';
import { holdsViews, onlineStoreFile } from './online-store.ts';
import type { Project } from './project.ts';
import { latestResult, readFeatureSets } from './records.ts';

export interface FeatureServiceEntry {
  readonly name: string;
  /** Its newest sets; null before the first run. */
  readonly record: FeatureSetRecord | null;
}

/** Every feature service of the project with its newest sets. */
export async function listFeatures(project: Project): Promise<readonly FeatureServiceEntry[]> {
  const definitions = await featureDefinitions(project);
  return Promise.all(
    Object.keys(definitions?.services ?? {}).map(async (name) => {
      const latest = latestResult(project, `features.${name}`);
      return { name, record: latest === null ? null : await readFeatureSets(project, latest.record) };
    }),
  );
}

/** Writes the newest training and test set to their own paths, for running a script by hand; returns the paths. @throws TG-CLI-NOT-FOUND */
export async function placeFeatureSets(project: Project, service: string): Promise<readonly string[]> {
  const latest = latestResult(project, `features.${service}`);
  if (latest === null)
    throw failure(
      'TG-CLI-NOT-FOUND',
      `Cannot find sets of "features.${service}": there are none yet`,
      `Run "tidegate run features.${service}" first`,
    );
  const paths: string[] = [];
  for (const part of ['train', 'test']) {
    const artifact = latest.record.outputs[part];
    if (artifact === undefined) continue;
    const path = join('build', 'features', service, `${part}.parquet`);
    await project.store.checkOut(artifact.digest, join(project.root, path));
    paths.push(path);
  }
  await ignoreBuild(project);
  return paths;
}

export interface MaterialiseRequest {
  /** Only what was known at this moment (milliseconds since 1970); null = everything there is. */
  readonly at: number | null;
  readonly signal: AbortSignal;
}

export interface Materialised {
  /** Whether the store held all of it already, so that nothing was done. */
  readonly upToDate: boolean;
  readonly views: readonly MaterialisedView[];
}

/**
 * Fills the online store with the newest value of every feature from the newest dataset versions that pass their checks. Done
 * already: does nothing.
 *
 * @throws TG-CLI-NOT-FOUND when the project has no features
 */
export async function materialiseFeatures(project: Project, { at, signal }: MaterialiseRequest): Promise<Materialised> {
  const definitions = await featureDefinitions(project);
  if (definitions === null)
    throw failure('TG-CLI-NOT-FOUND', 'Cannot fill the online store: the project has no features', 'See docs/reference/features.md');
  const datasets = await Promise.all(Object.values(await newestPassing(project)).map((digest) => readVersion(project.store, { digest })));
  const online = onlineStoreFile(project);
  const versions = await viewVersions(project);
  const wanted = digestOfBytes(canonicalJson({ datasets: datasets.map(({ tree }) => tree), definitions: versions, at }));
  const marker = `${online}.filled`;
  if ((await readTextIfThere(marker)) === wanted && (await holdsViews(project, versions))) return { upToDate: true, views: [] };
  const views = await fillOnlineStore({
    store: project.store,
    file: online,
    services: definitions.services,
    datasets,
    atMs: at ?? project.platform.clock.now(),
    signal,
  });
  await writeFileAtomically(marker, wanted);
  return { upToDate: false, views };
}

/** What the views mean now: the versions in the newest records of every service. */
async function viewVersions(project: Project): Promise<readonly Digest[]> {
  return (await listFeatures(project)).flatMap(({ record }) => record?.service.views.map((view) => view.version) ?? []);
}
