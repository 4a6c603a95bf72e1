import type { Column, DatasetVersion, Digest } from '@tidegate/formats';
import { quoteName, quoteText } from '@tidegate/runtime';
import { concurrently } from '../../platform/index.ts';
import type { ObjectStore } from '../../store/index.ts';
import { type DatasetFile, filesOfTree, noRows } from './dataset-file.ts';
import { csvSchema } from './file-schema.ts';
import { scanSql } from './scan.ts';
import { sqlList } from './sql-path.ts';
import { fromText, isTextType } from './text-type.ts';

/**
 * A SELECT that gives the rows of a dataset with the columns and types of its version, whatever the format of the files: for
 * queries over datasets. `tree` is the whole dataset (`version.tree`) or its `train` or `test` part.
 * @throws TG-STORE-OBJECT-MISSING
 */
export async function datasetSql(store: ObjectStore, version: DatasetVersion, tree: Digest): Promise<string> {
  if (version.fileFormat === 'files') throw noRows(`data.${version.dataset}`);
  const files = await filesOfTree(store, await store.readTree(tree));
  if (version.fileFormat === 'csv') return csvSql(version, files);
  if (version.columns.some(({ folder }) => folder)) return foldersSql(version, files);
  const columns = version.columns.map(({ name, physicalType }) => `CAST(${quoteName(name)} AS ${physicalType}) AS ${quoteName(name)}`);
  return `SELECT ${columns.join(', ')} FROM ${reader(version, files)}`;
}

function reader(version: DatasetVersion, files: readonly DatasetFile[]): string {
  if (version.fileFormat === 'parquet') return `read_parquet(${sqlList(files)}, union_by_name = true)`;
  const types = version.columns.map(({ name, physicalType }) => `${quoteText(name)}: ${quoteText(physicalType)}`);
  return `read_json(${sqlList(files)}, format = 'newline_delimited', records = true, columns = {${types.join(', ')}})`;
}

async function csvSql(version: DatasetVersion, files: readonly DatasetFile[]): Promise<string> {
  const { own, folders } = sidesOf(version);
  const texts = own.map(({ name }) => ({ name, type: 'VARCHAR' }));
  const scan = scanSql(await concurrently(8, files, csvSchema), { columns: texts, format: 'csv', folders });
  const values = version.columns.map(({ name, physicalType, folder }) => {
    const value = folder !== true && isTextType(physicalType) ? fromText(quoteName(name), physicalType) : quoteName(name);
    return `${value} AS ${quoteName(name)}`;
  });
  return `SELECT ${values.join(', ')} FROM (${scan})`;
}

/** Of files whose folders give columns; each of its own columns is in every one of them as far as it is anywhere. */
function foldersSql({ columns, fileFormat }: DatasetVersion, files: readonly DatasetFile[]): string {
  const { own, folders } = sidesOf({ columns });
  const types = own.map(({ name, physicalType: type }) => ({ name, type }));
  const schemas = files.map((file) => ({ file, columns: types, delimiter: null }));
  return `SELECT ${columns.map(({ name }) => quoteName(name)).join(', ')} FROM (${scanSql(schemas, { columns: types, format: fileFormat, folders })})`;
}

function sidesOf({ columns }: Pick<DatasetVersion, 'columns'>): { readonly own: readonly Column[]; readonly folders: readonly Column[] } {
  return { own: columns.filter(({ folder }) => folder !== true), folders: columns.filter(({ folder }) => folder === true) };
}
