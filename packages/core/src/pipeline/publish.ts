import { dirname, join, sep } from 'node:path';
import { type Artifact, compareCodeUnits, type Digest, digest, failure, TidegateError } from '@tidegate/formats';
import { entryAt, mkdir, realpath, removeLeftovers, rename, rm, syncFile, syncFolder, temporaryBeside } from '../platform/index.ts';
import type { FileDigests, ObjectStore, State } from '../store/index.ts';

/** An output that belongs into the user's tree. */
export interface Publication {
  readonly path: string;
  readonly artifact: Artifact;
}

export interface PublishParts {
  readonly store: ObjectStore;
  readonly state: State;
  readonly digests: FileDigests;
  /** The user's tree. */
  readonly root: string;
}

/**
 * Puts outputs into the user's tree. Each file appears whole or not at all; one that has the right bytes already is not touched.
 * Of a folder that an earlier run has put there, files that are no longer part of it are removed, unless somebody changed them.
 *
 * @throws TG-PIPELINE-PUBLISH; TG-STORE-OBJECT-MISSING, TG-STORE-OBJECT-CORRUPT
 */
export async function publish(parts: PublishParts, publications: readonly Publication[]): Promise<void> {
  for (const { path, artifact } of publications) {
    const wanted = await filesOf(parts.store, path, artifact);
    const earlier = earlierTree(parts, path);
    if (earlier !== null && earlier !== artifact.digest) await removeStale(parts, { path, earlier, wanted });
    for (const file of wanted.values()) await putFile(parts, file);
    if (artifact.kind === 'tree' && earlier !== artifact.digest) noteTree(parts, path, artifact.digest);
  }
  parts.digests.save();
}

interface WantedFile {
  readonly path: string;
  readonly digest: Digest;
  readonly executable: boolean;
}

async function filesOf(store: ObjectStore, path: string, artifact: Artifact): Promise<ReadonlyMap<string, WantedFile>> {
  if (artifact.kind === 'file') return new Map([[path, { path, digest: artifact.digest, executable: false }]]);
  const { entries } = await store.readTree(artifact.digest);
  const files = entries.map((entry) => ({ path: `${path}/${entry.path}`, digest: entry.digest, executable: entry.executable === true }));
  return new Map(files.map((file) => [file.path, file]));
}

async function putFile(parts: PublishParts, file: WantedFile): Promise<void> {
  const target = join(parts.root, file.path);
  if ((await digestAt(parts, target)) === file.digest) return;
  try {
    await mkdir(dirname(target), { recursive: true });
    await refuseOutside(parts.root, file.path);
    await removeLeftovers(dirname(target));
    const temporary = temporaryBeside(target);
    try {
      await parts.store.checkOut(file.digest, temporary, { executable: file.executable });
      await syncFile(temporary);
      await rename(temporary, target);
    } finally {
      await rm(temporary, { force: true });
    }
    syncFolder(dirname(target));
  } catch (error) {
    throw error instanceof TidegateError ? error : inTheWay(file.path, error);
  }
}

/** Null when there is no such file, or something else that is no file. */
async function digestAt({ digests }: PublishParts, target: string): Promise<Digest | null> {
  const stat = entryAt(target);
  return stat?.isFile() ? (await digests.of(target, stat)).digest : null;
}

/** A link in the way must not lead a write out of the project. */
async function refuseOutside(root: string, path: string): Promise<void> {
  const [folder, real] = await Promise.all([realpath(dirname(join(root, path))), realpath(root)]);
  if (folder === real || folder.startsWith(real + sep)) return;
  throw failure(
    'TG-PIPELINE-PUBLISH',
    `Cannot put "${path}" into the project: a symbolic link leads to "${folder}", outside of it`,
    `Replace the link by a folder, or give the output another path`,
  );
}

function inTheWay(path: string, error: unknown): TidegateError {
  const { code, message } = error as NodeJS.ErrnoException;
  const isBelowFile = code === 'EEXIST' || code === 'ENOTDIR';
  const found = code === 'EISDIR' ? 'a folder is there' : isBelowFile ? 'a file is where its folder should be' : message;
  return failure(
    'TG-PIPELINE-PUBLISH',
    `Cannot put "${path}" into the project: ${found}`,
    `Move away what is at "${path}" and run again`,
    error,
  );
}

function earlierTree({ state, root }: PublishParts, path: string): Digest | null {
  const row = state.prepare('SELECT digest FROM published WHERE root = ? AND path = ?').get(root, path);
  return row === undefined ? null : digest(String(row['digest']));
}

function noteTree({ state, root }: PublishParts, path: string, digest: Digest): void {
  state.note(() => state.prepare('INSERT OR REPLACE INTO published (root, path, digest) VALUES (?, ?, ?)').run(root, path, digest));
}

async function removeStale(
  parts: PublishParts,
  { path, earlier, wanted }: { readonly path: string; readonly earlier: Digest; readonly wanted: ReadonlyMap<string, WantedFile> },
): Promise<void> {
  const tree = await parts.store.readTree(earlier).catch(() => null); // gone from the store: then nobody knows what was ours
  for (const entry of (tree?.entries ?? []).toSorted((a, b) => compareCodeUnits(a.path, b.path))) {
    const stale = `${path}/${entry.path}`;
    if (wanted.has(stale)) continue;
    const target = join(parts.root, stale);
    if ((await digestAt(parts, target)) === entry.digest) await rm(target, { force: true });
  }
}
