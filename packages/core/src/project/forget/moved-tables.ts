import type { Digest, RowTombstone } from '@tidegate/formats';
import { tableAt } from '../../data/index.ts';
import type { Project } from '../project.ts';
import { rootsOf } from '../store/collect/known-projects.ts';

/** A table that stands in the place of another one, as large as it is now. */
export interface MovedTable {
  readonly before: Digest;
  readonly after: Digest;
  readonly files: number;
  readonly bytes: number;
  readonly rows: number;
}

/** @throws what the store throws where a new table is not at hand */
export async function movedTables({ store }: Pick<Project, 'store'>, tables: RowTombstone['tables']): Promise<readonly MovedTable[]> {
  const moved: MovedTable[] = [];
  for (const { before, after } of tables) {
    const record = await tableAt(store, after);
    const layers = record?.groups.flatMap((group) => group.layers) ?? [];
    const bytes = layers.reduce((sum, layer) => sum + layer.bytes, 0);
    moved.push({ before, after, files: record?.groups.length ?? 0, bytes, rows: record?.rows ?? 0 });
  }
  return moved;
}

/** Puts the new tables in the place of those that were read or added in any working tree of the project and are in no version. Part of the caller's transaction. */
export function moveAdded({ state, name, root }: Project, tables: readonly MovedTable[]): void {
  const read = state.prepare('UPDATE OR REPLACE source_reading SET tree = ? WHERE root = ? AND tree = ?');
  const added = state.prepare(
    'UPDATE data_added SET tree = ?, files = ?, bytes = ?, row_count = ? WHERE root = ? AND tree = ? AND onto IS NOT NULL',
  );
  for (const place of rootsOf(state, { name, root }))
    for (const { before, after, files, bytes, rows } of tables) {
      read.run(after, place, before);
      added.run(after, files, bytes, rows, place, before);
    }
}
