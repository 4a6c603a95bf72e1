import { type Column, canonicalJson, type DatasetVersion, type Digest } from '@tidegate/formats';
import { type Engine, quoteName } from '@tidegate/runtime';
import { digestOfBytes } from '../../platform/index.ts';
import { compileChecks } from '../checks/compile-checks.ts';
import type { DataContract } from '../contract/data-contract.ts';
import { measuredColumns, measuredRows } from '../profile/measured-rows.ts';
import type { DatasetFile } from '../read/dataset-file.ts';
import { type DatasetTable, givenColumn } from '../read/dataset-table.ts';
import { type FileSchema, schemasOf } from '../read/file-schema.ts';
import { folderValue } from '../read/folder-columns.ts';
import { filesByKey, scansOf } from '../read/scan.ts';
import { fromText, isTextType, type TextType } from '../read/text-type.ts';

/** How files of a dataset are read that no run has looked at yet: with the columns and types of a version that is known. */
export interface RowReading {
  /** Column with the event time; null when none is named, or it is no time. */
  readonly time: string | null;
  readonly columns: readonly Column[];
  /** What a row must keep; a row that breaks one of them is left out. */
  readonly checks: readonly RowCheck[];
  readonly format: DatasetVersion['fileFormat'];
  /** Names everything that decides which rows come out, and how. */
  readonly digest: Digest;
}

/** A check of the data contract that one row alone can break. */
export interface RowCheck {
  readonly name: string;
  /** In words: `origin is never null`. */
  readonly promise: string;
  /** SQL over the measured rows that is true of a bad row. */
  readonly bad: string;
}

/** A file that can be read as rows of the dataset. */
export interface ReadableFile extends DatasetFile {
  readonly schema: FileSchema;
}

/**
 * Prepares reading. Of the data contract those checks count that a row alone breaks, at severity `error` and with no row allowed to;
 * what is promised of the table as a whole (numbers of rows, repeated values, shares, queries) a run judges.
 */
export function rowReading(
  version: DatasetVersion,
  { contract, time }: { readonly contract: DataContract | null; readonly time: string | null },
): RowReading {
  const event = time ?? contract?.time ?? null;
  const found = version.columns.find(({ name }) => name === event);
  const shape = { columns: version.columns, format: version.fileFormat };
  const table = tableOf(shape, []);
  const checks = compileChecks({ contract, columns: measuredColumns(table, new Set()), time: null }).flatMap(
    ({ name, promise, severity, measure }) =>
      measure.kind === 'rows' &&
      measure.window === undefined &&
      severity === 'error' &&
      measure.limit.operator === 'mustBe' &&
      measure.limit.values[0] === 0
        ? [{ name, promise, bad: measure.bad }]
        : [],
  );
  return {
    ...shape,
    time: found !== undefined && (found.type === 'date' || found.type === 'timestamp') ? found.name : null,
    checks,
    digest: digestOfBytes(
      canonicalJson({
        format: 'tidegate.row-reading/1',
        columns: version.columns.map(({ name, physicalType, folder }) => [name, physicalType, ...(folder ? ['folder'] : [])]),
        file: version.fileFormat,
        time: event,
        checks: checks.map(({ bad }) => bad),
      }),
    ),
  };
}

/** Looks at the columns of files. @throws TG-DATA-FILE-EMPTY, TG-DATA-FILE-BROKEN, TG-DATA-PARTITION, or what the engine says of a file it cannot read */
export async function readableFiles(
  engine: Engine,
  { format, columns }: Pick<RowReading, 'format' | 'columns'>,
  files: readonly DatasetFile[],
): Promise<readonly ReadableFile[]> {
  for (const { path } of files) for (const column of columns) if (column.folder) folderValue(path, column);
  return (await schemasOf(engine, files, format)).map((schema) => ({ ...schema.file, schema }));
}

/** SELECT of the rows that break no check, with the columns of the version by name. */
export function acceptedRows(reading: RowReading, files: readonly ReadableFile[]): string {
  const values = valuesOf(reading);
  if (files.length === 0) return `SELECT ${nothing(reading)} WHERE false`;
  const kept = reading.checks.map(({ bad }) => `NOT coalesce(${bad}, false)`);
  return `SELECT ${values.join(', ')} FROM (${measuredRows(tableOf(reading, files))})${kept.length === 0 ? '' : ` WHERE ${kept.join(' AND ')}`}`;
}

/** Name of the column that {@link judgedRows} adds, as SQL. */
export const brokenColumn = quoteName('tidegate.broken');

/** SELECT of all rows with, before the columns of the version, {@link brokenColumn}: the index of the first check that the row breaks, else NULL. */
export function judgedRows(reading: RowReading, files: readonly ReadableFile[]): string {
  const cases = reading.checks.map(({ bad }, index) => `WHEN coalesce(${bad}, false) THEN ${index}`);
  const broken = cases.length === 0 ? 'NULL::INTEGER' : `CASE ${cases.join(' ')} END`;
  if (files.length === 0) return `SELECT NULL::INTEGER AS ${brokenColumn}, ${nothing(reading)} WHERE false`;
  return `SELECT ${[`${broken} AS ${brokenColumn}`, ...valuesOf(reading)].join(', ')} FROM (${measuredRows(tableOf(reading, files))})`;
}

function nothing({ columns }: Pick<RowReading, 'columns'>): string {
  return columns.map(({ name, physicalType }) => `CAST(NULL AS ${physicalType}) AS ${quoteName(name)}`).join(', ');
}

/** The columns of the version over the measured rows: cells as the files have them, text of CSV files as values. */
function valuesOf({ columns, format }: Pick<RowReading, 'columns' | 'format'>): readonly string[] {
  return columns.map(({ name, physicalType, folder }, index) => {
    const type = folder ? null : textTypeOf(format, physicalType);
    return `${type === null ? `c${index}` : fromText(`c${index}`, type)} AS ${quoteName(name)}`;
  });
}

function tableOf({ columns, format }: Pick<RowReading, 'columns' | 'format'>, files: readonly ReadableFile[]): DatasetTable {
  const schemas = files.map(({ schema }) => schema);
  const raw = columns
    .filter(({ folder }) => !folder)
    .map(({ name, physicalType }) => ({ name, type: format === 'csv' ? 'VARCHAR' : physicalType }));
  return {
    format,
    files,
    columns: columns.map((column) => {
      if (column.folder) return givenColumn(column);
      const cell = quoteName(column.name);
      const textType = textTypeOf(format, column.physicalType);
      return { ...column, cell, value: textType === null ? cell : fromText(cell, textType), textType };
    }),
    ...(files.length === 0
      ? { scan: '', scanOf: () => '' }
      : scansOf(
          schemas,
          raw,
          format,
          columns.filter(({ folder }) => folder),
        )),
    filesByKey: filesByKey(schemas),
  };
}

function textTypeOf(format: DatasetVersion['fileFormat'], physicalType: string): TextType | null {
  return format === 'csv' && isTextType(physicalType) ? physicalType : null;
}
