import type { TableColumn } from '@tidegate/formats';
import type { MergeConflict } from './merge-request.ts';

/** A column of a merged table, and which versions have it. */
export interface MergedColumn extends TableColumn {
  /** With this type. */
  readonly isInBase: boolean;
  readonly isInOurs: boolean;
  readonly isInTheirs: boolean;
}

export interface MergedColumns {
  /** Those of ours in their order, then those that theirs has added. */
  readonly columns: readonly MergedColumn[];
  readonly conflicts: readonly MergeConflict[];
}

/** Merges columns by name, capitals aside: what one side added or dropped counts. A type that differs between the sides is a conflict. */
export function mergeColumns(base: readonly TableColumn[], ours: readonly TableColumn[], theirs: readonly TableColumn[]): MergedColumns {
  const [olds, owns, others] = [byName(base), byName(ours), byName(theirs)] as const;
  const conflicts: MergeConflict[] = [];
  const columns: MergedColumn[] = [];
  for (const key of new Set([...owns.keys(), ...others.keys()])) {
    const [old, own, other] = [olds.get(key), owns.get(key), others.get(key)];
    const column = own ?? other;
    if (column === undefined || (old !== undefined && (own === undefined || other === undefined))) continue;
    const { name, type } = column;
    if (own !== undefined && other !== undefined && own.type !== other.type)
      conflicts.push({ kind: 'column', column: name, ours: own.type, theirs: other.type });
    columns.push({ name, type, isInBase: old?.type === type, isInOurs: own !== undefined, isInTheirs: other !== undefined });
  }
  return { columns, conflicts };
}

function byName(columns: readonly TableColumn[]): ReadonlyMap<string, TableColumn> {
  return new Map(columns.map((column) => [column.name.toLowerCase(), column]));
}
