import { type ColumnPart, invariant, type ProfilePart } from '@tidegate/formats';
import { type Engine, packRegisters, registerCount } from '@tidegate/runtime';
import type { DatasetTable } from '../../read/dataset-table.ts';
import { sideBySide } from '../../tables/side-by-side.ts';
import { countCells } from './cell-sql.ts';
import { columnFigures, type FileFigures } from './column-figures.ts';
import { countFewValues } from './few-values.ts';
import { profiledColumns, type ProfiledColumn, profileRows } from './profile-rows.ts';
import { type FileTexts, measureTexts } from './texts.ts';

export interface PartsRequest {
  readonly table: DatasetTable;
  /** Columns with values of persons. */
  readonly personal: ReadonlySet<string>;
  /** How values are hashed: {@link hashOfEngine}. */
  readonly hash: string;
  /** Which files are measured, by their keys in the table. */
  readonly files: readonly string[];
}

/** A name for the way in which this engine hashes: another one when it hashes differently. Registers of two ways are never merged. */
export async function hashOfEngine(engine: Engine): Promise<string> {
  const values = [
    `'text'`,
    '42',
    '2.5::DOUBLE',
    '1.50::DECIMAL(9,2)',
    'true',
    `DATE '2020-01-01'`,
    `TIMESTAMP '2020-01-01'`,
    `[1, 2]`,
    `{'a': 1}`,
  ];
  const [row] = await engine.rows(`SELECT CAST(hash(${values.map((value) => `hash(${value})`).join(', ')}) AS VARCHAR) AS probe`);
  return `duckdb/${String(row?.['probe'])}`;
}

/** Measures each file by itself, so that a part depends on nothing but its rows and how they are read. */
export async function measureParts(engine: Engine, request: PartsRequest): Promise<ReadonlyMap<string, ProfilePart>> {
  const columns = profiledColumns(request.table, request.personal);
  const batches = batchesOf(request, columns.length);
  if (batches.length < 2)
    return new Map(
      (await Promise.all(batches.map((files) => measureBatch(engine, files, { ...request, columns })))).flatMap((parts) => [...parts]),
    );
  using other = await engine.beside();
  const measured = await sideBySide([engine, other], batches, (hand, files) => measureBatch(hand, files, { ...request, columns }));
  return new Map(measured.flatMap((parts) => [...parts]));
}

/** Files of a batch: bytes at most, and columns over all of them. One file is a batch whatever it is. */
const batchBytes = 64_000_000;
const batchColumns = 4000;

function batchesOf({ table, files }: PartsRequest, columns: number): readonly (readonly string[])[] {
  const batches: string[][] = [];
  let bytes = 0;
  for (const file of files) {
    const size = table.filesByKey.get(file)?.bytes ?? 0;
    const last = batches.at(-1);
    bytes += size;
    if (last !== undefined && bytes <= batchBytes && (last.length + 1) * columns <= batchColumns) last.push(file);
    else {
      batches.push([file]);
      bytes = size;
    }
  }
  return batches;
}

interface BatchRequest extends PartsRequest {
  readonly columns: readonly ProfiledColumn[];
}

/** So many columns are read at once: a statement over all of very many takes the engine longer to plan than to run. */
const columnsAtOnce = 100;

async function measureBatch(
  engine: Engine,
  files: readonly string[],
  { table, columns, hash }: BatchRequest,
): Promise<ReadonlyMap<string, ProfilePart>> {
  const found = new Map<string, { readonly rows: number; readonly columns: ColumnPart[] }>();
  // text is parsed once, and not for every column
  const isText = table.format !== 'parquet';
  if (isText) await engine.run(`CREATE OR REPLACE TEMP TABLE tidegate_profile AS ${profileRows(table, columns, files)}`);
  for (let start = 0; start < columns.length; start += columnsAtOnce) {
    const some = columns.slice(start, start + columnsAtOnce);
    const select = profileRows(table, some, files);
    const isCopied = !isText && columns.length > columnsAtOnce;
    if (isCopied) await engine.run(`CREATE OR REPLACE TEMP TABLE tidegate_profile AS ${select}`);
    for (const [file, { rows, columns: parts }] of await measureColumns(
      engine,
      isText || isCopied ? 'temp.tidegate_profile' : `(${select})`,
      some,
    ))
      found.set(file, { rows, columns: [...(found.get(file)?.columns ?? []), ...parts] });
  }
  await engine.run('DROP TABLE IF EXISTS temp.tidegate_profile');
  return new Map([...found].map(([file, part]) => [file, { format: 'tidegate.profile-part/1', hash, ...part }]));
}

async function measureColumns(
  engine: Engine,
  rows: string,
  columns: readonly ProfiledColumn[],
): Promise<ReadonlyMap<string, { readonly rows: number; readonly columns: readonly ColumnPart[] }>> {
  const figures = await columnFigures(engine, rows, columns);
  const cells = await countCells(engine, rows, { columns, figures });
  const values = await countFewValues(engine, rows, { columns, figures });
  const texts = await measureTexts(engine, rows, columns);
  return new Map(
    [...figures].map(([file, { rows: count }]) => {
      const parts = columns.map((column) => {
        const [distribution, few] = [cells.get(file)?.get(column.at) ?? null, values.get(file)?.get(column.at) ?? null];
        return partOf(column, { file, rows: count, figures, texts, distribution, few });
      });
      return [file, { rows: count, columns: parts }];
    }),
  );
}

interface FoundOfColumn {
  readonly file: string;
  readonly rows: number;
  readonly figures: FileFigures;
  readonly texts: FileTexts;
  readonly distribution: ColumnPart['numbers'];
  readonly few: ColumnPart['values'];
}

const noRegisters = packRegisters(new Uint8Array(registerCount));

function partOf({ at, column, family, personal }: ProfiledColumn, found: FoundOfColumn): ColumnPart {
  const { file, rows, figures, texts, distribution, few } = found;
  const { name, type } = column;
  const own = {
    name,
    type,
    notNumbers: 0,
    below: 0,
    above: 0,
    first: null,
    last: null,
    numbers: null,
    lengths: null,
    values: null,
    patterns: null,
  };
  if (family === 'text') {
    const text = texts.get(file)?.get(at);
    if (text === undefined) return { ...own, nulls: rows, registers: noRegisters, values: personal ? null : noValues };
    const { known, ...rest } = text;
    return { ...own, ...rest, nulls: rows - known };
  }
  const of = figures.get(file)?.columns.get(at);
  invariant(of !== undefined, 'Every column of a file is measured');
  const { known, notNumbers, below, above, first, last, registers } = of;
  const counts = { ...own, nulls: rows - known - notNumbers, notNumbers, registers };
  if (personal) return counts;
  return {
    ...counts,
    below,
    above,
    first,
    last,
    numbers: distribution,
    values: few ?? (known === 0 && family !== 'nested' ? noValues : null),
  };
}

const noValues = { values: [], error: 0 } as const;
