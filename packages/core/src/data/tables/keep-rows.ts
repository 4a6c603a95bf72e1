import { join } from 'node:path';
import { type Artifact, type Digest, failure, type Json } from '@tidegate/formats';
import type { Engine, EngineOptions } from '@tidegate/runtime';
import type { TableConfig } from '../../config/index.ts';
import { digestOfFile } from '../../platform/index.ts';
import type { DatasetContext } from '../dataset-inputs.ts';
import { type ForgottenRows, withoutForgotten } from '../forget/forgotten-rows.ts';
import { type DatasetFile, filesOfTree } from '../read/dataset-file.ts';
import { type DatasetTable, typedSql } from '../read/dataset-table.ts';
import { newestPartitions } from './rows/newest-partitions.ts';
import { storeTable } from './store-table.ts';

export interface KeepRequest {
  readonly dataset: string;
  readonly table: TableConfig;
  /** The rows as the source has them. */
  readonly source: DatasetTable;
  /** Tables of earlier versions, the newest first. */
  readonly former: readonly Digest[];
  /** Rows that are left out though the source has them; null = none. */
  readonly forgotten: ForgottenRows | null;
  readonly openEngine: (options: EngineOptions) => Promise<Engine>;
  /** A folder of the caller's, who removes it. */
  readonly folder: string;
}

export interface KeptRows {
  readonly tree: Artifact;
  /** The rows as plain files, in the order of the table. */
  readonly files: readonly DatasetFile[];
  readonly facts: { readonly [name: string]: Json };
}

/** Stores the rows of a dataset as a table version. @throws TG-DATA-TABLE-KEY, TG-STORE-FILE-CHANGED */
export async function keepRows(
  { store, signal, progress }: Omit<DatasetContext, 'node' | 'inputs'>,
  request: KeepRequest,
): Promise<KeptRows> {
  const { dataset, table, source, former, folder } = request;
  progress('Compare the rows', null);
  using engine = await request.openEngine({ threads: 2, spill: join(folder, 'spill-rows'), signal });
  const remaining = await withoutForgotten(engine, typedSql(source), request.forgotten);
  const { rows, dropped } = await newestPartitions(engine, remaining.rows, table);
  const stored = await storeTable(engine, {
    rows,
    key: table.key,
    partition: table.partition,
    store,
    scratch: join(folder, 'table'),
    folder: table.folder,
    dataset,
    previous: former[0] ?? null,
    known: former.slice(1),
    signal,
    progress: (fraction) => progress('Compare the rows', fraction),
  });
  await refuseChanged(source.files);
  const tree = await store.readTree(stored.digest);
  const files = await filesOfTree(store, tree);
  return {
    tree: { kind: 'tree', digest: stored.digest, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0), files: files.length },
    files,
    facts: {
      newBytes: stored.newBytes,
      ...(remaining.dropped > 0 && { forgottenRows: remaining.dropped }),
      ...(dropped !== null && { droppedRows: dropped.rows, droppedBefore: dropped.before }),
    },
  };
}

/** The files are read where they lie, since only their rows are kept. */
async function refuseChanged(files: readonly DatasetFile[]): Promise<void> {
  for (const { path, object, digest } of files)
    if ((await digestOfFile(object)) !== digest)
      throw failure(
        'TG-STORE-FILE-CHANGED',
        `Cannot keep the rows of "${path}": it was changed while they were read`,
        'Run the command again once nothing writes to the file',
      );
}
