import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { openEngine, quoteText } from '@tidegate/runtime';
import type { Digest } from '@tidegate/formats';
import { storeTable } from '../../../packages/core/src/data/tables/store-table.ts';
import { tablesAsTrees } from '../../../packages/core/src/data/tables/tables-as-trees.ts';
import { folderObjectStore } from '../../../packages/core/src/store/objects/folder-object-store.ts';
import { diskBytes } from '../many-files.ts';

/** Something that keeps versions of a table which comes as one Parquet file. */
export interface TableStore {
  readonly name: string;
  /** Keeps the file as the version after the first one. */
  readonly keep: (path: string) => Promise<void>;
  /** Bytes on the disk. */
  readonly bytes: () => number;
  /** Brings the newest version back into a folder. @returns its Parquet files */
  readonly bringBack: (folder: string) => Promise<readonly string[]>;
}

/** Tables as this repository keeps them, by the key `id`. */
export interface TidegateTables extends TableStore {
  readonly versions: readonly Digest[];
  /** Keeps the file as the version after the newest one. */
  readonly keepNext: (path: string) => Promise<void>;
  /** The version at a place as plain files, which have to be put together. */
  readonly putTogether: (at: number, folder: string) => Promise<readonly string[]>;
  readonly objects: ReturnType<typeof folderObjectStore>;
  readonly [Symbol.dispose]: () => void;
}

export function tidegateTables(folder: string): TidegateTables {
  const root = join(folder, 'objects');
  const objects = folderObjectStore(root);
  const versions: Digest[] = [];
  const scratch = join(folder, 'scratch');
  const keep = async (path: string, previous: Digest | null): Promise<void> => {
    using engine = await openEngine({ threads: 2, memory: '2GB', spill: join(folder, 'spill') });
    const { digest } = await storeTable(engine, {
      rows: `SELECT * FROM read_parquet(${quoteText(path)})`,
      key: ['id'],
      partition: null,
      store: objects,
      scratch,
      folder: 'rows',
      dataset: 't',
      previous,
      signal: new AbortController().signal,
    });
    versions.push(digest);
    rmSync(scratch, { recursive: true, force: true });
  };
  const putTogether = async (at: number, to: string): Promise<readonly string[]> => {
    const version = versions.at(at);
    if (version === undefined) throw new Error('Nothing is kept yet');
    await tablesAsTrees(objects, join(folder, 'parts')).checkOutTree(version, to);
    rmSync(join(folder, 'parts'), { recursive: true, force: true }); // what was put together is known to nobody any more
    return parquetBelow(to);
  };
  return {
    name: 'tidegate, as a table',
    versions,
    objects,
    keep: (path) => keep(path, versions[0] ?? null),
    keepNext: (path) => keep(path, versions.at(-1) ?? null),
    bytes: () => diskBytes([root]),
    putTogether,
    bringBack: (to) => putTogether(-1, to),
    [Symbol.dispose]: () => objects[Symbol.dispose](),
  };
}

export function parquetBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.parquet'))
    .sort()
    .map((name) => join(folder, name));
}

/** An empty folder. */
export function emptied(folder: string): string {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}
