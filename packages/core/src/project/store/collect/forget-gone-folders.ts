import { dirname } from 'node:path';
import { existsSync } from '../../../platform/index.ts';
import type { State } from '../../../store/index.ts';

/** Forgets what was known of files in folders that are gone: in one that comes back they are read once more. */
export function forgetGoneFolders(state: State): void {
  const there = new Map<string, boolean>();
  const isThere = (folder: string): boolean => {
    const known = there.get(folder) ?? existsSync(folder);
    there.set(folder, known);
    return known;
  };
  const folderOf = { folder_look: (path: string) => path, folder_stat: (path: string) => path, file_stat: dirname };
  for (const [table, folder] of Object.entries(folderOf)) {
    const paths = state.prepare(`SELECT path FROM ${table}`).all();
    const gone = paths.map((row) => String(row['path'])).filter((path) => !isThere(folder(path)));
    if (gone.length === 0) continue;
    const forget = state.prepare(`DELETE FROM ${table} WHERE path = ?`);
    state.note(() => {
      for (const path of gone) forget.run(path);
    });
  }
}
