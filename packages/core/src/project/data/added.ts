import { type Digest, digest } from '@tidegate/formats';
import { isoTime } from '../../platform/index.ts';
import { replacements } from '../../store/index.ts';
import type { Project } from '../project.ts';

/** What `data add` has stored of a dataset in a working tree. */
export interface AddedTree {
  readonly tree: Digest;
  readonly files: number;
  readonly bytes: number;
  /** What it was made of, or stands in its place since rows were forgotten, where that was a version and not the files of the working tree: then those say nothing about it. */
  readonly onto: { readonly version: Digest; readonly rows: number } | null;
  readonly addedAt: string;
}

/** What was added onto a version. */
export type AddedOntoTree = AddedTree & { readonly onto: NonNullable<AddedTree['onto']> };

export function isOnto(added: AddedTree): added is AddedOntoTree {
  return added.onto !== null;
}

/** What was added last; null when nothing was since the last version. */
export function addedTree({ state, root, name }: Project, dataset: string): AddedTree | null {
  const row = state
    .prepare('SELECT tree, files, bytes, onto, row_count, added_at FROM data_added WHERE root = ? AND dataset = ?')
    .get(root, dataset);
  if (row === undefined) return null;
  const onto = row['onto'] === null ? null : replacements(state, name).newest(digest(String(row['onto'])));
  return {
    tree: digest(String(row['tree'])),
    files: Number(row['files']),
    bytes: Number(row['bytes']),
    onto: onto === null ? null : { version: onto, rows: Number(row['row_count']) },
    addedAt: String(row['added_at']),
  };
}

/**
 * Garbage collection keeps what is noted here.
 *
 * @param isStill whether what it was made of is what it was, asked when nobody else can note anything. Default: it does not matter.
 * @returns whether it was noted
 */
export function noteAdded(
  { state, root, platform }: Project,
  dataset: string,
  { tree, files, bytes, onto }: Omit<AddedTree, 'addedAt'>,
  isStill: () => boolean = () => true,
): boolean {
  return state.commit(() => {
    if (!isStill()) return false;
    state
      .prepare(
        'INSERT OR REPLACE INTO data_added (root, dataset, tree, files, bytes, onto, row_count, added_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
      )
      .run(root, dataset, tree, files, bytes, onto?.version ?? null, onto?.rows ?? null, isoTime(platform.clock));
    return true;
  });
}

/** What is in a version now. What another process has added since waits for the next one. */
export function forgetAdded({ state, root }: Project, dataset: string, tree: Digest): void {
  state.commit(() => state.prepare('DELETE FROM data_added WHERE root = ? AND dataset = ? AND tree = ?').run(root, dataset, tree));
}
