import { join } from 'node:path';
import { failure, type FeatureSetRecord } from '@tidegate/formats';
import { openSqliteOnlineStore } from '@tidegate/runtime';
import { exists } from '../../platform/index.ts';
import { type RefreshedFeatures, refreshFeatures } from './feature-refresh.ts';
import { ignoreBuild } from '../ignore-build.ts';
import { featureDefinitions } from './feature-definitions.ts';
import { onlineStoreFile } from './online-store.ts';
import type { Project } from '../project.ts';
import { latestResult, readFeatureSets } from '../records.ts';

export interface FeatureServiceEntry {
  readonly name: string;
  /** Its newest sets; null before the first run. */
  readonly record: FeatureSetRecord | null;
  /** How fresh the views of these sets are in the online store; those that are not there are left out. */
  readonly online: readonly OnlineFreshness[];
}

export interface OnlineFreshness {
  readonly view: string;
  /** The moment it was refreshed for, ISO 8601; null when it never was. */
  readonly asOf: string | null;
  /** ISO 8601; null when there is none. */
  readonly newestEvent: string | null;
  /** View rows that came after newer ones, since the view was last computed whole. */
  readonly lateRows: number;
}

/** Every feature service of the project with its newest sets, and how fresh its features are. */
export async function listFeatures(project: Project): Promise<readonly FeatureServiceEntry[]> {
  const definitions = await featureDefinitions(project);
  return Promise.all(
    Object.keys(definitions?.services ?? {}).map(async (name) => {
      const latest = latestResult(project, `features.${name}`);
      const record = latest === null ? null : await readFeatureSets(project, latest.record);
      return { name, record, online: record === null ? [] : await freshnessOf(project, record) };
    }),
  );
}

async function freshnessOf(project: Project, { service }: FeatureSetRecord): Promise<readonly OnlineFreshness[]> {
  if (!(await exists(onlineStoreFile(project)))) return [];
  const online = openSqliteOnlineStore(onlineStoreFile(project));
  try {
    const found: OnlineFreshness[] = [];
    for (const { name, version } of service.views) {
      const progress = await online.progress(version);
      if (progress === null) continue;
      const { asOfUs, watermark } = progress;
      found.push({
        view: name,
        asOf: isoOf(asOfUs),
        newestEvent: isoOf(await online.newestEvent(version)),
        lateRows: watermark?.lateRows ?? 0,
      });
    }
    return found;
  } finally {
    online.close();
  }
}

function isoOf(us: number | null): string | null {
  return us === null ? null : new Date(us / 1000).toISOString();
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
