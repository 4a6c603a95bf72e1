import { type ColumnPart, invariant, type ProfilePart } from '@tidegate/formats';
import { type Engine, packRegisters, registerCount } from '@tidegate/runtime';
import type { DatasetTable } from '../../read/dataset-table.ts';
import { type InTurn, whenAllEnd } from '../../tables/side-by-side.ts';
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

/**
 * Measures each file by itself, so that a part depends on nothing but its rows and how they are read.
 *
 * @param hands engines of one thread: a column of a file is measured by one of them, so that sums of fractions come out the same
 */
export async function measureParts(hands: InTurn, request: PartsRequest): Promise<ReadonlyMap<string, ProfilePart>> {
  const columns = profiledColumns(request.table, request.personal);
  const batches = batchesOf(request, columns.length);
  const isText = request.table.format !== 'parquet';
  const measured = await whenAllEnd(
    batches.map((batch) => (isText ? measureText : measureBatch)(hands, batch, { ...request, columns, isOnly: batches.length === 1 })),
  );
  return new Map(measured.flatMap((parts) => [...parts]));
}

/** Files of a batch: bytes at most, and columns over all of them. One file is a batch whatever it is. */
const batchBytes = 64_000_000;
const batchColumns = 4000;

interface Batch {
  readonly files: string[];
  bytes: number;
}

function batchesOf({ table, files }: PartsRequest, columns: number): readonly Batch[] {
  const batches: Batch[] = [];
  for (const file of files) {
    const size = table.filesByKey.get(file)?.bytes ?? 0;
    const last = batches.at(-1);
    if (last !== undefined && last.bytes + size <= batchBytes && (last.files.length + 1) * columns <= batchColumns) {
      last.files.push(file);
      last.bytes += size;
    } else batches.push({ files: [file], bytes: size });
  }
  return batches;
}

interface BatchRequest extends PartsRequest {
  readonly columns: readonly ProfiledColumn[];
  /** Whether there is no other batch that another hand could measure meanwhile. */
  readonly isOnly: boolean;
}

type Parts = ReadonlyMap<string, ProfilePart>;

/** So many columns are read at once at most: a statement over all of very many takes the engine longer to plan than to run. */
const mostAtOnce = 100;
/** From so many bytes on, columns of a batch are shared by the hands, some at a time. */
const sharedBytes = 4_000_000;
const shares = 8;
const leastAtOnce = 3;

function sharedColumns(columns: readonly ProfiledColumn[], isShared: boolean): readonly (readonly ProfiledColumn[])[] {
  const size = isShared ? Math.max(leastAtOnce, Math.min(mostAtOnce, Math.ceil(columns.length / shares))) : mostAtOnce;
  // texts of many values take longest: whoever begins with them is not waited for in the end
  const sorted = isShared ? columns.toSorted((a, b) => Number(b.family === 'text') - Number(a.family === 'text')) : columns;
  return Array.from({ length: Math.ceil(columns.length / size) }, (_, at) => sorted.slice(at * size, (at + 1) * size));
}

async function measureBatch(hands: InTurn, { files, bytes }: Batch, { table, columns, hash }: BatchRequest): Promise<Parts> {
  const some = sharedColumns(columns, bytes >= sharedBytes);
  const measured = await whenAllEnd(
    some.map((own) =>
      hands(async (engine) => {
        const select = profileRows(table, own, files);
        if (columns.length <= mostAtOnce) return measureColumns(engine, `(${select})`, own);
        await engine.run(`CREATE OR REPLACE TEMP TABLE tidegate_profile AS ${select}`);
        const found = await measureColumns(engine, 'temp.tidegate_profile', own);
        await engine.run('DROP TABLE temp.tidegate_profile');
        return found;
      }),
    ),
  );
  return partsOf(measured, columns, hash);
}

/** Of text, which is parsed once and not for every column. */
async function measureText(hands: InTurn, { files, bytes }: Batch, { table, columns, hash, isOnly }: BatchRequest): Promise<Parts> {
  const parsed = `tidegate_profile_of_text`;
  const rows = profileRows(table, columns, files);
  if (!isOnly || bytes < sharedBytes) {
    return hands(async (engine) => {
      await engine.run(`CREATE OR REPLACE TEMP TABLE ${parsed} AS ${rows}`);
      const measured: MeasuredColumns[] = [];
      for (const some of sharedColumns(columns, false)) measured.push(await measureColumns(engine, `temp.${parsed}`, some));
      await engine.run(`DROP TABLE temp.${parsed}`);
      return partsOf(measured, columns, hash);
    });
  }
  await hands((engine) => engine.run(`CREATE OR REPLACE TABLE ${parsed} AS ${rows}`));
  const measured = await whenAllEnd(
    sharedColumns(columns, true).map((some) => hands((engine) => measureColumns(engine, `main.${parsed}`, some))),
  );
  await hands((engine) => engine.run(`DROP TABLE main.${parsed}`));
  return partsOf(measured, columns, hash);
}

/** By file, its rows and what was measured of some columns, by number. */
type MeasuredColumns = ReadonlyMap<string, { readonly rows: number; readonly columns: ReadonlyMap<number, ColumnPart> }>;

function partsOf(measured: readonly MeasuredColumns[], columns: readonly ProfiledColumn[], hash: string): Parts {
  const files = [...(measured[0] ?? [])].map(([file, { rows }]) => {
    const found = new Map(measured.flatMap((some) => [...(some.get(file)?.columns ?? [])]));
    const parts = columns.flatMap(({ at }) => found.get(at) ?? []);
    invariant(parts.length === columns.length, 'Every column of a file is measured');
    return [file, { format: 'tidegate.profile-part/1', hash, rows, columns: parts }] as const;
  });
  return new Map(files);
}

async function measureColumns(engine: Engine, rows: string, columns: readonly ProfiledColumn[]): Promise<MeasuredColumns> {
  const figures = await columnFigures(engine, rows, columns);
  const cells = await countCells(engine, rows, { columns, figures });
  const values = await countFewValues(engine, rows, { columns, figures });
  const texts = await measureTexts(engine, rows, columns);
  return new Map(
    [...figures].map(([file, { rows: count }]) => {
      const parts = columns.map((column) => {
        const [distribution, few] = [cells.get(file)?.get(column.at) ?? null, values.get(file)?.get(column.at) ?? null];
        return [column.at, partOf(column, { file, rows: count, figures, texts, distribution, few })] as const;
      });
      return [file, { rows: count, columns: new Map(parts) }];
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
