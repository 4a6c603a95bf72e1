import { extname } from 'node:path';
import { failure } from '@tidegate/formats';

/** The column of a part with the number of each row: 1 for the first row behind the header. */
export const rowNumber = 'tidegate.row';

/** Rows to score, whatever the format of their file. */
export interface ScoreInput {
  /** Columns with their types in the engine, as the file has them; texts all of them in CSV. */
  readonly columns: readonly InputColumn[];
  /** Whether values are texts that stand for something else. */
  readonly isText: boolean;
  /**
   * Writes the rows as parts of `size` rows each, one after another; there is always one, be it without rows.
   * @param skip parts at the beginning that are not wanted
   */
  readonly parts: (skip: number) => AsyncIterable<InputPart>;
}

export interface InputColumn {
  readonly name: string;
  readonly type: string;
}

/** A Parquet file with {@link rowNumber} and the columns of the input. It may be removed when the next part is asked for. */
export interface InputPart {
  readonly path: string;
  /** Lines included that are no rows. */
  readonly rows: number;
  readonly broken: readonly BrokenRow[];
}

export interface BrokenRow {
  readonly row: number;
  readonly line: string;
  readonly problem: string;
}

export interface InputPlace {
  /** As the user calls it. */
  readonly path: string;
  /** Folder for parts. */
  readonly folder: string;
  /** Rows of a part. */
  readonly size: number;
}

export type TableFormat = 'parquet' | 'csv';

/** @throws TG-SCORE-FORMAT */
export function tableFormat(path: string): TableFormat {
  const ending = extname(path).toLowerCase();
  if (ending === '.parquet') return 'parquet';
  if (ending === '.csv') return 'csv';
  throw failure('TG-SCORE-FORMAT', `Cannot tell the format of "${path}": it ends in neither .parquet nor .csv`, 'Give a name that does');
}
