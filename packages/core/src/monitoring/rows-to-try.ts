import { failure } from '@tidegate/formats';
import { type Engine, quoteName, quoteText } from '@tidegate/runtime';
import { halfColumn } from '../data/index.ts';

export interface RowsToTry {
  /** Parquet, or CSV by its name. */
  readonly file: string;
  /** Inputs of the model. */
  readonly inputs: readonly string[];
  /** Name of the table that is made. */
  readonly table: string;
}

/**
 * Makes a table of the rows of a file with the columns that a prediction log has: inputs as `input.NAME`, and {@link halfColumn}.
 *
 * @throws TG-CLI-NOT-FOUND when the file is not there, or is no table
 */
export async function rowsToTry(
  engine: Engine,
  { file, inputs, table }: RowsToTry,
): Promise<{ readonly rows: number; readonly columns: ReadonlySet<string> }> {
  const source = /\.csv$/i.test(file) ? `read_csv(${quoteText(file)})` : `read_parquet(${quoteText(file)})`;
  const given = await engine.describe(`SELECT * FROM ${source}`).catch((error: Error) => {
    throw failure(
      'TG-CLI-NOT-FOUND',
      `Cannot read the rows of "${file}": ${error.message.split('\n')[0]}`,
      'Give a Parquet file, or one that is called .csv',
      error,
    );
  });
  const known = new Set(inputs);
  const columns = given.map(({ name }) => `${quoteName(name)} AS ${quoteName(known.has(name) ? `input.${name}` : name)}`);
  await engine.run(
    `CREATE OR REPLACE TEMP TABLE ${quoteName(table)} AS SELECT ${columns.join(', ')}, (row_number() OVER () % 2)::INT AS ${quoteName(halfColumn)} FROM ${source}`,
  );
  const [counted = {}] = await engine.rows(`SELECT count(*) AS rows FROM ${quoteName(table)}`);
  return { rows: Number(counted['rows']), columns: new Set(given.map(({ name }) => (known.has(name) ? `input.${name}` : name))) };
}
