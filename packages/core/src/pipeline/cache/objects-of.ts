import { type Artifact, type Digest, TidegateError } from '@tidegate/formats';
import type { ObjectStore } from '../../store/index.ts';
import type { StoredResult } from './results.ts';

/** An object that is to be carried elsewhere; the length of a record is not known beforehand. */
export interface ObjectToSend {
  readonly digest: Digest;
  readonly bytes: number | null;
}

/** Longer files are read by whoever gets them, bytes. */
const longestInMemory = 64 << 10;

/** The key record, and the outputs with the files of trees; null when a tree is nowhere. */
export async function objectsOf(store: ObjectStore, { key, outputs }: StoredResult): Promise<readonly ObjectToSend[] | null> {
  const objects: ObjectToSend[] = [{ digest: key, bytes: null }];
  for (const artifact of Object.values(outputs)) {
    const found = await objectsIn(store, artifact);
    if (found === null) return null;
    objects.push(...found);
  }
  return objects;
}

/** An artifact, with its files when it is a tree; null when the tree is nowhere. */
export async function objectsIn(
  store: ObjectStore,
  { kind, digest, bytes }: ObjectToSend & Pick<Artifact, 'kind'>,
): Promise<readonly ObjectToSend[] | null> {
  if (kind === 'file') return [{ digest, bytes }];
  const contents = await store.contentsOf(digest).catch((error: unknown) => {
    if (error instanceof TidegateError) return null;
    throw error;
  });
  return contents && [...contents.records.map((record) => ({ digest: record, bytes: null })), ...contents.files];
}

/** The bytes of a record or a short file, the path of a longer one: the store may have no file of what is short. @throws as `readBytes` of the store */
export function contentOf(store: ObjectStore, { digest, bytes }: ObjectToSend): Promise<Uint8Array | string> {
  return bytes === null || bytes <= longestInMemory ? store.readBytes(digest) : store.pathOf(digest);
}
