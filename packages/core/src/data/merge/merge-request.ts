import type { Digest } from '@tidegate/formats';
import type { ObjectStore } from '../../store/index.ts';

/** Two versions of one dataset that go back to a third one, as trees of files or as tables. */
export interface MergeRequest {
  /** What both sides come from; null when there is nothing, and each has all of its files or rows by itself. */
  readonly base: Digest | null;
  readonly ours: Digest;
  readonly theirs: Digest;
  /** Which side counts where both have changed the same file, or value of a row, in different ways; null = that is a conflict. */
  readonly prefer: Side | null;
  readonly store: ObjectStore;
  /** Names the dataset in messages. */
  readonly dataset: string;
  readonly signal: AbortSignal;
}

export type Side = 'ours' | 'theirs';

/** What one side did with something that both have touched. */
export type SideChange = 'added' | 'changed' | 'removed';

/** Something that only a person can decide. */
export type MergeConflict =
  | { readonly kind: 'file'; readonly path: string; readonly ours: SideChange; readonly theirs: SideChange }
  /** A path that is a file on one side and a folder on the other, or a link that would lead nowhere. */
  | { readonly kind: 'path'; readonly path: string; readonly problem: 'file and folder' | 'link to nothing' }
  | {
      readonly kind: 'row';
      /** Values of the key, as text. */
      readonly key: { readonly [column: string]: string };
      readonly ours: SideChange;
      readonly theirs: SideChange;
      /** Columns to which both gave different values; none where one side removed the row. */
      readonly columns: readonly string[];
    }
  /** Types of a column that differ; null where it is not. */
  | { readonly kind: 'column'; readonly column: string; readonly ours: string; readonly theirs: string }
  /** What keeps rows or files from being compared at all. */
  | { readonly kind: 'shape'; readonly problem: ShapeProblem };

/**
 * - `table and files`: one side is a table, the other is files.
 * - `keys`: rows are told apart by other columns on each side.
 * - `rows without a key`: both sides took the same rows out and put others in; whether those are the same rows changed, nobody can tell.
 * - `columns without a key`: the sides have other columns, and nothing tells which row of one is which of the other.
 */
export type ShapeProblem = 'table and files' | 'keys' | 'rows without a key' | 'columns without a key';

export type DataMerge =
  | { readonly kind: 'merged'; readonly tree: Digest }
  /** The first conflicts of `count`. */
  | { readonly kind: 'conflict'; readonly count: number; readonly conflicts: readonly MergeConflict[] };

/** So many conflicts are listed at most. */
export const mostConflicts = 20;

export function conflictsOf(all: readonly MergeConflict[], count = all.length): DataMerge {
  return { kind: 'conflict', count, conflicts: all.slice(0, mostConflicts) };
}
