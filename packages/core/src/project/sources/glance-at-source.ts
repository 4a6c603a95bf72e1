import type { Digest, Json } from '@tidegate/formats';
import type { Project } from '../project.ts';
import { pinnedTree } from './readings.ts';
import { sourceOfDataset } from './source-of-dataset.ts';

/** A cheap look at the source of a dataset: as the last one = a reading would find nothing new; null = only a reading tells. @throws TG-SOURCE-…, TG-SECRETS-… */
export async function glanceAtSource(project: Project, dataset: string, options: { readonly signal: AbortSignal }): Promise<Json> {
  return (await sourceOfDataset(project, dataset)).glance(options);
}

/** Whether `tidegate.lock` pins a version with these rows or files. */
export async function isPinned(project: Project, dataset: string, tree: Digest): Promise<boolean> {
  return (await pinnedTree(project, dataset).catch(() => null)) === tree;
}
