import type { Column, LogicalType } from '@tidegate/formats';
import { type Engine, quoteName } from '@tidegate/runtime';
import { logicalTypeOf } from './column-type.ts';
import { unifyColumns } from './dataset-columns.ts';
import type { DatasetFile, FileFormat } from './dataset-file.ts';
import { schemasOf } from './file-schema.ts';
import { guessTypes } from './guess-types.ts';
import { folderColumns } from './folder-columns.ts';
import { namingFiles } from './read-failure.ts';
import { filesByKey, type ScanOf, scansOf } from './scan.ts';
import { fromText, type TextType, textTypeOf } from './text-type.ts';

/** All files of a dataset as one table for the engine. */
export interface DatasetTable {
  readonly format: FileFormat;
  readonly files: readonly DatasetFile[];
  readonly columns: readonly TableColumn[];
  /** SELECT of all rows as the files have them: the file's key (`fileColumn`) and the columns by name, cells of CSV files as text. */
  readonly scan: string;
  /** The same with some columns only: a statement over very many takes the engine longer to plan than to run. */
  readonly scanOf: ScanOf;
  /** File key → the file it stands for. */
  readonly filesByKey: ReadonlyMap<string, DatasetFile>;
}

export interface TableColumn extends Column {
  /** SQL over the scan: the cell as the file has it. */
  readonly cell: string;
  /** SQL over the scan: the cell as a value of `physicalType`. */
  readonly value: string;
  /** What text in the cell stands for; null when cells are values already. */
  readonly textType: TextType | null;
}

export interface TableSource {
  readonly files: readonly DatasetFile[];
  readonly format: FileFormat;
  /** Column → the logical type that a data contract promises. */
  readonly declared: ReadonlyMap<string, LogicalType>;
  /** Which columns folders such as `day=2026-01-02` may give, by name. Default: none. */
  readonly folders?: (name: string) => boolean;
}

/**
 * Looks at the files and says how to read them as one table. Columns of CSV files get the type that `declared` says, by the
 * column's name, or else the most special one that all their values have.
 * @throws TG-DATA-FILE-EMPTY, TG-DATA-FILE-BROKEN, TG-DATA-CSV-ROW, TG-DATA-COLUMN-TWICE, TG-DATA-TYPE-CONFLICT, TG-DATA-PARTITION
 */
export async function openTable(engine: Engine, source: TableSource): Promise<DatasetTable> {
  return namingFiles(source.files, async () => {
    const { files, format, declared, folders: mayGive = () => false } = source;
    const schemas = await schemasOf(engine, files, format);
    const raw = await unifyColumns(engine, schemas, format);
    const folders = folderColumns(schemas, { declared, mayGive });
    const scans = scansOf(schemas, raw, format, folders);
    const table = { format, files, ...scans, filesByKey: filesByKey(schemas) };
    const given = folders.map(givenColumn);
    if (format !== 'csv') return { ...table, columns: [...raw.map(({ name, type }) => typedColumn(name, type)), ...given] };
    const guessed = await guessTypes(
      engine,
      scans.scan,
      raw.map(({ name }) => name).filter((name) => !declared.has(name)),
    );
    const typeOf = (name: string): TextType => guessed.get(name) ?? textTypeOf(declared.get(name) ?? 'string');
    return { ...table, columns: [...raw.map(({ name }) => textColumn(name, typeOf(name))), ...given] };
  });
}

function typedColumn(name: string, type: string): TableColumn {
  const cell = quoteName(name);
  return { name, type: logicalTypeOf(type), physicalType: type, cell, value: cell, textType: null };
}

/** Of a folder: a value already, whatever the format of the files. */
export function givenColumn(column: Column): TableColumn {
  const cell = quoteName(column.name);
  return { ...column, cell, value: cell, textType: null };
}

function textColumn(name: string, type: TextType): TableColumn {
  const cell = quoteName(name);
  return { name, type: logicalTypeOf(type), physicalType: type, cell, value: fromText(cell, type), textType: type };
}

/** SELECT of all rows with the columns as values: what a query of a user sees. */
export function typedSql(table: DatasetTable): string {
  return `SELECT ${table.columns.map(({ name, value }) => `${value} AS ${quoteName(name)}`).join(', ')} FROM (${table.scan})`;
}
