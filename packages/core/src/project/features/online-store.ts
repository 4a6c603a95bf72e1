import { join } from 'node:path';
import { type Digest, type ReleaseManifest, TidegateError } from '@tidegate/formats';
import { type OnlineStore, openSqliteOnlineStore } from '@tidegate/runtime';
import { loadDefinitions } from '../../features/index.ts';
import { readRelease } from '../../packaging/index.ts';
import { exists } from '../../platform/index.ts';
import { datasetsOfRelease } from './datasets-of-release.ts';
import { fillOnlineStore } from './fill-online-store.ts';
import { newestPassing } from '../run/newest-passing.ts';
import type { Project } from '../project.ts';

/** File of the project's online store: one for all its environments, beside the deployments that read it. */
export function onlineStoreFile({ home, name }: Pick<Project, 'home' | 'name'>): string {
  return join(home.deployments, name, 'online.sqlite');
}

/** Whether the store is there and holds these view versions. */
export async function holdsViews(project: Project, versions: readonly Digest[]): Promise<boolean> {
  const file = onlineStoreFile(project);
  if (!(await exists(file))) return false;
  const held = new Set((await withStore(file, (online) => online.views())).map(({ version }) => version));
  return versions.every((version) => held.has(version));
}

/** Path of the store with every view of the release in it: those that are missing are computed from the newest data that passed its checks. */
export async function onlineStoreWith(project: Project, release: ReleaseManifest, signal: AbortSignal): Promise<string> {
  const file = onlineStoreFile(project);
  const { features, definitions, model } = release;
  if (features === null || definitions === null) return file;
  const versions = features.views.map(({ version }) => version);
  if (await holdsViews(project, versions)) return file;
  await fillOnlineStore({
    store: project.store,
    file,
    services: { [features.name]: await loadDefinitions(project.store, definitions) },
    datasets: await datasetsOfRelease(project, { definitions, modelVersion: model.version }, await newestPassing(project)),
    atMs: project.platform.clock.now(),
    signal,
  });
  return file;
}

/** Deletes the views that none of the releases looks up. */
export async function keepViewsOf(project: Project, releases: readonly Digest[]): Promise<void> {
  const file = onlineStoreFile(project);
  if (!(await exists(file))) return;
  const manifests = await Promise.all(releases.map((release) => readRelease(project.store, release).catch(lost)));
  const needed = manifests.flatMap((manifest) => manifest?.features?.views.map(({ version }) => version) ?? []);
  await withStore(file, (online) => online.keepOnly(new Set(needed)));
}

/** Nobody can roll back to a release that the store has lost. */
function lost(error: unknown): null {
  if (error instanceof TidegateError) return null;
  throw error;
}

async function withStore<T>(file: string, work: (online: OnlineStore) => Promise<T>): Promise<T> {
  const online = openSqliteOnlineStore(file);
  try {
    return await work(online);
  } finally {
    online.close();
  }
}
