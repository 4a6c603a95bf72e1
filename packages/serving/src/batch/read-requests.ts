import type { FeatureColumn } from '@tidegate/formats';
import { type Cell, type Engine, type FeatureStatus, quoteText } from '@tidegate/runtime';
import type { Value } from '../model/tensor.ts';

/** Some rows of a chunk, by column: the fields that were given and the features that were looked up for them. */
export interface ChunkRows {
  /** Numbers of the rows in the input. */
  readonly numbers: readonly number[];
  /** `fields[field][row]`, as given: whether it is of the field's type is yet to be checked. */
  readonly fields: readonly (readonly Cell[])[];
  /** For each row the moment that could not be read, as it was given; undefined where there is one. Empty where none is needed. */
  readonly badMoments: readonly (string | null | undefined)[];
  /** `features[feature][row]`, null unless the status is `PRESENT`. */
  readonly features: readonly (readonly Value[])[];
  readonly statuses: readonly (readonly FeatureStatus[])[];
}

/** In the order of their codes in the file of a chunk. */
const statusCodes: readonly FeatureStatus[] = ['PRESENT', 'NULL_VALUE', 'NOT_FOUND', 'OUTSIDE_MAX_AGE'];

/** Rows held at once: bounds memory, large enough that the cost of a call of the model does not matter. */
export const rowsAtOnce = 8_192;

/** Reads the Parquet file of a chunk piece by piece, in the order of the rows: docs/reference/formats/score-job.md. */
export async function* readRequests(engine: Engine, file: string, columns: ChunkColumns): AsyncGenerator<ChunkRows> {
  await engine.run(`CREATE OR REPLACE TABLE requests AS SELECT * FROM read_parquet(${quoteText(file)}) ORDER BY row`);
  for (let from = 0; ; from += rowsAtOnce) {
    const table = await engine.columns(`SELECT * FROM requests WHERE rowid >= ${from} AND rowid < ${from + rowsAtOnce} ORDER BY row`);
    if ((table['row'] ?? []).length === 0) return;
    yield rowsOf(table, columns);
  }
}

interface ChunkColumns {
  /** How many fields there are. */
  readonly fields: number;
  readonly looked: readonly FeatureColumn[];
}

function rowsOf(table: { readonly [column: string]: readonly Cell[] }, { fields, looked }: ChunkColumns): ChunkRows {
  const cellsOf = (name: string): readonly Cell[] => table[name] ?? [];
  const statuses = looked.map((_, index) => cellsOf(`status_${index}`).map((code) => statusCodes[Number(code)] ?? 'NOT_FOUND'));
  return {
    numbers: cellsOf('row').map(Number),
    fields: Array.from({ length: fields }, (_, index) => {
      const texts = cellsOf(`text_${index}`);
      return cellsOf(`field_${index}`).map((cell, row) => texts[row] ?? orNull(cell));
    }),
    badMoments: badMoments(table),
    features: looked.map((_, index) => {
      const digits = cellsOf(`digits_${index}`);
      return cellsOf(`value_${index}`).map((cell, row) => (statuses[index]?.[row] === 'PRESENT' ? valueOf(digits[row] ?? cell) : null));
    }),
    statuses,
  };
}

function badMoments(table: { readonly [column: string]: readonly Cell[] }): ChunkRows['badMoments'] {
  const texts = table['moment_text'] ?? [];
  return (table['has_moment'] ?? []).map((has, row) => {
    const text = texts[row] ?? null;
    return has === true ? undefined : text === null ? null : String(text);
  });
}

/** Of numbers the engine gives NaN for null; a NaN that is sent stands for a missing value too. */
function orNull(cell: Cell): Cell {
  return typeof cell === 'number' && Number.isNaN(cell) ? null : cell;
}

function valueOf(cell: Cell): Value {
  return typeof cell === 'object' && cell !== null ? JSON.stringify(cell) : cell;
}
