import { type Digest, type Json, type KeyRecord, storedRecord, type StoredRecords } from '@tidegate/formats';
import type { ObjectStore } from './object-store.ts';

/**
 * A record from the store, once it is known to have this format.
 *
 * @throws TG-STORE-RECORD when another version of Tidegate has written it, or when it is something else; TG-STORE-OBJECT-MISSING,
 *   TG-STORE-OBJECT-CORRUPT
 */
export async function readRecord<Format extends keyof StoredRecords>(
  store: Pick<ObjectStore, 'readJson'>,
  format: Format,
  digest: Digest,
): Promise<StoredRecords[Format]> {
  return storedRecord(format, await valueAt(store, digest), digest);
}

/** A key record, also one that an earlier version of Tidegate has written. @throws as {@link readRecord} */
export async function readKeyRecord(store: Pick<ObjectStore, 'readJson'>, key: Digest): Promise<KeyRecord> {
  const value = await valueAt(store, key);
  const isEarlier = typeof value === 'object' && value !== null && 'format' in value && value.format === 'tidegate.key/1';
  return storedRecord(isEarlier ? 'tidegate.key/1' : 'tidegate.key/2', value, key);
}

/** Null for an object of somebody's bytes. */
async function valueAt(store: Pick<ObjectStore, 'readJson'>, digest: Digest): Promise<Json> {
  return store.readJson(digest).catch((error: unknown) => {
    if (error instanceof SyntaxError) return null;
    throw error;
  });
}
