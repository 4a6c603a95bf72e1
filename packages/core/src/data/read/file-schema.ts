import type { Engine, Row } from '@tidegate/runtime';
import { concurrently } from '../../platform/index.ts';
import { csvDialect, emptyFile, refuseTwins } from './csv-dialect.ts';
import type { DatasetFile, FileFormat } from './dataset-file.ts';
import { jsonLinesFailure } from './json-lines.ts';
import { globText, sqlList } from './sql-path.ts';
import { cellText } from './cell-text.ts';

export interface SchemaColumn {
  readonly name: string;
  /** Type of the engine; `VARCHAR` for every column of a CSV file. */
  readonly type: string;
}

/** What one file says of its columns. */
export interface FileSchema {
  readonly file: DatasetFile;
  readonly columns: readonly SchemaColumn[];
  /** Only of a CSV file. */
  readonly delimiter: string | null;
}

/**
 * The columns of every file, in the order of the files.
 * @throws TG-DATA-FILE-EMPTY, TG-DATA-FILE-BROKEN, TG-DATA-COLUMN-TWICE
 */
export async function schemasOf(engine: Engine, files: readonly DatasetFile[], format: FileFormat): Promise<readonly FileSchema[]> {
  const empty = files.find(({ bytes }) => bytes === 0);
  if (empty !== undefined) throw emptyFile(empty);
  if (format === 'csv') return concurrently(8, files, csvSchema);
  return format === 'parquet' ? parquetSchemas(engine, files) : jsonSchemas(engine, files);
}

export async function csvSchema(file: DatasetFile): Promise<FileSchema> {
  const { delimiter, header } = await csvDialect(file);
  return { file, columns: header.map((name) => ({ name, type: 'VARCHAR' })), delimiter };
}

/** One query for the raw schemas of all files; then the engine is asked once for each different one. */
async function parquetSchemas(engine: Engine, files: readonly DatasetFile[]): Promise<readonly FileSchema[]> {
  const list = sqlList(files);
  const counts = await engine.rows(`SELECT DISTINCT file_name AS object FROM parquet_file_metadata(${list}) WHERE num_rows = 0`);
  const rowless = files.find(({ object }) => counts.some((row) => row['object'] === object));
  if (rowless !== undefined) throw emptyFile(rowless);
  const raw = rawSchemas(await engine.rows(`SELECT * FROM parquet_schema(${list})`));
  const known = new Map<string, readonly SchemaColumn[]>();
  const schemas: FileSchema[] = [];
  for (const file of files) {
    const text = raw.get(file.object) ?? '';
    const columns =
      known.get(text) ?? (await engine.describe(`SELECT * FROM read_parquet(${globText(file.object)}, hive_partitioning = false)`));
    known.set(text, columns);
    refuseTwins(columnsAsWritten(text), file);
    schemas.push({ file, columns, delimiter: null });
  }
  return schemas;
}

/** Object → the rows of its schema as text. */
function rawSchemas(rows: readonly Row[]): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const { file_name: object, column_id: _, ...row } of rows) {
    const before = texts.get(cellText(object));
    texts.set(cellText(object), before === undefined ? JSON.stringify(row) : `${before}\n${JSON.stringify(row)}`);
  }
  return texts;
}

/** Top-level names: the engine renames twins silently, the file's own schema does not. */
function columnsAsWritten(text: string): readonly string[] {
  const rows = text.split('\n').map((line) => JSON.parse(line) as { readonly name: string; readonly num_children: number | null });
  const names: string[] = [];
  for (let at = 1; at < rows.length; at = afterChildren(rows, at)) names.push(rows[at]?.name ?? '');
  return names;
}

/** The index behind a schema row and everything nested in it. */
function afterChildren(rows: readonly { readonly num_children: number | null }[], at: number): number {
  let next = at + 1;
  for (let child = 0; child < Number(rows[at]?.num_children ?? 0); child++) next = afterChildren(rows, next);
  return next;
}

async function jsonSchemas(engine: Engine, files: readonly DatasetFile[]): Promise<readonly FileSchema[]> {
  const schemas: FileSchema[] = [];
  for (const file of files) {
    const reader = `read_json(${globText(file.object)}, format = 'newline_delimited', records = true, sample_size = -1, maximum_depth = 2, hive_partitioning = false)`;
    const columns = await engine.describe(`SELECT * FROM ${reader}`).catch(async (error: unknown) => {
      throw (await jsonLinesFailure(file)) ?? error;
    });
    schemas.push({ file, columns: columns.map(({ name, type }) => ({ name, type: plainJsonType(type) })), delimiter: null });
  }
  return schemas;
}

/** What is nested stays JSON text. */
function plainJsonType(type: string): string {
  return /^(STRUCT|MAP)|\]$/.test(type) ? 'JSON' : type;
}
