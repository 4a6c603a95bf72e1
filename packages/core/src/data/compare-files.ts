import type { Digest } from '@tidegate/formats';
import { compareTrees, type FileDifference, isSameFile, type ObjectStore } from '../store/index.ts';

/** A file that two versions do not have alike; sizes in bytes. */
export type ComparedFile =
  | { readonly change: 'added' | 'removed'; readonly path: string; readonly bytes: number }
  | {
      readonly change: 'changed';
      readonly path: string;
      readonly before: number;
      readonly after: number;
      /** Whether its bytes are others; if not, only its mode is, or where its link leads. */
      readonly isEdited: boolean;
    }
  /** The same bytes under another name. */
  | { readonly change: 'renamed'; readonly path: string; readonly from: string; readonly bytes: number };

/** How the files of two versions differ; all counts are exact. */
export interface ComparedFiles {
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
  readonly renamed: number;
  /** Sorted by path, a renamed one by its new path. */
  readonly files: readonly ComparedFile[];
}

/** Which files differ between two trees. Of the trees only records that differ are read, and no file. @throws as {@link compareTrees} */
export async function compareFiles(store: Pick<ObjectStore, 'readJson'>, before: Digest | null, after: Digest): Promise<ComparedFiles> {
  const files = withRenames(await compareTrees(store, before, after));
  const count = (change: ComparedFile['change']): number => files.filter((file) => file.change === change).length;
  return { added: count('added'), removed: count('removed'), changed: count('changed'), renamed: count('renamed'), files };
}

function withRenames(differences: readonly FileDifference[]): readonly ComparedFile[] {
  const gone = new Map<Digest, FileDifference[]>();
  for (const one of differences)
    if (one.before !== null && one.after === null) gone.set(one.before.digest, [...(gone.get(one.before.digest) ?? []), one]);
  const formerPaths = new Map<string, string>();
  for (const { path, before, after } of differences) {
    const former = before === null && after !== null ? gone.get(after.digest) : undefined;
    const at = former?.findIndex((one) => isSameFile(one.before, after)) ?? -1;
    const [from] = at < 0 ? [] : (former?.splice(at, 1) ?? []);
    if (from !== undefined) formerPaths.set(path, from.path);
  }
  const moved = new Set(formerPaths.values());
  return differences.filter(({ path, after }) => after !== null || !moved.has(path)).map((one) => comparedFile(one, formerPaths));
}

function comparedFile({ path, before, after }: FileDifference, formerPaths: ReadonlyMap<string, string>): ComparedFile {
  const from = formerPaths.get(path);
  if (after === null) return { change: 'removed', path, bytes: before?.bytes ?? 0 };
  if (from !== undefined) return { change: 'renamed', path, from, bytes: after.bytes };
  if (before === null) return { change: 'added', path, bytes: after.bytes };
  return { change: 'changed', path, before: before.bytes, after: after.bytes, isEdited: before.digest !== after.digest };
}
