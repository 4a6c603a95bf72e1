import { join } from 'node:path';
import { failure, type TreeEntry } from '@tidegate/formats';
import { type Engine, openEngine } from '@tidegate/runtime';
import { countRows, type DatasetFile, formatOf, openRows, scratchFolder, sparseParquet, type TableFormat } from '../../../data/index.ts';
import { rm } from '../../../platform/index.ts';
import type { Project } from '../../project.ts';
import type { Base, FileToAdd } from './onto-edits.ts';

interface EditedRows {
  readonly dataset: string;
  readonly base: Base;
  readonly put: readonly FileToAdd[];
  readonly gone: readonly TreeEntry[];
}

/**
 * How many rows a version has after its files were edited. Of files that are gone the rows have to be known: of a Parquet file that is elsewhere its footer is read,
 * of any other all of it. 0 for files that are kept as they are.
 *
 * @throws TG-DATA-FORMAT, TG-DATA-TYPE-CONFLICT when a file does not go with those that are there
 */
export async function rowsAfter(project: Project, { dataset, base, put, gone }: EditedRows): Promise<number> {
  const { fileFormat } = base;
  refuseOtherFormat(project, { dataset, base, put, gone });
  if (fileFormat === 'files') return 0;
  using engine = await openEngine({ threads: 1 });
  const own = put.map(({ from, path, digest, bytes }) => ({ object: from, path, digest, bytes }));
  const columns = base.columns.map(({ name, physicalType }) => ({ name, type: physicalType }));
  const news = own.length === 0 ? 0 : (await openRows(engine, { dataset, files: own, format: fileFormat, columns })).count;
  return base.rows + news - (await rowsIn(project, engine, { entries: gone, format: fileFormat }));
}

/** How many rows files of the store have. Of a Parquet file that is elsewhere its footer is read, of any other all of it. */
export async function rowsIn(
  project: Project,
  engine: Engine,
  { entries, format }: { readonly entries: readonly TreeEntry[]; readonly format: TableFormat },
): Promise<number> {
  const scratch = await scratchFolder();
  try {
    const files = entries.filter(({ link }) => link === undefined);
    const here = await Promise.all(files.map((entry, at) => atHand(project, entry, { format, path: join(scratch, `${at}`) })));
    return await countRows(engine, here, format);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function atHand(
  { store, objects, remote }: Project,
  { path, digest, bytes }: TreeEntry,
  { format, path: sparse }: { readonly format: TableFormat; readonly path: string },
): Promise<DatasetFile> {
  const read = async (range: { readonly from: number; readonly to: number }): Promise<Uint8Array | null> =>
    (await remote?.readRange(digest, range)) ?? null;
  const isSparse = format === 'parquet' && !(await objects.has(digest)) && (await sparseParquet({ bytes, read }, sparse));
  return { path, digest, bytes, object: isSparse ? sparse : await store.pathOf(digest) };
}

function refuseOtherFormat({ config }: Project, { dataset, base, put }: EditedRows): void {
  if (put.length === 0 || config.data[dataset]?.format === 'files') return;
  const format = formatOf(put.map(({ path }) => path));
  if (format === base.fileFormat) return;
  throw failure(
    'TG-DATA-FORMAT',
    `Cannot add "${put[0]?.path}" onto a version of data.${dataset}: its files are read as ${base.fileFormat}, and this one is not`,
    'Add files of the format that the version has',
  );
}
