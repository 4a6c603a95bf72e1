import type { Digest } from '@tidegate/formats';
import { flatTree } from './read-tree.ts';
import { parseNode } from './tree-node.ts';

/**
 * The lengths of the files of a tree, as far as its records can be read; the others are passed over, with all that is below them.
 *
 * @param textOf the text of a record; null for one that is not there
 * @throws TG-STORE-TREE
 */
export async function lengthsInTree(
  textOf: (digest: Digest) => Promise<string | null>,
  tree: Digest,
): Promise<ReadonlyMap<Digest, number>> {
  const lengths = new Map<Digest, number>();
  const waiting = [tree];
  const seen = new Set<Digest>();
  for (let digest = waiting.pop(); digest !== undefined; digest = waiting.pop()) {
    if (seen.has(digest)) continue;
    seen.add(digest);
    const text = await textOf(digest);
    if (text === null) continue;
    const value = JSON.parse(text) as Parameters<typeof parseNode>[0];
    const node = parseNode(value, digest);
    if (node === null) for (const file of flatTree(value, digest)?.entries ?? []) lengths.set(file.digest, file.bytes);
    else if (node.kind === 'buckets') waiting.push(...node.buckets.map((bucket) => bucket.node));
    else
      for (const entry of node.entries)
        if (entry.kind === 'folder') waiting.push(entry.folder);
        else lengths.set(entry.digest, entry.bytes);
  }
  return lengths;
}
