import { join } from 'node:path';
import { failure, type FeatureSetRecord } from '@tidegate/formats';
import { type RefreshedFeatures, refreshFeatures } from './feature-refresh.ts';
import { ignoreBuild } from './ignore-build.ts';
import { featureDefinitions } from './nodes.ts';
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
  /** Whether everything is computed anew and compared with what was kept fresh. Default false. */
  readonly full?: boolean;
  readonly signal: AbortSignal;
}

export interface Materialised extends RefreshedFeatures {
  /** Whether the store held all of it already, so that nothing was done. */
  readonly upToDate: boolean;
}

/**
 * Fills the online store with the newest value of every feature, from the rows that the sources of the datasets have now: computes
 * what has arrived since the last time.
 *
 * @throws TG-CLI-NOT-FOUND when the project has no features
 */
export async function materialiseFeatures(project: Project, { at, full = false, signal }: MaterialiseRequest): Promise<Materialised> {
  const refreshed = await refreshFeatures(project, { nowMs: at ?? project.platform.clock.now(), full, signal });
  const upToDate = !full && refreshed.views.every(({ computed, keys }) => computed === 'nothing' && keys === 0);
  return { upToDate, ...refreshed };
}
