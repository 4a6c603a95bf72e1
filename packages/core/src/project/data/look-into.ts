import { type Digest, failure, type TreeEntry } from '@tidegate/formats';
import { plainTree } from '../../data/index.ts';
import { createReadStream } from '../../platform/index.ts';
import { type FolderListing, listFolder } from '../../store/index.ts';
import type { Project } from '../project.ts';
import { filesOfVersion } from './quarantine-of.ts';

/** A folder of a version: the whole of it at `''`. Reads no file, and of the tree what lies on the way. @throws TG-CLI-NOT-FOUND */
export async function listVersion(project: Project, dataset: string, { version, path }: PathInVersion): Promise<FolderListing> {
  const { tree } = await filesOfVersion(project, dataset, version);
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
  const { tree } = await filesOfVersion(project, dataset, version);
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
