import { type Digest, storedRecord, type StoredRecords } from '@tidegate/formats';
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
  const value = await store.readJson(digest).catch((error: unknown) => {
    if (error instanceof SyntaxError) return null; // an object of somebody's bytes
    throw error;
  });
  return storedRecord(format, value, digest);
}
