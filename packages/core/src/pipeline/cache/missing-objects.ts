import { type Artifact, type Digest, TidegateError } from '@tidegate/formats';
import type { ObjectStore, StoredObject } from '../../store/index.ts';

/** Objects of these artifacts that are not in the store, those of the files of a tree included. */
export async function missingObjects(store: ObjectStore, artifacts: Iterable<Artifact>): Promise<readonly Digest[]> {
  const wanted: { readonly digest: Digest; readonly bytes: number | null }[] = [];
  const gone: Digest[] = [];
  for (const artifact of artifacts)
    if (artifact.kind === 'file') wanted.push(artifact);
    else {
      const files = await filesOf(store, artifact.digest);
      if (files === null) gone.push(artifact.digest);
      else wanted.push(...files);
    }
  return [...gone, ...(await store.missing(wanted))];
}

/** Null when the tree cannot be read: it is made again like one that is gone. */
async function filesOf(store: ObjectStore, digest: Digest): Promise<readonly StoredObject[] | null> {
  try {
    return (await store.contentsOf(digest)).files;
  } catch (error) {
    if (error instanceof TidegateError) return null;
    throw error;
  }
}
