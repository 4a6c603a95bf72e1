import { type Artifact, compareCodeUnits, type Tree, type TreeEntry } from '@tidegate/formats';
import type { ObjectStore } from '../store/index.ts';

/** Stores the tree of files that are in the store already. */
export async function treeArtifact(store: ObjectStore, entries: readonly TreeEntry[]): Promise<Artifact> {
  const tree: Tree = { format: 'tidegate.tree/1', entries: [...entries].sort((a, b) => compareCodeUnits(a.path, b.path)) };
  const { digest } = await store.putJson(tree);
  return { kind: 'tree', digest, bytes: entries.reduce((sum, { bytes }) => sum + bytes, 0), files: entries.length };
}
