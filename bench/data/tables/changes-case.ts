import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { cpuSeconds } from '../byte-mode/cpu-seconds.ts';
import { changes, writeChanged } from '../byte-mode/tables.ts';
import { sameRows } from './same-rows.ts';
import { emptied, type TableStore } from './table-store.ts';

export interface Cost {
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
}

/** What one version cost. */
export interface VersionCost {
  readonly change: string;
  /** New bytes per byte of the file. */
  readonly share: number;
  readonly keep: Cost;
  readonly back: Cost;
}

export interface ChangesRequest {
  /** The first version. */
  readonly first: string;
  readonly folder: string;
  /** Names of the changes that are played. */
  readonly only: (change: string) => boolean;
}

/** The first version, then changes of it one by one; each version is brought back and compared with the file that it was made of. */
export async function playChanges(store: TableStore, { first, folder, only }: ChangesRequest): Promise<readonly VersionCost[]> {
  const costs = [await playVersion(store, { path: first, change: 'first version', folder })];
  for (const change of changes.filter(({ name }) => only(name))) {
    const path = join(folder, 'changed.parquet');
    await writeChanged(first, path, change);
    costs.push(await playVersion(store, { path, change: change.name, folder }));
    rmSync(path);
  }
  return costs;
}

async function playVersion(
  store: TableStore,
  { path, change, folder }: { readonly path: string; readonly change: string; readonly folder: string },
): Promise<VersionCost> {
  const before = store.bytes();
  const keep = await costOf(() => store.keep(path));
  const share = (store.bytes() - before) / statSync(path).size;
  const to = emptied(join(folder, 'back'));
  let files: readonly string[] = [];
  const back = await costOf(async () => (files = await store.bringBack(to)));
  await sameRows(path, files, `${store.name}, ${change},`);
  rmSync(to, { recursive: true });
  return { change, share, keep, back };
}

export async function costOf(work: () => Promise<unknown>): Promise<Cost> {
  const [begun, before] = [performance.now(), cpuSeconds()];
  await work();
  return { wallSeconds: (performance.now() - begun) / 1000, cpuSeconds: cpuSeconds() - before };
}
