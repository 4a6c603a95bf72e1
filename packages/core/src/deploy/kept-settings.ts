import type { Deployment } from '@tidegate/formats';
import type { ObjectStore } from '../store/index.ts';
import type { ReleaseSettings } from './target.ts';

/** The settings a deployment was made with, so that it can be made again after `tidegate.yaml` has changed; null when they are not kept. */
export async function keptSettings(store: ObjectStore, { settings }: Pick<Deployment, 'settings'>): Promise<ReleaseSettings | null> {
  if (settings === null || !(await store.has(settings))) return null;
  return (await store.readJson(settings)) as unknown as ReleaseSettings; // as prepareRelease put them
}
