import { join } from 'node:path';
import { type Artifact, compareCodeUnits, type Digest, digest } from '@tidegate/formats';
import { rm } from '../../platform/index.ts';
import type { ObjectStore, State } from '../../store/index.ts';
import { digestAt, openPlacement, type PlacedFile, type PlaceParts } from './place-file.ts';

/** An output that belongs into the user's tree. */
export interface Publication {
  readonly path: string;
  readonly artifact: Artifact;
}

export interface PublishParts extends PlaceParts {
  readonly state: State;
}

/** Puts outputs into the user's tree; those of several steps may go on side by side. */
export interface Publishing {
  /**
   * Each file appears whole or not at all; one that has the right bytes already is not touched. Of a folder that an earlier run has put
   * there, files that are no longer part of it are removed, unless somebody changed them.
   *
   * @throws TG-PIPELINE-PUBLISH; TG-STORE-OBJECT-MISSING, TG-STORE-OBJECT-CORRUPT
   */
  readonly put: (publications: readonly Publication[]) => Promise<void>;
  /** Makes all that was put durable, then notes it. */
  readonly settle: () => void;
}

export function openPublishing(parts: PublishParts): Publishing {
  const placement = openPlacement(parts);
  const trees = new Map<string, Digest>();
  const putOne = async ({ path, artifact }: Publication): Promise<void> => {
    const wanted = await filesOf(parts.store, path, artifact);
    const earlier = earlierTree(parts, path);
    if (earlier !== null && earlier !== artifact.digest) await removeStale(parts, { path, earlier, wanted });
    for (const file of wanted.values()) await placement.place(file);
    if (artifact.kind === 'tree' && earlier !== artifact.digest) trees.set(path, artifact.digest);
  };
  return {
    put: async (publications) => {
      for (const publication of publications) await putOne(publication);
    },
    settle: () => {
      placement.settle();
      if (trees.size > 0) noteTrees(parts, trees);
      parts.digests.save();
    },
  };
}

async function filesOf(store: ObjectStore, path: string, artifact: Artifact): Promise<ReadonlyMap<string, PlacedFile>> {
  if (artifact.kind === 'file') return new Map([[path, { path, digest: artifact.digest, executable: false }]]);
  const { entries } = await store.readTree(artifact.digest);
  const files = entries.map((entry) => ({ path: `${path}/${entry.path}`, digest: entry.digest, executable: entry.executable === true }));
  return new Map(files.map((file) => [file.path, file]));
}

function earlierTree({ state, root }: PublishParts, path: string): Digest | null {
  const row = state.prepare('SELECT digest FROM published WHERE root = ? AND path = ?').get(root, path);
  return row === undefined ? null : digest(String(row['digest']));
}

function noteTrees({ state, root }: PublishParts, trees: ReadonlyMap<string, Digest>): void {
  state.note(() => {
    for (const [path, digest] of trees)
      state.prepare('INSERT OR REPLACE INTO published (root, path, digest) VALUES (?, ?, ?)').run(root, path, digest);
  });
}

async function removeStale(
  parts: PublishParts,
  { path, earlier, wanted }: { readonly path: string; readonly earlier: Digest; readonly wanted: ReadonlyMap<string, PlacedFile> },
): Promise<void> {
  const tree = await parts.store.readTree(earlier).catch(() => null); // gone from the store: then nobody knows what was ours
  for (const entry of (tree?.entries ?? []).toSorted((a, b) => compareCodeUnits(a.path, b.path))) {
    const stale = `${path}/${entry.path}`;
    if (wanted.has(stale)) continue;
    if ((await digestAt(parts, stale)) === entry.digest) await rm(join(parts.root, stale), { force: true });
  }
}
