import { join } from 'node:path';
import { type Digest, failure, type Json, type ReleaseManifest, storedRecord } from '@tidegate/formats';
import { digestOfFile, filesBelow, mkdir, rename, rm, stat, syncFolder, temporaryBeside } from '../platform/index.ts';
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

/**
 * Writes the release as a folder: all of it or nothing. A folder that is there and whole is left alone, so a server may be reading
 * it; one that was changed is replaced.
 *
 * @throws as {@link readRelease}
 */
export async function checkOutRelease(store: ObjectStore, release: Digest, folder: string): Promise<ReleaseManifest> {
  const manifest = await readRelease(store, release);
  if (await isWhole(store, manifest, { release, folder })) return manifest;
  await mkdir(join(folder, '..'), { recursive: true });
  const fresh = temporaryBeside(folder);
  try {
    await store.checkOutTree(manifest.files, fresh);
    await store.checkOut(release, join(fresh, 'release.json'));
    for (const path of ['.', ...(await foldersOf(store, manifest))]) syncFolder(join(fresh, path));
    await replaceFolder(folder, fresh);
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
  return manifest;
}

interface CheckedOut {
  readonly release: Digest;
  readonly folder: string;
}

async function isWhole(store: ObjectStore, manifest: ReleaseManifest, { release, folder }: CheckedOut): Promise<boolean> {
  if ((await stat(join(folder, 'release.json')).catch(() => null)) === null) return false;
  const { entries } = await store.readTree(manifest.files);
  const expected = [...entries, { path: 'release.json', digest: release }];
  if ((await filesBelow(folder)).length !== expected.length) return false;
  for (const { path, digest } of expected) {
    const found = await digestOfFile(join(folder, path)).catch(() => null);
    if (found !== digest) return false;
  }
  return true;
}

async function foldersOf(store: ObjectStore, { files }: ReleaseManifest): Promise<readonly string[]> {
  const { entries } = await store.readTree(files);
  return [...new Set(entries.flatMap(({ path }) => (path.includes('/') ? [path.slice(0, path.lastIndexOf('/'))] : [])))];
}

/** A folder cannot be renamed onto another that holds files: the old one steps aside first. */
async function replaceFolder(folder: string, fresh: string): Promise<void> {
  const aside = temporaryBeside(folder);
  await rename(folder, aside).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
  await rename(fresh, folder);
  syncFolder(join(folder, '..'));
  await rm(aside, { recursive: true, force: true });
}
