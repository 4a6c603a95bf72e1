import { join } from 'node:path';
import { type Engine, quoteText } from '@tidegate/runtime';
import { keyColumnsIn, type KeyRows, keysAmong } from '../../data/index.ts';
import { readdir } from '../../platform/index.ts';

/** Parts of tables in the working tree, below these folders of the project, that have a row under one of the keys, which the engine knows. */
export async function partsInTree(
  engine: Engine,
  root: string,
  { folders, keys }: { readonly folders: ReadonlySet<string>; readonly keys: KeyRows },
): Promise<readonly string[]> {
  const found: string[] = [];
  for (const folder of folders)
    for (const name of await readdir(join(root, folder)).catch(() => [])) {
      if (!/^part-\d+\.parquet$/.test(name)) continue;
      const path = `${folder}/${name}`;
      const rows = `SELECT * FROM read_parquet(${quoteText(join(root, path))})`;
      const columns = await engine.describe(rows).catch(() => null); // somebody's own file, or half of one
      const own = columns === null ? null : keyColumnsIn(columns, keys);
      if (own !== null && (await keysAmong(engine, rows, own)).length > 0) found.push(path);
    }
  return found;
}
