import type { Artifact, TreeEntry } from '@tidegate/formats';
import type { ObjectStore } from '../store/index.ts';

/** Stores the tree of files that are in the store already. */
export async function treeArtifact(store: ObjectStore, entries: readonly TreeEntry[]): Promise<Artifact> {
  return { kind: 'tree', ...(await store.putEntries(entries)), files: entries.length };
}
