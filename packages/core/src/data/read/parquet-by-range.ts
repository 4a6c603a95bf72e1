import { type Engine, quoteText } from '@tidegate/runtime';
import { constants, open } from '../../platform/index.ts';

/** A Parquet file that is elsewhere, and can be read in parts. */
export interface FileInParts {
  /** Its length. */
  readonly bytes: number;
  /** Bytes from one position up to and without another; null when the file is not there. */
  readonly read: (range: { readonly from: number; readonly to: number }) => Promise<Uint8Array | null>;
}

/** What the footer of a Parquet file says of a column, over all row groups. */
export interface ParquetColumn {
  readonly name: string;
  /** As Parquet names it. */
  readonly type: string;
  readonly nulls: number | null;
  /** As text; null where the file does not say. */
  readonly min: string | null;
  readonly max: string | null;
  /** Compressed bytes. */
  readonly bytes: number;
}

export interface ParquetSummary {
  readonly rows: number;
  readonly rowGroups: number;
  readonly columns: readonly ParquetColumn[];
}

/** Most footers are shorter; a longer one costs one more question. */
const likelyFooter = 64 << 10;

/** The length of the footer and the magic, at the end of every Parquet file (https://parquet.apache.org/docs/file-format/). */
const tailBytes = 8;

/**
 * Makes a file at a path, where nothing is, that has the footer of a Parquet file elsewhere and holes in the place of its rows, which cost no room: DuckDB
 * then tells schema, row count and statistics as if all of it were here. {@link fetchColumns} fills in what a query reads.
 *
 * @returns false when the file is not there, or is no Parquet file
 */
export async function sparseParquet({ bytes, read }: FileInParts, path: string): Promise<boolean> {
  const from = Math.max(0, bytes - likelyFooter);
  const tail = await read({ from, to: bytes });
  if (tail === null || tail.byteLength < tailBytes || Buffer.from(tail.subarray(-4)).toString('latin1') !== 'PAR1') return false;
  const footer = Buffer.from(tail).readUInt32LE(tail.byteLength - tailBytes) + tailBytes;
  const rest = footer <= tail.byteLength ? new Uint8Array() : await read({ from: bytes - footer, to: from });
  if (rest === null || footer > bytes) return false;
  await using file = await open(path, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL, 0o600);
  await file.truncate(bytes);
  await writeAt(file, Buffer.from('PAR1'), 0);
  await writeAt(file, rest, bytes - footer);
  await writeAt(file, tail, from);
  return true;
}

/** What the footer of a Parquet file says, without its rows. */
export async function parquetSummary(engine: Engine, path: string): Promise<ParquetSummary> {
  const [file] = await engine.rows(`SELECT num_rows, num_row_groups FROM parquet_file_metadata(${quoteText(path)})`);
  const columns = await engine.rows(`
    SELECT path_in_schema AS name, any_value(type) AS type, sum(stats_null_count) AS nulls, count(stats_null_count) = count(*) AS known,
      sum(total_compressed_size) AS bytes, list(coalesce(stats_min_value, stats_min)) AS low, list(coalesce(stats_max_value, stats_max)) AS high, min(column_id) AS place
    FROM parquet_metadata(${quoteText(path)}) GROUP BY path_in_schema ORDER BY place`);
  return {
    rows: Number(file?.['num_rows'] ?? 0),
    rowGroups: Number(file?.['num_row_groups'] ?? 0),
    columns: columns.map((row) => ({
      name: String(row['name']),
      type: String(row['type']),
      nulls: row['known'] === true ? Number(row['nulls']) : null,
      min: extremeOf(row['low'], -1),
      max: extremeOf(row['high'], 1),
      bytes: Number(row['bytes']),
    })),
  };
}

/** The least or greatest of what the row groups say, as numbers where all of them are; null when one does not say. */
function extremeOf(values: unknown, sign: 1 | -1): string | null {
  if (!Array.isArray(values) || values.length === 0 || !values.every((value) => typeof value === 'string')) return null;
  const areNumbers = values.every((value) => value !== '' && Number.isFinite(Number(value)));
  const order = (a: string, b: string): number => (areNumbers ? Number(a) - Number(b) : a < b ? -1 : a > b ? 1 : 0);
  return values.toSorted((a, b) => sign * order(b, a))[0] ?? null;
}

interface ColumnsToFetch {
  readonly engine: Engine;
  /** Path of the file that {@link sparseParquet} has made. */
  readonly path: string;
  readonly columns: readonly string[];
  /** Which row groups, by number; default: all of them. */
  readonly rowGroups?: readonly number[];
}

/** Fills in the rows of some columns, so that a query which reads no others finds what it would in the whole file. @returns bytes that were fetched */
export async function fetchColumns(file: FileInParts, { engine, path, columns, rowGroups }: ColumnsToFetch): Promise<number> {
  const chunks = await engine.rows(`
    SELECT row_group_id AS part, path_in_schema AS name, least(data_page_offset, coalesce(dictionary_page_offset, data_page_offset)) AS begin, total_compressed_size AS bytes
    FROM parquet_metadata(${quoteText(path)}) ORDER BY begin`);
  const wanted = chunks.filter(
    ({ name, part }) => columns.includes(topOf(String(name))) && (rowGroups === undefined || rowGroups.includes(Number(part))),
  );
  let fetched = 0;
  await using target = await open(path, constants.O_RDWR);
  for (const { begin, bytes } of wanted) {
    const from = Number(begin);
    const content = await file.read({ from, to: from + Number(bytes) });
    if (content === null) throw new Error(`Cannot read a part of "${path}": it is not there any more`);
    await writeAt(target, content, from);
    fetched += content.byteLength;
  }
  return fetched;
}

/** The column that a part of a nested one belongs to. */
function topOf(name: string): string {
  return name.split(/\.|, /)[0] ?? name;
}

async function writeAt(file: Awaited<ReturnType<typeof open>>, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length;) done += (await file.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
}
