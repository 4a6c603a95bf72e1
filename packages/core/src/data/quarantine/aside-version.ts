import { join } from 'node:path';
import type { DatasetVersion, Digest, ProfilePart } from '@tidegate/formats';
import { openEngine, profileOfPart } from '@tidegate/runtime';
import { rm } from '../../platform/index.ts';
import type { ObjectStore } from '../../store/index.ts';
import { wholeOf } from '../profile/profile-table.ts';
import { filesOfTree } from '../read/dataset-file.ts';
import { openTable } from '../read/dataset-table.ts';
import { scratchFolder } from '../scratch-folder.ts';
import { inTurn } from '../tables/side-by-side.ts';

export interface AsideRequest {
  readonly store: ObjectStore;
  /** `NAME.quarantine` */
  readonly dataset: string;
  /** Digest of the tree with the rows. */
  readonly tree: Digest;
  /** Columns with values of persons: only counts of them are kept. */
  readonly personal: ReadonlySet<string>;
  readonly signal: AbortSignal;
}

/** Rows that were put aside as a version to look at, with the profile that it is from; nothing of it is kept. */
export async function asideVersion({
  store,
  dataset,
  tree,
  personal,
  signal,
}: AsideRequest): Promise<{ readonly version: DatasetVersion; readonly part: ProfilePart }> {
  const folder = await scratchFolder();
  try {
    using engine = await openEngine({ threads: 1, spill: join(folder, 'spill'), signal });
    const files = await filesOfTree(store, await store.readTree(tree));
    const table = await openTable(engine, { files, format: 'parquet', declared: new Map(), folders: () => false });
    const { whole } = await wholeOf(inTurn([engine]), { table, personal, parts: null });
    const profile = profileOfPart(whole, null);
    const version: DatasetVersion = {
      format: 'tidegate.dataset-version/1',
      dataset,
      tree,
      fileFormat: 'parquet',
      rows: profile.rows,
      bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
      files: files.length,
      columns: table.columns.map(({ name, type, physicalType }) => ({ name, type, physicalType })),
      time: null,
      knownAt: {},
      profile,
      contract: null,
      checks: [],
      verdict: 'pass',
    };
    return { version, part: whole };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
