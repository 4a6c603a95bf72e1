import { join } from 'node:path';
import { type Digest, TidegateError } from '@tidegate/formats';
import { type Engine, quoteText } from '@tidegate/runtime';
import { keyColumnsIn, type KeyRows, keysAmong } from '../../data/index.ts';
import { mkdir, rm } from '../../platform/index.ts';
import type { ObjectStore } from '../../store/index.ts';

/**
 * Whether Parquet files of a tree have a row under one of the keys, which the engine knows. What cannot be read, or has other columns, is taken to have
 * one: better a model too many is named than one too few.
 */
export async function treeHolds(
  engine: Engine,
  store: ObjectStore,
  { tree, keys, folder }: { readonly tree: Digest; readonly keys: KeyRows; readonly folder: string },
): Promise<boolean> {
  const scratch = join(folder, 'side');
  await mkdir(scratch, { recursive: true });
  try {
    for (const [at, { digest, path }] of (await store.readTree(tree)).entries.entries()) {
      if (!path.endsWith('.parquet')) return true;
      const file = join(scratch, `${at}.parquet`);
      await store.checkOut(digest, file);
      const rows = `SELECT * FROM read_parquet(${quoteText(file)})`;
      const columns = keyColumnsIn(await engine.describe(rows), keys);
      const isThere = columns === null || (await keysAmong(engine, rows, columns)).length > 0;
      await rm(file, { force: true });
      if (isThere) return true;
    }
    return false;
  } catch (error) {
    if (error instanceof TidegateError) return true; // nothing of it is here any more
    throw error;
  }
}
