import type { Digest } from '@tidegate/formats';
import { type SourceFile, treeArtifact } from '../../data/index.ts';
import type { ObjectStore } from '../../store/index.ts';

export interface FilesToKeep {
  readonly dataset: string;
  readonly files: readonly SourceFile[];
  /** The files of the reading before; null when there is none. */
  readonly before: Digest | null;
}

export interface KeptFiles {
  readonly tree: Digest;
  /** How many files it has. */
  readonly rows: number;
  /** How many of them the source has sent. */
  readonly readRows: number;
  readonly newBytes: number;
  readonly isNew: boolean;
}

/** Keeps the files that a source gave as a tree below the dataset's folder; those that did not change are the ones of before. */
export async function keepFiles(store: ObjectStore, { dataset, files, before }: FilesToKeep): Promise<KeptFiles> {
  const folder = `data/${dataset}`;
  const former = new Map(before === null ? [] : (await store.readTree(before)).entries.map((entry) => [entry.path, entry]));
  const known = new Set([...former.values()].map(({ digest }) => digest));
  const sent = files.flatMap(({ path, file }) => (file === null ? [] : [{ path, file }]));
  const stored = await store.putFiles(sent.map(({ file }) => ({ path: file })));
  const fresh = new Map(sent.map(({ path }, index) => [path, stored[index]]));
  const entries = files.map(({ path }) => {
    const at = `${folder}/${path}`;
    const found = fresh.get(path) ?? former.get(at);
    if (found === undefined) throw new Error(`Cannot keep "${path}" of "${dataset}": it was not there before; please report this`);
    return { path: at, digest: found.digest, bytes: found.bytes };
  });
  const newBytes = stored.reduce((sum, { digest, bytes }) => (known.has(digest) ? sum : sum + bytes), 0);
  const { digest: tree } = await treeArtifact(
    store,
    entries.toSorted((a, b) => (a.path < b.path ? -1 : 1)),
  );
  return { tree, rows: entries.length, readRows: sent.length, newBytes, isNew: tree !== before };
}
