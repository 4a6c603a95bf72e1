import { digestOfHex } from '@tidegate/formats';
import { type Engine, quoteName } from '@tidegate/runtime';
import { tableFormatOf } from './read/dataset-file.ts';
import { openTable, typedSql } from './read/dataset-table.ts';

/** A file of a dataset where it lies in the project. */
export interface FileInPlace {
  /** Relative to the project. */
  readonly path: string;
  /** Where its bytes are. */
  readonly file: string;
  readonly bytes: number;
}

/**
 * The newest event of a dataset's files as they are now, no run having looked at them, in milliseconds since 1970; events after a
 * moment do not count. Null when there is none, or the dataset has no such column.
 *
 * @throws as reading a dataset does when a file cannot be read
 */
export async function newestEvent(
  engine: Engine,
  files: readonly FileInPlace[],
  { time, untilMs }: { readonly time: string; readonly untilMs: number },
): Promise<number | null> {
  if (files.length === 0) return null;
  // a digest names nothing here: the files are read where they lie
  const found = files.map(({ path, file, bytes }) => ({ path, bytes, digest: nowhere, object: file }));
  const table = await openTable(engine, { files: found, format: tableFormatOf(files.map(({ path }) => path)), declared: new Map() });
  const column = table.columns.find(({ name }) => name === time);
  if (column === undefined) return null;
  const event = `TRY_CAST(${quoteName(time)} AS TIMESTAMP)`;
  const [row = {}] = await engine.rows(
    `SELECT epoch_ms(max(${event})) AS newest FROM (${typedSql(table)}) WHERE epoch_ms(${event}) <= ${Math.floor(untilMs)}`,
  );
  return typeof row['newest'] === 'number' ? row['newest'] : null;
}

const nowhere = digestOfHex('0'.repeat(64));
