import { join } from 'node:path';
import { type Digest, failure, type ReleaseManifest, TidegateError } from '@tidegate/formats';
import { verifySignature } from '@tidegate/runtime';
import {
  digestOfBytes,
  digestOfFile,
  filesBelow,
  mkdir,
  rename,
  rm,
  stat,
  syncFolder,
  temporaryBeside,
  writeFile,
} from '../platform/index.ts';
import type { ObjectStore } from '../store/index.ts';
import { readRelease } from './read-release.ts';
import { manifestName, signatureName } from './release-files.ts';
import type { ReleaseSignature } from './release-signatures.ts';

/**
 * Writes the release as a folder: all of it or nothing. A folder that is there and whole is left alone, so a server may be reading
 * it; one that was changed is replaced. With a signature, which is written beside the rest, every file is held against it before anything is in its place.
 *
 * @throws as {@link readRelease}; TG-MODELS-SIGNATURE with the file that is not what was signed
 */
export async function checkOutRelease(
  store: ObjectStore,
  release: Digest,
  folder: string,
  signature: ReleaseSignature | null = null,
): Promise<ReleaseManifest> {
  const manifest = await readRelease(store, release);
  if (await isWhole(store, manifest, { release, folder, signature })) {
    if (signature !== null) await requireSigned(folder, signature);
    return manifest;
  }
  await mkdir(join(folder, '..'), { recursive: true });
  const fresh = temporaryBeside(folder);
  try {
    await store.checkOutTree(manifest.files, fresh).catch(async (error: unknown) => {
      throw await namingFile(store, manifest, error);
    });
    await store.checkOut(release, join(fresh, manifestName));
    if (signature !== null) {
      await writeFile(join(fresh, signatureName), signature.bundle, { flush: true });
      await requireSigned(fresh, signature);
    }
    for (const path of ['.', ...(await foldersOf(store, manifest))]) syncFolder(join(fresh, path));
    await replaceFolder(folder, fresh);
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
  return manifest;
}

/** The store tells of a digest; who deploys knows the file by its path. */
async function namingFile(store: ObjectStore, { files }: ReleaseManifest, error: unknown): Promise<unknown> {
  if (!(error instanceof TidegateError)) return error;
  const [{ code, message, hint }] = error.diagnostics;
  const file = (await store.readTree(files)).entries.find(({ digest }) => message.includes(digest));
  return file === undefined ? error : failure(code, `Cannot write "${file.path}" of the release: ${message}`, hint, error);
}

interface CheckedOut {
  readonly release: Digest;
  readonly folder: string;
  readonly signature: ReleaseSignature | null;
}

async function requireSigned(folder: string, { bundle, key }: ReleaseSignature): Promise<void> {
  await verifySignature(folder, bundle, { trust: { kind: 'key', key }, ignored: [signatureName] });
}

async function isWhole(store: ObjectStore, manifest: ReleaseManifest, { release, folder, signature }: CheckedOut): Promise<boolean> {
  if ((await stat(join(folder, manifestName)).catch(() => null)) === null) return false;
  const { entries } = await store.readTree(manifest.files);
  const expected = [
    ...entries,
    { path: manifestName, digest: release },
    ...(signature === null ? [] : [{ path: signatureName, digest: digestOfBytes(signature.bundle) }]),
  ];
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
