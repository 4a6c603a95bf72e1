import { type Digest, failure, type TreeEntry } from '@tidegate/formats';
import { plainTree, readVersion } from '../../data/index.ts';
import { createReadStream } from '../../platform/index.ts';
import { type FolderListing, listFolder } from '../../store/index.ts';
import { requireDataset } from './dataset-views.ts';
import { newestPassingOf } from '../run/newest-passing.ts';
import type { Project } from '../project.ts';
import { pinnedVersion, versionNamed } from './version-names.ts';

/** The version that a word names, or else the pinned one, or else the newest that passes. @throws TG-CLI-NOT-FOUND */
export async function versionOrPinned(project: Project, dataset: string, word: string | null): Promise<Digest> {
  requireDataset(project, dataset);
  if (word !== null) return versionNamed(project, dataset, word);
  const digest = await currentVersion(project, dataset);
  if (digest !== null) return digest;
  throw failure(
    'TG-CLI-NOT-FOUND',
    `Cannot find a version of "data.${dataset}": none is pinned, and none passes`,
    `Run "tidegate data commit ${dataset}" first`,
  );
}

/** The pinned version, or else the newest that passes; null when there is neither. */
export async function currentVersion(project: Project, dataset: string): Promise<Digest | null> {
  return (await pinnedVersion(project, dataset)) ?? (await newestPassingOf(project, dataset));
}

/** A folder of a version: the whole of it at `''`. Reads no file, and of the tree what lies on the way. @throws TG-CLI-NOT-FOUND */
export async function listVersion(project: Project, dataset: string, { version, path }: PathInVersion): Promise<FolderListing> {
  const { tree } = await readVersion(project.store, { digest: await versionOrPinned(project, dataset, version) });
  const listing = await listFolder(project.store, await plainTree(project.store, tree), path);
  if (listing !== null) return listing;
  const entry = await entryAt(project, tree, path);
  if (entry !== null) return { files: [entry], folders: [] };
  throw notInVersion(dataset, path);
}

export interface PathInVersion {
  /** A digest or its first digits, a commit, branch or tag; null = the pinned version. */
  readonly version: string | null;
  /** Relative to the project. */
  readonly path: string;
}

export interface FileOfVersion {
  readonly bytes: number;
  /** Its bytes, checked before the first of them comes; memory is bounded. @throws TG-STORE-OBJECT-MISSING, TG-STORE-OBJECT-CORRUPT */
  readonly chunks: () => AsyncIterable<Uint8Array>;
}

/** A file of a version, to be read from the store. @throws TG-CLI-NOT-FOUND */
export async function openFileOfVersion(project: Project, dataset: string, { version, path }: PathInVersion): Promise<FileOfVersion> {
  const { tree } = await readVersion(project.store, { digest: await versionOrPinned(project, dataset, version) });
  const entry = await entryAt(project, tree, path);
  if (entry === null) throw notInVersion(dataset, path);
  return { bytes: entry.bytes, chunks: () => chunksOf(project, entry) };
}

const chunkBytes = 1 << 20;

async function* chunksOf({ store }: Project, { digest, bytes }: TreeEntry): AsyncGenerator<Uint8Array> {
  if (bytes <= chunkBytes) yield await store.readBytes(digest);
  else yield* createReadStream(await store.pathOf(digest), { highWaterMark: chunkBytes }) as AsyncIterable<Buffer>;
}

async function entryAt({ store }: Project, tree: Digest, path: string): Promise<TreeEntry | null> {
  const folder = await listFolder(store, await plainTree(store, tree), path.split('/').slice(0, -1).join('/'));
  return folder?.files.find((file) => file.path === path) ?? null;
}

function notInVersion(dataset: string, path: string): Error {
  return failure(
    'TG-CLI-NOT-FOUND',
    `Cannot find ${JSON.stringify(path)} in data.${dataset}: the version has no such file or folder`,
    `See what it has: "tidegate data ls ${dataset}"`,
  );
}
