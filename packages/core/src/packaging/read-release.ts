import { type Digest, failure, type Json, type ReleaseManifest, storedRecord } from '@tidegate/formats';
import type { ObjectStore } from '../store/index.ts';

/**
 * The manifest of a release.
 * @throws TG-DEPLOY-NOT-A-RELEASE for an object that is none, TG-STORE-RECORD for one of another version; TG-STORE-OBJECT-MISSING,
 *   TG-STORE-OBJECT-CORRUPT
 */
export async function readRelease(store: ObjectStore, release: Digest): Promise<ReleaseManifest> {
  const record = await store.readJson(release).catch((error: unknown) => {
    if (error instanceof SyntaxError) return null;
    throw error;
  });
  if (isRelease(record)) return storedRecord('tidegate.release/1', record, release);
  throw failure(
    'TG-DEPLOY-NOT-A-RELEASE',
    `Cannot use "${release}" as a release: that object is something else`,
    'Find the digests of releases with "tidegate show ENVIRONMENT"',
  );
}

/** Of whatever version. */
function isRelease(record: Json): boolean {
  return typeof record === 'object' && record !== null && 'format' in record && String(record['format']).startsWith('tidegate.release/');
}
