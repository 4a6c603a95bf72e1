import { join } from 'node:path';
import { failure, type TableRecord } from '@tidegate/formats';
import { type Engine, openEngine } from '@tidegate/runtime';
import {
  type DatasetFile,
  editTable,
  formatOf,
  type OpenedRows,
  openRows,
  type PartsElsewhere,
  refuseAbsentPartitions,
  scratchFolder,
  withoutForgotten,
} from '../../../data/index.ts';
import { digestOfFile, rm, statSync } from '../../../platform/index.ts';
import { readRecord } from '../../../store/index.ts';
import { forgottenRowsOf } from '../../forget/row-hashing.ts';
import type { Project } from '../../project.ts';
import { filesIn } from '../import-places.ts';
import type { AddedRowsOnto, FileEdits } from './onto-edits.ts';

/**
 * Puts the rows of files into the table of a version, or takes partitions out. Only groups that these rows belong to are read. With `dryRun` the files are
 * read and nothing else is.
 *
 * @throws as `addOnto`; TG-STORE-FILE-CHANGED
 */
export async function editRows(
  project: Project,
  edits: FileEdits,
): Promise<Omit<AddedRowsOnto, 'dataset' | 'onto' | 'isNew' | 'instead' | 'unit'>> {
  const { dataset, base, dryRun, remove, replace, signal } = edits;
  const record = await readRecord(project.store, 'tidegate.table/1', base.tree);
  if (replace && record.partition === null) throw noPartitions(dataset);
  refuseAbsentPartitions(record, { dataset, remove });
  const files = await filesWithRows(edits);
  const scratch = await scratchFolder();
  try {
    using engine = await openEngine({ threads: 2, spill: join(scratch, 'spill'), signal });
    const given = files.length === 0 ? null : await rowsFor(engine, { dataset, record, files });
    const remaining = given === null ? null : await withoutForgotten(engine, given.sql, await forgottenRowsOf(project, dataset));
    const forgotten = remaining?.dropped ?? 0;
    const put = (given?.count ?? 0) - forgotten;
    const { tree, bytes, rows } = base;
    if (dryRun) return { tree, files: base.files, bytes, rows, put, forgotten, partitions: remove, before: record.rows, leftOut: null };
    const edited = await editTable(engine, {
      store: project.store,
      dataset,
      base: base.tree,
      rows: put === 0 ? null : (remaining?.rows ?? null),
      replace,
      remove,
      keep: project.config.data[dataset]?.table?.keep ?? null,
      scratch: join(scratch, 'table'),
      elsewhere: partsOf(project),
      signal,
    });
    await refuseChanged(files);
    const layers = edited.record.groups.flatMap((group) => group.layers);
    return {
      tree: edited.digest,
      files: edited.record.groups.length,
      bytes: layers.reduce((sum, { bytes }) => sum + bytes, 0),
      rows: edited.record.rows,
      before: record.rows,
      put,
      forgotten,
      partitions: edited.partitions,
      leftOut: edited.leftOut,
    };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function filesWithRows({ dataset, from, at }: FileEdits): Promise<readonly DatasetFile[]> {
  if (at !== null)
    throw failure(
      'TG-CLI-USAGE',
      `Cannot put rows of data.${dataset} at "${at}": its rows are kept and not its files`,
      'Leave "--at" out: rows go to where their key and their partition say',
    );
  const paths = from.flatMap((one) => filesIn(one).map((file) => file.from));
  return Promise.all(paths.map(async (path) => ({ path, object: path, digest: await digestOfFile(path), bytes: statSync(path).size })));
}

interface RowsToPut {
  readonly dataset: string;
  readonly record: TableRecord;
  readonly files: readonly DatasetFile[];
}

/** The rows as the table has them. @throws TG-DATA-FORMAT, TG-DATA-TYPE-CONFLICT */
async function rowsFor(engine: Engine, { dataset, record, files }: RowsToPut): Promise<OpenedRows> {
  const format = formatOf(files.map(({ path }) => path));
  if (format !== 'files') return openRows(engine, { dataset, files, format, columns: record.columns });
  throw failure(
    'TG-DATA-FORMAT',
    `Cannot add "${files[0]?.path}" onto a version of data.${dataset}: its extension names no format of rows`,
    'Add files of rows: .parquet, .csv, .jsonl',
  );
}

function partsOf({ objects, remote }: Project): PartsElsewhere {
  return {
    isHere: (digest) => objects.has(digest),
    readPart: async (digest, range) => (await remote?.readRange(digest, range)) ?? null,
  };
}

function noPartitions(dataset: string): Error {
  return failure(
    'TG-CLI-USAGE',
    `Cannot replace partitions of data.${dataset}: the table has none`,
    'Leave "--replace" out: a row takes the place of the one with its key; or write "partitions: { by: day(COLUMN) }" at the dataset',
  );
}

/** The files are read where they lie, more than once. */
async function refuseChanged(files: readonly DatasetFile[]): Promise<void> {
  for (const { object, digest } of files)
    if ((await digestOfFile(object)) !== digest)
      throw failure(
        'TG-STORE-FILE-CHANGED',
        `Cannot keep the rows of "${object}": it was changed while they were read`,
        'Run the command again once nothing writes to the file',
      );
}
