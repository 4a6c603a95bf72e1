import type { Column } from '@tidegate/formats';
import { quoteName, quoteText } from '@tidegate/runtime';
import type { DatasetFile, FileFormat } from './dataset-file.ts';
import type { FileSchema, SchemaColumn } from './file-schema.ts';
import { folderValue } from './folder-columns.ts';
import { sqlList } from './sql-path.ts';

/** The column that says from which file a row is, as {@link fileKey} writes it. */
export const fileColumn = 'tidegate.file';

type FolderColumn = Pick<Column, 'name' | 'physicalType'>;

/** A scan of some columns, by name, of some files, by their keys; default: of all. */
export type ScanOf = (names: ReadonlySet<string>, files?: ReadonlySet<string>) => string;

/** {@link scanSql} of everything, and of a part. @throws as it does */
export function scansOf(
  schemas: readonly FileSchema[],
  columns: readonly SchemaColumn[],
  format: FileFormat,
  folders: readonly FolderColumn[] = [],
): { readonly scan: string; readonly scanOf: ScanOf } {
  const among =
    (names: ReadonlySet<string>) =>
    ({ name }: { readonly name: string }): boolean =>
      names.has(name);
  return {
    scan: scanSql(schemas, { columns, format, folders }),
    scanOf: (names, files) => {
      const some = columns.filter(among(names));
      // a reader without a column does not know how many rows there are
      const read = { columns: some.length === 0 ? columns.slice(0, 1) : some, format, folders: folders.filter(among(names)) };
      return scanSql(schemas, files === undefined ? read : { ...read, files });
    },
  };
}

export interface ScannedRows {
  readonly columns: readonly SchemaColumn[];
  readonly format: FileFormat;
  /** Columns that folders give. Default: none. */
  readonly folders?: readonly FolderColumn[];
  /** Keys of the files that are read. Default: all. A reader opens every file that it names, so that a few of many cost a few. */
  readonly files?: ReadonlySet<string>;
}

/**
 * A SELECT that reads the rows of the files in their order: {@link fileColumn}, then every column by name. Files that cannot be read by
 * one call of the engine's reader (another header, the same object twice) are read by a further one.
 *
 * @throws TG-DATA-PARTITION when folders do not give what a column of theirs can have
 */
export function scanSql(schemas: readonly FileSchema[], { columns, format, folders = [], files }: ScannedRows): string {
  return batchesOf(schemas)
    .flatMap((all, index) => {
      const batch = files === undefined ? all : all.filter(({ file }) => files.has(keyIn(index, file)));
      if (batch.length === 0) return [];
      const key = index === 0 ? quoteName(fileColumn) : `${quoteText(`${index}|`)} || ${quoteName(fileColumn)}`;
      const own = new Set(batch.flatMap((schema) => schema.columns.map(({ name }) => name.toLowerCase())));
      const cells = columns.map(({ name, type }) =>
        own.has(name.toLowerCase()) ? `CAST(${quoteName(name)} AS ${type})` : `CAST(NULL AS ${type})`,
      );
      const list = columns.map(({ name }, at) => `${cells[at] ?? 'NULL'} AS ${quoteName(name)}`);
      const given = folders.map((_, at) => `${quoteName(`${folderColumn}${at}`)} AS ${quoteName(folders[at]?.name ?? '')}`);
      return `SELECT ${[`${key} AS ${quoteName(fileColumn)}`, ...list, ...given].join(', ')} FROM ${withFolders(reader(batch, format, columns), batch, folders)}`;
    })
    .join(' UNION ALL ');
}

/** Beside the columns of a reader those that the folders of its files give, under names of their own. */
const folderColumn = 'tidegate.folder.';

function withFolders(from: string, batch: readonly FileSchema[], folders: readonly FolderColumn[]): string {
  if (folders.length === 0) return from;
  const rows = batch.map(
    ({ file }) => `(${[quoteText(file.object), ...folders.map((column) => folderValue(file.path, column))].join(', ')})`,
  );
  const names = ['tidegate.object', ...folders.map((_, at) => `${folderColumn}${at}`)].map(quoteName);
  return `${from} JOIN (VALUES ${rows.join(', ')}) AS ${quoteName('tidegate.folders')}(${names.join(', ')}) ON ${quoteName(fileColumn)} = ${quoteName('tidegate.object')}`;
}

/** Which file a value of {@link fileColumn} stands for. */
export function filesByKey(schemas: readonly FileSchema[]): ReadonlyMap<string, DatasetFile> {
  return new Map(batchesOf(schemas).flatMap((batch, index) => batch.map(({ file }) => [keyIn(index, file), file] as const)));
}

/** The key of a file of a batch, as {@link fileColumn} has it. */
function keyIn(batch: number, { object }: DatasetFile): string {
  return batch === 0 ? object : `${batch}|${object}`;
}

function batchesOf(schemas: readonly FileSchema[]): readonly (readonly FileSchema[])[] {
  const batches = new Map<string, FileSchema[]>();
  const times = new Map<string, number>();
  for (const schema of schemas) {
    const time = times.get(schema.file.object) ?? 0;
    times.set(schema.file.object, time + 1);
    const kind = schema.delimiter === null ? '' : JSON.stringify([schema.delimiter, schema.columns.map(({ name }) => name)]);
    const key = `${time} ${kind}`;
    const batch = batches.get(key);
    if (batch === undefined) batches.set(key, [schema]);
    else batch.push(schema);
  }
  return [...batches.values()];
}

function reader(batch: readonly FileSchema[], format: FileFormat, columns: readonly SchemaColumn[]): string {
  const list = sqlList(batch.map(({ file }) => file));
  const file = `filename = ${quoteText(fileColumn)}`;
  if (format === 'parquet') return `read_parquet(${list}, union_by_name = true, hive_partitioning = false, ${file})`;
  if (format === 'csv') return csvReader(batch, { list, options: file });
  const types = columns.map(({ name, type }) => `${quoteText(name)}: ${quoteText(type)}`).join(', ');
  return `read_json(${list}, format = 'newline_delimited', records = true, columns = {${types}}, hive_partitioning = false, ${file})`;
}

/** Every cell as the text that is in the file; `options` are further arguments of the engine's reader. */
export function csvReader(batch: readonly FileSchema[], { list, options }: { readonly list: string; readonly options: string }): string {
  const { delimiter, columns } = batch[0] ?? { delimiter: ',', columns: [] };
  const types = columns.map(({ name }) => `${quoteText(name)}: 'VARCHAR'`).join(', ');
  const dialect = `auto_detect = false, header = true, delim = ${quoteText(delimiter ?? ',')}, quote = '"', escape = '"', hive_partitioning = false`;
  return `read_csv(${list}, ${dialect}, columns = {${types}}, ${options})`;
}
